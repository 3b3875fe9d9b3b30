#include "app/feed.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/format.h"

/* How often to look for an answer of a source that has no descriptor. */
#define LOOK_MS 20

/* A GC that has not begun by then is worth a word. */
#define GC_PATIENCE (1000 * CLOCK_MILLISECOND)

void feed_init(struct feed *feed, const struct snapshot_source *source, struct viewer *viewer, uint64_t gc_every)
{
	*feed = (struct feed){.source = *source, .viewer = viewer, .gc_every = gc_every, .gc_asked = clock_now()};
}

/* --- what comes --- */

static void take(struct feed *feed, struct snapshot_header *snapshot)
{
	if (!snapshot)
		return;
	feed->asked = false;
	feed->started_ns = snapshot->monotonic_ns - snapshot_up_ns(snapshot);
	viewer_feed(feed->viewer, snapshot);
}

static void end(struct feed *feed, struct source_update *news)
{
	char duration[FORMAT_SIZE], sentence[SOURCE_SENTENCE_MAX + FORMAT_SIZE];
	uint64_t now = news->snapshot ? news->snapshot->monotonic_ns : clock_now();

	if (news->snapshot)
		news->snapshot->flags |= SNAPSHOT_ENDED;
	take(feed, news->snapshot);
	format_duration(duration, feed->started_ns && now > feed->started_ns ? now - feed->started_ns : 0);
	snprintf(sentence, sizeof sentence, feed->started_ns ? "%s after %s" : "%s", news->sentence, duration);
	viewer_ended(feed->viewer, sentence);
	feed->ended = true;
	feed->gc_pending = false;
}

static void finish_gc(struct feed *feed, const struct source_update *news, bool done)
{
	if (!feed->gc_quiet)
		viewer_gc_done(feed->viewer, done, news->gc_ns, done ? NULL : news->sentence);
	feed->gc_pending = false;
}

static void take_update(struct feed *feed, enum source_event event, struct source_update *news)
{
	switch (event) {
	case SOURCE_SNAPSHOT:
		take(feed, news->snapshot);
		break;
	case SOURCE_GC:
		take(feed, news->snapshot);
		finish_gc(feed, news, true);
		break;
	case SOURCE_GC_FAILED:
		finish_gc(feed, news, false);
		break;
	case SOURCE_ENDED:
		end(feed, news);
		break;
	case SOURCE_PROCESSES:
		viewer_processes(feed->viewer, news->processes, news->count);
		break;
	case SOURCE_PLACE:
		viewer_replaying(feed->viewer, news->sentence);
		break;
	case SOURCE_SAID:
		viewer_say(feed->viewer, news->sentence);
		break;
	case SOURCE_NOTHING:
		break;
	}
}

/* --- what is asked for --- */

static void start_gc(struct feed *feed)
{
	feed->source.gc(feed->source.context);
	feed->gc_pending = true;
	feed->gc_excused = false;
	feed->gc_asked = clock_now();
}

void feed_gc(struct feed *feed)
{
	if (feed->ended) {
		viewer_gc_done(feed->viewer, false, 0, "the program has ended");
		return;
	}
	feed->gc_quiet = false;
	if (!feed->gc_pending)
		start_gc(feed);
}

void feed_walk(struct feed *feed, int steps)
{
	if (feed->source.walk)
		feed->source.walk(feed->source.context, steps);
}

static void gc_when_due(struct feed *feed)
{
	if (!feed->gc_every || feed->gc_pending || feed->ended || clock_now() < feed->gc_asked + feed->gc_every)
		return;
	start_gc(feed);
	feed->gc_quiet = true;
}

/* Returns whether there was something to say. */
static bool excuse_gc(struct feed *feed)
{
	if (!feed->gc_pending || feed->gc_quiet || feed->gc_excused || clock_now() < feed->gc_asked + GC_PATIENCE)
		return false;
	viewer_say(feed->viewer, "the GC waits until the program lets go of the VM");
	feed->gc_excused = true;
	return true;
}

static uint64_t due(const struct feed *feed)
{
	return feed->looked ? feed->looked + (uint64_t)(viewer_interval(feed->viewer) * 1e9) : 0;
}

static void ask_when_due(struct feed *feed)
{
	uint64_t now = clock_now();

	if (feed->asked || feed->ended || now < due(feed))
		return;
	feed->source.ask(feed->source.context);
	feed->asked = true;
	feed->looked = now;
}

void feed_end(struct feed *feed, const char *how)
{
	struct source_update news = {0};

	if (feed->ended)
		return;
	snprintf(news.sentence, sizeof news.sentence, "%s", how);
	end(feed, &news);
}

bool feed_step(struct feed *feed)
{
	struct source_update news = {0};
	enum source_event event;
	bool changed = false;

	gc_when_due(feed);
	ask_when_due(feed);
	while (!feed->ended && (event = feed->source.next(feed->source.context, &news)) != SOURCE_NOTHING) {
		take_update(feed, event, &news);
		news = (struct source_update){0};
		changed = true;
	}
	return excuse_gc(feed) || changed;
}

int feed_wait(const struct feed *feed, int most)
{
	if (feed->ended)
		return most;
	if (feed->asked || feed->gc_pending)
		return feed->source.fd(feed->source.context) < 0 && most > LOOK_MS ? LOOK_MS : most;
	int left = clock_poll_timeout(due(feed), clock_now());
	return left < most ? left : most;
}
