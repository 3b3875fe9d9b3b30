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

static const char wrong_length[] = "a question has the wrong length";

/* Whether a field has a value that is possible, and none where it is not given. */
static bool is_sound(const struct message_start *start, uint32_t given, uint64_t value, uint64_t least, uint64_t most)
{
	return start->given & given ? value >= least && value <= most : value == 0;
}

static bool are_names(const char *names, size_t size)
{
	for (size_t length; size; names += length + 1, size -= length + 1) {
		length = strnlen(names, size);
		if (length == size || length == 0 || length > MESSAGE_NAME_MAX)
			return false;
	}
	return true;
}

static const char *parse_start(const struct channel_message *message, struct server_work *work)
{
	struct message_start *start = &work->start;

	if (message->size < sizeof(*start) || message->size > sizeof(*start) + MESSAGE_START_NAMES_MAX)
		return wrong_length;
	memcpy(start, message->body, sizeof(*start));
	size_t size = message->size - sizeof(*start);
	memcpy(work->names, (const char *)message->body + sizeof(*start), size);
	bool sound =
	    !(start->given & ~(uint32_t)MESSAGE_START_ALL) && is_sound(start, MESSAGE_START_MODE, start->light, 0, 1) &&
	    is_sound(start, MESSAGE_START_DEPTH, start->depth, 0, UINT32_MAX) &&
	    is_sound(start, MESSAGE_START_PATH_INTERVAL, start->path_interval, 1, INT32_MAX) &&
	    is_sound(start, MESSAGE_START_EXISTING, start->existing, 0, 1) &&
	    is_sound(start, MESSAGE_START_MEMORY_LIMIT, start->memory_limit, 1, SIZE_MAX) && !start->reserved &&
	    is_sound(start, MESSAGE_START_CLASSES, (uint32_t)size, 1, MESSAGE_START_NAMES_MAX);
	return sound && are_names(work->names, size) ? NULL : "the settings of a start make no sense";
}

/* Takes a question for work. Returns what is wrong with it, or NULL. */
static const char *parse_work(const struct channel_message *message, struct server_work *work)
{
	*work = (struct server_work){.kind = message->kind};
	if (message->kind == MESSAGE_START)
		return parse_start(message, work);
	return message->size ? wrong_length : NULL;
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
			dismiss(visitor, wrong_length);
		return !message->size;
	case MESSAGE_GC:
	case MESSAGE_START:
	case MESSAGE_STOP:
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
