/*
 * What a client asks for that is to be done in the VM: its message, checked and unpacked. A connection makes it of what
 * it has read, and the server passes it on to its source.
 */
#ifndef MEMORY_TRACKER_TRANSPORT_SERVER_WORK_H
#define MEMORY_TRACKER_TRANSPORT_SERVER_WORK_H

#include "transport/message.h"

struct server_work {
	enum message_kind kind;                  /* MESSAGE_GC, MESSAGE_START or MESSAGE_STOP */
	struct message_start start;              /* of MESSAGE_START, checked but for what only the VM knows */
	char names[MESSAGE_START_NAMES_MAX + 1]; /* its classes, each with a zero byte, and an empty one behind them */
};

#endif
