#include "binding/recorded_source.h"

#include <stdio.h>

static int fd(void *context)
{
	struct recorded_source *recorded = context;

	return recorded->source.fd(recorded->source.context);
}

static void ask(void *context)
{
	struct recorded_source *recorded = context;

	recorded->source.ask(recorded->source.context);
}

static void gc(void *context)
{
	struct recorded_source *recorded = context;

	recorded->source.gc(recorded->source.context);
}

static void walk(void *context, int steps)
{
	struct recorded_source *recorded = context;

	recorded->source.walk(recorded->source.context, steps);
}

static bool left(void *context, char sentence[NUMBERS_SENTENCE_MAX])
{
	struct recorded_source *recorded = context;

	return recorded->source.left(recorded->source.context, sentence);
}

static enum numbers_event next(void *context, struct numbers_news *news)
{
	struct recorded_source *recorded = context;

	if (recorded->problem[0]) {
		snprintf(news->sentence, sizeof(news->sentence), "%s", recorded->problem);
		recorded->problem[0] = 0;
		return NUMBERS_SAID;
	}
	enum numbers_event event = recorded->source.next(recorded->source.context, news);
	if (event == NUMBERS_ENDED && news->snapshot)
		news->snapshot->flags |= SNAPSHOT_ENDED;
	if (news->snapshot)
		recorder_add(recorded->recorder, news->snapshot, recorded->problem);
	if (event == NUMBERS_ENDED)
		recorder_end(recorded->recorder, news->sentence, recorded->problem);
	return event;
}

struct numbers_source recorded_source_init(struct recorded_source *recorded, const struct numbers_source *source,
                                           struct recorder *recorder)
{
	*recorded = (struct recorded_source){.source = *source, .recorder = recorder};
	return (struct numbers_source){.context = recorded,
	                               .fd = fd,
	                               .ask = ask,
	                               .gc = gc,
	                               .walk = source->walk ? walk : NULL,
	                               .next = next,
	                               .left = source->left ? left : NULL};
}
