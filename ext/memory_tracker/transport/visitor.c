#include "transport/visitor.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool visitor_heard(const struct visitor *visitor)
{
	return visitor->here && !visitor->going && !visitor->due && !channel_sending(&visitor->channel);
}

void visitor_refuse(struct visitor *visitor, enum message_kind asked, const char *sentence)
{
	struct message_refused refused = {.asked = asked};
	size_t length = strlen(sentence);

	channel_send(&visitor->channel, MESSAGE_REFUSED, &refused, sizeof(refused), sentence,
	             length > MESSAGE_TEXT_MAX ? MESSAGE_TEXT_MAX : length);
}

static void dismiss(struct visitor *visitor, const char *sentence)
{
	visitor_refuse(visitor, 0, sentence);
	visitor->going = true;
}

static void greet(struct visitor *visitor, const struct channel_message *message, bool running)
{
	struct message_hello theirs = {0};
	struct message_hello ours = {.version = MESSAGE_VERSION, .pid = (uint32_t)getpid(), .running = running};
	char sentence[MESSAGE_TEXT_MAX];

	if (message->kind != MESSAGE_HELLO || message->size < sizeof(theirs.version)) {
		dismiss(visitor, "the first message was no hello");
		return;
	}
	memcpy(&theirs, message->body, message->size < sizeof(theirs) ? message->size : sizeof(theirs));
	if (theirs.version != MESSAGE_VERSION) {
		snprintf(sentence, sizeof(sentence),
		         "the program has another version of memory-tracker: it speaks version %u of the protocol, "
		         "not version %u",
		         (unsigned)MESSAGE_VERSION, (unsigned)theirs.version);
		dismiss(visitor, sentence);
		return;
	}
	visitor->greeted = true;
	channel_send(&visitor->channel, MESSAGE_HELLO, &ours, sizeof(ours), NULL, 0);
}

/* Takes a question for work. Returns what is wrong with it, or NULL. */
static const char *parse_work(const struct channel_message *message, struct server_work *work)
{
	struct message_depth depth = {.depth = UINT32_MAX};
	size_t length = 0;

	if (message->kind == MESSAGE_DEPTH) {
		if (message->size < sizeof(depth) || message->size > sizeof(depth) + MESSAGE_NAME_MAX)
			return "a question has the wrong length";
		memcpy(&depth, message->body, sizeof(depth));
		length = message->size - sizeof(depth);
	} else if (message->size) {
		return "a question has the wrong length";
	}
	*work = (struct server_work){.kind = message->kind, .depth = depth.depth};
	memcpy(work->name, (const char *)message->body + (length ? sizeof(depth) : 0), length);
	return memchr(work->name, 0, length) ? "a name has a zero byte in it" : NULL;
}

static void take_work(struct visitor *visitor, const struct channel_message *message)
{
	struct server_work work;
	const char *wrong = parse_work(message, &work);

	if (wrong) {
		dismiss(visitor, wrong);
	} else if (visitor->wants_work) {
		visitor_refuse(visitor, message->kind, "what was asked for before is not done yet");
	} else {
		visitor->work = work;
		visitor->wants_work = true;
		visitor->starter = visitor->starter || work.kind == MESSAGE_START;
	}
}

/* Returns whether it asks for a snapshot. */
static bool take_question(struct visitor *visitor, const struct channel_message *message)
{
	switch (message->kind) {
	case MESSAGE_SNAPSHOT:
		if (message->size)
			dismiss(visitor, "a question has the wrong length");
		return !message->size;
	case MESSAGE_GC:
	case MESSAGE_START:
	case MESSAGE_STOP:
	case MESSAGE_DEPTH:
		take_work(visitor, message);
		return false;
	default:
		dismiss(visitor, "a message was of a kind that is no question");
		return false;
	}
}

bool visitor_listen(struct visitor *visitor, bool running, uint64_t now, uint64_t snapshot_time)
{
	struct channel_message message;

	while (visitor_heard(visitor)) {
		enum channel_result result = channel_receive(&visitor->channel, &message);

		if (result == CHANNEL_EMPTY)
			return false;
		if (result == CHANNEL_CLOSED) {
			visitor->going = true;
		} else if (result == CHANNEL_BROKEN) {
			const char *problem = visitor->channel.problem;

			/* It may still be told, though it is heard no more. */
			visitor->channel.problem = NULL;
			dismiss(visitor, problem);
			visitor->channel.problem = problem;
		} else if (!visitor->greeted) {
			greet(visitor, &message, running);
		} else if (take_question(visitor, &message)) {
			visitor->due = now + snapshot_time;
			return true;
		}
	}
	return false;
}
