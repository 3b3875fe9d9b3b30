#include "scripted_source.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "scripted_program.h"
#include "transport/recording.h"

static int no_descriptor(void *context)
{
	return -1;
}

static void ask(void *context)
{
	struct scripted_source *source = context;

	source->asked++;
	if (source->on_ask)
		source->on_ask(source);
}

static void gc(void *context)
{
	struct scripted_source *source = context;

	source->collected++;
	if (source->on_gc)
		source->on_gc(source);
}

static void walk(void *context, int steps)
{
	((struct scripted_source *)context)->walked += steps;
}

static bool left(void *context, char sentence[SOURCE_SENTENCE_MAX])
{
	snprintf(sentence, SOURCE_SENTENCE_MAX, "one is left");
	return true;
}

static enum source_event next(void *context, struct source_update *news)
{
	struct scripted_source *source = context;

	if (source->told == source->count)
		return SOURCE_NOTHING;
	*news = source->news[source->told].update;
	return source->news[source->told++].event;
}

struct snapshot_source scripted_source(struct scripted_source *source)
{
	return (struct snapshot_source){
	    .context = source, .fd = no_descriptor, .ask = ask, .gc = gc, .walk = walk, .next = next, .left = left};
}

void scripted_source_add(struct scripted_source *source, enum source_event event, uint64_t allocated,
                         const char *sentence)
{
	assert_true(source->count < SCRIPTED_NEWS_MAX);
	struct source_update *update = &source->news[source->count].update;
	source->news[source->count++].event = event;
	if (allocated) {
		struct snapshot_header head = {.pid = 4001, .sequence = ++source->sequence};

		update->snapshot = scripted_snapshot(&head, allocated, 0);
	}
	snprintf(update->sentence, sizeof update->sentence, "%s", sentence);
}

void scripted_source_end(struct scripted_source *source)
{
	assert_int_equal(source->told, source->count);
}

void scripted_recording(const char *path, uint64_t count, const char *how)
{
	char problem[TRANSPORT_PROBLEM_MAX] = "";
	struct recorder *recorder = recorder_open(path, true, problem);

	assert_string_equal(problem, "");
	for (uint64_t number = 1; number <= count; number++) {
		struct snapshot_header head = {.pid = 4001, .sequence = number};
		struct snapshot_header *snapshot = scripted_snapshot(&head, number, 0);

		assert_true(recorder_add(recorder, snapshot, problem));
		free(snapshot);
	}
	if (how)
		assert_true(recorder_end(recorder, how, problem));
	recorder_close(recorder);
}

struct recording *scripted_recording_open(const char *path)
{
	char problem[TRANSPORT_PROBLEM_MAX] = "";
	struct recording *recording = recording_open(path, problem);

	assert_string_equal(problem, "");
	return recording;
}
