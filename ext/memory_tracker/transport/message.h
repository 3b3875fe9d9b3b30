/*
 * What a watched process and those who look into it say to each other.
 *
 * A message is a header and a body. Both sides are processes of one machine, so numbers are in its byte order. The
 * first message of either side is MESSAGE_HELLO; its header, and the first word of its body, are the same in all
 * versions. The looker asks; each question is answered by a message of the same kind, by MESSAGE_DONE or by
 * MESSAGE_REFUSED. What comes unasked is MESSAGE_ENDED, the last one, after a last MESSAGE_SNAPSHOT.
 */
#ifndef MEMORY_TRACKER_TRANSPORT_MESSAGE_H
#define MEMORY_TRACKER_TRANSPORT_MESSAGE_H

#include <stdint.h>

#define MESSAGE_MAGIC UINT32_C(0x4d54524b)
#define MESSAGE_VERSION UINT32_C(3)

/* Bytes of the longest question's body, and of the longest answer's. */
#define MESSAGE_QUESTION_MAX 8192
#define MESSAGE_ANSWER_MAX (UINT64_C(1) << 30)

/* Bytes of the longest sentence in a message, and of the longest name of a class, without a zero byte. */
#define MESSAGE_TEXT_MAX 240
#define MESSAGE_NAME_MAX 512

/* Bytes of all names of classes in a start, each with its zero byte. */
#define MESSAGE_START_NAMES_MAX 4096

enum message_kind {
	MESSAGE_HELLO = 1, /* struct message_hello, both ways */
	MESSAGE_SNAPSHOT,  /* asked with nothing; answered with a snapshot */
	MESSAGE_GC,        /* asked with nothing: a full GC */
	MESSAGE_START, /* asked with struct message_start and names of classes: counting begins, unless it has, and is
	                      refused when it has with other settings; it may end when all who asked are gone */
	MESSAGE_STOP,  /* asked with nothing: counting ends */
	MESSAGE_DONE = 7, /* struct message_done; 6 was asked by an earlier version */
	MESSAGE_REFUSED,  /* struct message_refused and a sentence */
	MESSAGE_ENDED,    /* a sentence: how the program ended */
};

struct message_header {
	uint32_t magic;
	uint32_t kind; /* enum message_kind */
	uint64_t size; /* of the body */
};

struct message_hello {
	uint32_t version;
	uint32_t pid;
	uint32_t running; /* 1 when objects are being counted */
	uint32_t reserved;
};

/* Which settings a start asks for. Those that it does not ask for are the program's. */
enum message_start_given {
	MESSAGE_START_MODE = 1,
	MESSAGE_START_DEPTH = 2,
	MESSAGE_START_PATH_INTERVAL = 4,
	MESSAGE_START_EXISTING = 8,
	MESSAGE_START_CLASSES = 16,
	MESSAGE_START_MEMORY_LIMIT = 32,
	MESSAGE_START_ALL = 63,
};

/*
 * Fields that are not given are 0. With MESSAGE_START_CLASSES, names of classes follow, at least one, each ended by a
 * zero byte.
 */
struct message_start {
	uint32_t given;         /* enum message_start_given */
	uint32_t light;         /* 1: a light capture; 0: an exact one */
	uint32_t depth;         /* frames */
	uint32_t path_interval; /* call paths of every so manieth object, at least 1 */
	uint32_t existing;      /* 1: objects from before the start count too */
	uint32_t reserved;      /* 0 */
	uint64_t memory_limit;  /* bytes that the capture may take */
};

struct message_done {
	uint64_t asked; /* enum message_kind */
	uint64_t nanoseconds;
};

struct message_refused {
	uint64_t asked; /* enum message_kind; 0: all there may be asked */
};

#endif
