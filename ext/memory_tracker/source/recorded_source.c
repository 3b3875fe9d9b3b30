#include "source/recorded_source.h"

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

static bool left(void *context, char sentence[SOURCE_SENTENCE_MAX])
{
	struct recorded_source *recorded = context;

	return recorded->source.left(recorded->source.context, sentence);
}

static enum source_event next(void *context, struct source_update *news)
{
	struct recorded_source *recorded = context;

	if (recorded->problem[0]) {
		snprintf(news->sentence, sizeof(news->sentence), "%s", recorded->problem);
		recorded->problem[0] = 0;
		return SOURCE_SAID;
	}
	enum source_event event = recorded->source.next(recorded->source.context, news);
	if (event == SOURCE_ENDED && news->snapshot)
		news->snapshot->flags |= SNAPSHOT_ENDED;
	if (news->snapshot)
		recorder_add(recorded->recorder, news->snapshot, recorded->problem);
	if (event == SOURCE_ENDED)
		recorder_end(recorded->recorder, news->sentence, recorded->problem);
	return event;
}

struct snapshot_source recorded_source_init(struct recorded_source *recorded, const struct snapshot_source *source,
                                            struct recorder *recorder)
{
	*recorded = (struct recorded_source){.source = *source, .recorder = recorder};
	return (struct snapshot_source){.context = recorded,
	                                .fd = fd,
	                                .ask = ask,
	                                .gc = gc,
	                                .walk = source->walk ? walk : NULL,
	                                .next = next,
	                                .left = source->left ? left : NULL};
}
