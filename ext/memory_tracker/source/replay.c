#include "source/replay.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/format.h"

/* Speeds, as powers of two. */
#define SLOWEST (-2)
#define FASTEST 6

/* What a trend and a growth are computed from is given again after a jump. */
#define LEAD 60

/* Jumps, in parts of the recording. */
#define JUMP 10

static uint64_t end_of(const struct replay *replay)
{
	return recording_time(replay->recording, replay->count - 1);
}

/* --- the clock of the recording --- */

static uint64_t position(const struct replay *replay)
{
	uint64_t passed = clock_now() - replay->since;

	if (replay->stopped)
		return replay->at;
	passed = replay->speed < 0 ? passed >> -replay->speed : passed << replay->speed;
	return replay->at + passed < end_of(replay) ? replay->at + passed : end_of(replay);
}

static void set_clock(struct replay *replay, uint64_t at)
{
	replay->at = at;
	replay->since = clock_now();
	replay->place_is_old = true;
}

/* The latest snapshot at a moment. */
static size_t index_at(const struct replay *replay, uint64_t at)
{
	size_t low = 0, high = replay->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (recording_time(replay->recording, middle) <= at)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* Shows a snapshot, with what came before it. */
static void jump_to(struct replay *replay, size_t index)
{
	if (index < replay->given)
		replay->given = index > LEAD ? index - LEAD : 0;
	else if (index > replay->given + LEAD)
		replay->given = index - LEAD;
	replay->wanted = index + 1;
}

/* --- steering --- */

static void step(struct replay *replay, bool back)
{
	size_t shown = replay->given ? replay->given - 1 : 0;

	if (back ? shown > 0 : shown + 1 < replay->count)
		shown += back ? -1 : 1;
	replay->stopped = true;
	jump_to(replay, shown);
	set_clock(replay, recording_time(replay->recording, shown));
}

static void seek(struct replay *replay, bool back)
{
	uint64_t now = position(replay), distance = end_of(replay) / JUMP;
	uint64_t left = end_of(replay) - now;

	if (back)
		now -= distance < now ? distance : now;
	else
		now += distance < left ? distance : left;
	jump_to(replay, index_at(replay, now));
	set_clock(replay, now);
}

static void pace(struct replay *replay, int change)
{
	uint64_t now = position(replay);

	if (replay->speed + change >= SLOWEST && replay->speed + change <= FASTEST)
		replay->speed += change;
	set_clock(replay, now);
}

static void stop_or_go_on(struct replay *replay)
{
	uint64_t now = position(replay);

	/* At the end there is only the beginning to go on with. */
	if (now >= end_of(replay)) {
		jump_to(replay, 0);
		now = 0;
		replay->stopped = true;
	}
	replay->stopped = !replay->stopped;
	set_clock(replay, now);
}

static void steer(void *context, enum replay_command command)
{
	struct replay *replay = context;

	switch (command) {
	case REPLAY_PAUSE:
		stop_or_go_on(replay);
		break;
	case REPLAY_STEP:
	case REPLAY_BACK:
		step(replay, command == REPLAY_BACK);
		break;
	case REPLAY_REWIND:
	case REPLAY_FORWARD:
		seek(replay, command == REPLAY_REWIND);
		break;
	case REPLAY_SLOWER:
	case REPLAY_FASTER:
		pace(replay, command == REPLAY_SLOWER ? -1 : 1);
		break;
	}
}

/* --- what it gives --- */

static void describe_place(struct replay *replay, struct source_update *news)
{
	char now[FORMAT_SIZE], end[FORMAT_SIZE], speed[16] = "";
	uint64_t at = position(replay);
	const char *how = recording_how(replay->recording);
	bool over = at >= end_of(replay);

	format_duration(now, at);
	format_duration(end, end_of(replay));
	if (replay->speed)
		snprintf(speed, sizeof(speed), replay->speed < 0 ? ", 1/%d speed" : ", %d times",
		         1 << (replay->speed < 0 ? -replay->speed : replay->speed));
	snprintf(news->sentence, sizeof(news->sentence), "%s of %s%s%s%s%.64s", now, end, speed,
	         over              ? ""
	         : replay->stopped ? ", stopped"
	                           : "",
	         over && how ? ", " : "", over && how ? how : "");
	replay->place_is_old = false;
}

/* The numbers cannot be read further than this. */
static enum source_event break_off(struct replay *replay, struct source_update *news)
{
	char place[FORMAT_SIZE];

	format_duration(place, recording_time(replay->recording, replay->given));
	snprintf(replay->damage, sizeof(replay->damage), "the recording is damaged at %s; it is shown up to there",
	         place);
	memcpy(news->sentence, replay->damage, sizeof(news->sentence));
	replay->count = replay->given > 0 ? replay->given : 1;
	replay->given = replay->wanted = replay->count;
	return SOURCE_SAID;
}

static enum source_event give(struct replay *replay, struct source_update *news)
{
	news->snapshot = recording_snapshot(replay->recording, replay->given);
	if (!news->snapshot)
		return break_off(replay, news);
	replay->given++;
	replay->place_is_old = true;
	return SOURCE_SNAPSHOT;
}

static enum source_event tell_damage(struct replay *replay, struct source_update *news)
{
	const char *damage = recording_damage(replay->recording);

	replay->damage_told = true;
	if (!damage)
		return SOURCE_NOTHING;
	snprintf(news->sentence, sizeof(news->sentence), "%s", damage);
	return SOURCE_SAID;
}

static enum source_event next(void *context, struct source_update *news)
{
	struct replay *replay = context;

	if (!replay->stopped && replay->wanted <= replay->given) {
		size_t due = index_at(replay, position(replay)) + 1;

		replay->wanted = due > replay->wanted ? due : replay->wanted;
	}
	if (replay->given < replay->wanted)
		return give(replay, news);
	if (replay->place_is_old) {
		describe_place(replay, news);
		return SOURCE_PLACE;
	}
	return replay->damage_told || replay->given < replay->count ? SOURCE_NOTHING : tell_damage(replay, news);
}

static int no_descriptor(void *context)
{
	return -1;
}

/* They come when it is their time. */
static void ask(void *context)
{
}

static void gc(void *context)
{
}

struct snapshot_source replay_init(struct replay *replay, struct recording *recording)
{
	*replay = (struct replay){.recording = recording, .count = recording_count(recording), .wanted = 1};
	set_clock(replay, 0);
	return (struct snapshot_source){
	    .context = replay, .fd = no_descriptor, .ask = ask, .gc = gc, .next = next, .steer = steer};
}

/* --- as fast as numbers are asked for --- */

/* All up to the first that is an interval later than the latest. */
static void ask_stepwise(void *context)
{
	struct replay *replay = context;
	uint64_t due = replay->given ? recording_time(replay->recording, replay->given - 1) + replay->interval_ns : 0;

	/* No two are exactly so far from one another as was wanted. */
	due -= replay->interval_ns / 10 < due ? replay->interval_ns / 10 : due;
	replay->wanted = replay->given + 1;
	while (replay->wanted < replay->count && recording_time(replay->recording, replay->wanted - 1) < due)
		replay->wanted++;
}

static enum source_event next_stepwise(void *context, struct source_update *news)
{
	struct replay *replay = context;
	const char *how = recording_how(replay->recording), *damage = recording_damage(replay->recording);

	damage = replay->damage[0] ? replay->damage : damage;
	if (replay->given < replay->wanted && replay->given < replay->count)
		return give(replay, news);
	if (replay->given < replay->count || replay->given == replay->wanted)
		return SOURCE_NOTHING;
	snprintf(news->sentence, sizeof(news->sentence), "%s", damage ? damage : how ? how : "ended");
	return SOURCE_ENDED;
}

struct snapshot_source replay_init_stepwise(struct replay *replay, struct recording *recording, uint64_t interval_ns)
{
	struct snapshot_source source = replay_init(replay, recording);

	replay->wanted = 0;
	replay->interval_ns = interval_ns;
	source.ask = ask_stepwise;
	source.next = next_stepwise;
	source.steer = NULL;
	return source;
}
