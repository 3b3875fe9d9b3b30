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

static enum source_event tell(struct source_update *news, enum source_event event, char *sentence)
{
	snprintf(news->sentence, sizeof(news->sentence), "%s", sentence);
	sentence[0] = 0;
	return event;
}

/* What could not be recorded is told before the end, behind which nothing is. */
static enum source_event tell_end(struct recorded_source *recorded, struct source_update *news)
{
	if (!recorded->problem[0])
		return SOURCE_ENDED;
	snprintf(recorded->how, sizeof(recorded->how), "%s", news->sentence[0] ? news->sentence : "ended");
	return news->snapshot ? SOURCE_SNAPSHOT : tell(news, SOURCE_SAID, recorded->problem);
}

static enum source_event next(void *context, struct source_update *news)
{
	struct recorded_source *recorded = context;

	if (recorded->problem[0])
		return tell(news, SOURCE_SAID, recorded->problem);
	if (recorded->how[0])
		return tell(news, SOURCE_ENDED, recorded->how);
	enum source_event event = recorded->source.next(recorded->source.context, news);
	if (event == SOURCE_ENDED && news->snapshot)
		news->snapshot->flags |= SNAPSHOT_ENDED;
	if (news->snapshot)
		recorder_add(recorded->recorder, news->snapshot, recorded->problem);
	if (event != SOURCE_ENDED)
		return event;
	recorder_end(recorded->recorder, news->sentence, recorded->problem);
	return tell_end(recorded, news);
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
