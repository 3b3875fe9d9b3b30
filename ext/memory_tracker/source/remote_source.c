#include "source/remote_source.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

/* A snapshot that was refused is asked for again after this time. */
#define ASK_AGAIN (500 * CLOCK_MILLISECOND)

static int fd(void *context)
{
	return client_fd(((struct remote_source *)context)->client);
}

/* When the program has gone meanwhile, the client says so when it is asked what has come. */
static void ask(void *context)
{
	client_ask_snapshot(((struct remote_source *)context)->client);
}

static void gc(void *context)
{
	struct remote_source *remote = context;

	client_ask_snapshot(remote->client);
	client_ask_gc(remote->client);
	remote->gc = REMOTE_GC_ASKED;
}

static void say(struct source_update *news, const char *sentence)
{
	snprintf(news->sentence, sizeof(news->sentence), "%.*s", SOURCE_SENTENCE_MAX - 1, sentence);
}

static enum source_event end(struct remote_source *remote, struct source_update *news, const char *how)
{
	remote->over = true;
	news->snapshot = remote->last;
	remote->last = NULL;
	say(news, how);
	return SOURCE_ENDED;
}

/* Keeps the last snapshot until it is told how the program has ended, which follows it. */
static enum source_event take_snapshot(struct remote_source *remote, struct client_message *message,
                                       struct source_update *news)
{
	remote->ask_again = 0;
	if (message->snapshot->flags & SNAPSHOT_ENDED) {
		free(remote->last);
		remote->last = message->snapshot;
		return SOURCE_NOTHING;
	}
	news->snapshot = message->snapshot;
	news->gc_ns = remote->gc_ns;
	if (remote->gc != REMOTE_GC_DONE)
		return SOURCE_SNAPSHOT;
	remote->gc = REMOTE_GC_NONE;
	return SOURCE_GC;
}

static enum source_event take_refusal(struct remote_source *remote, struct client_message *message,
                                      struct source_update *news)
{
	say(news, message->text);
	if (message->asked == 0)
		return end(remote, news, message->text);
	if (message->asked == MESSAGE_SNAPSHOT)
		remote->ask_again = clock_now() + ASK_AGAIN;
	if (message->asked != MESSAGE_GC || remote->gc != REMOTE_GC_ASKED)
		return SOURCE_SAID;
	remote->gc = REMOTE_GC_NONE;
	return SOURCE_GC_FAILED;
}

static enum source_event take(struct remote_source *remote, enum client_event event, struct client_message *message,
                              struct source_update *news)
{
	switch (event) {
	case CLIENT_SNAPSHOT:
		return take_snapshot(remote, message, news);
	case CLIENT_GC_DONE:
		remote->gc = REMOTE_GC_DONE;
		remote->gc_ns = message->nanoseconds;
		client_ask_snapshot(remote->client);
		return SOURCE_NOTHING;
	case CLIENT_REFUSED:
		return take_refusal(remote, message, news);
	case CLIENT_ENDED:
		return end(remote, news, message->text[0] ? message->text : "ended");
	case CLIENT_BROKEN:
		remote->broken = true;
		return end(remote, news, message->text);
	default:
		return SOURCE_NOTHING;
	}
}

static enum source_event next(void *context, struct source_update *news)
{
	struct remote_source *remote = context;
	struct client_message message;
	enum client_event event;
	enum source_event result = SOURCE_NOTHING;

	if (remote->ask_again && clock_now() >= remote->ask_again) {
		remote->ask_again = 0;
		client_ask_snapshot(remote->client);
	}
	while (result == SOURCE_NOTHING && !remote->over &&
	       (event = client_next(remote->client, &message)) != CLIENT_NOTHING)
		result = take(remote, event, &message, news);
	return result;
}

struct snapshot_source remote_source_init(struct remote_source *remote, struct client *client)
{
	*remote = (struct remote_source){.client = client};
	return (struct snapshot_source){.context = remote, .fd = fd, .ask = ask, .gc = gc, .next = next};
}

void remote_source_deinit(struct remote_source *remote)
{
	free(remote->last);
	remote->last = NULL;
}
