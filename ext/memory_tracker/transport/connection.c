#include "transport/connection.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool connection_readable(const struct connection *connection)
{
	return connection->here && !connection->going && !connection->due && !channel_sending(&connection->channel);
}

void connection_refuse(struct connection *connection, enum message_kind asked, const char *sentence)
{
	struct message_refused refused = {.asked = asked};
	size_t length = strlen(sentence);

	channel_send(&connection->channel, MESSAGE_REFUSED, &refused, sizeof(refused), sentence,
	             length > MESSAGE_TEXT_MAX ? MESSAGE_TEXT_MAX : length);
}

static void reject(struct connection *connection, const char *sentence)
{
	connection_refuse(connection, 0, sentence);
	connection->going = true;
}

static void greet(struct connection *connection, const struct channel_message *message, bool running)
{
	struct message_hello theirs = {0};
	struct message_hello ours = {.version = MESSAGE_VERSION, .pid = (uint32_t)getpid(), .running = running};
	char sentence[MESSAGE_TEXT_MAX];

	if (message->kind != MESSAGE_HELLO || message->size < sizeof(theirs.version)) {
		reject(connection, "the first message was no hello");
		return;
	}
	memcpy(&theirs, message->body, message->size < sizeof(theirs) ? message->size : sizeof(theirs));
	if (theirs.version != MESSAGE_VERSION) {
		snprintf(sentence, sizeof(sentence),
		         "the program has another version of memory-tracker: it speaks version %u of the protocol, "
		         "not version %u",
		         (unsigned)MESSAGE_VERSION, (unsigned)theirs.version);
		reject(connection, sentence);
		return;
	}
	connection->greeted = true;
	channel_send(&connection->channel, MESSAGE_HELLO, &ours, sizeof(ours), NULL, 0);
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

static void take_work(struct connection *connection, const struct channel_message *message)
{
	struct server_work work;
	const char *wrong = parse_work(message, &work);

	if (wrong) {
		reject(connection, wrong);
	} else if (connection->wants_work) {
		connection_refuse(connection, message->kind, "what was asked for before is not done yet");
	} else {
		connection->work = work;
		connection->wants_work = true;
		connection->starter = connection->starter || work.kind == MESSAGE_START;
	}
}

/* Returns whether it asks for a snapshot. */
static bool take_question(struct connection *connection, const struct channel_message *message)
{
	switch (message->kind) {
	case MESSAGE_SNAPSHOT:
		if (message->size)
			reject(connection, wrong_length);
		return !message->size;
	case MESSAGE_GC:
	case MESSAGE_START:
	case MESSAGE_STOP:
		take_work(connection, message);
		return false;
	default:
		reject(connection, "a message was of a kind that is no question");
		return false;
	}
}

bool connection_read(struct connection *connection, bool running, uint64_t now, uint64_t snapshot_time)
{
	struct channel_message message;

	while (connection_readable(connection)) {
		enum channel_result result = channel_receive(&connection->channel, &message);

		if (result == CHANNEL_EMPTY)
			return false;
		if (result == CHANNEL_CLOSED) {
			connection->going = true;
		} else if (result == CHANNEL_BROKEN) {
			const char *problem = connection->channel.problem;

			/* What is wrong is still sent, though nothing more is read. */
			connection->channel.problem = NULL;
			reject(connection, problem);
			connection->channel.problem = problem;
		} else if (!connection->greeted) {
			greet(connection, &message, running);
		} else if (take_question(connection, &message)) {
			connection->due = now + snapshot_time;
			return true;
		}
	}
	return false;
}
