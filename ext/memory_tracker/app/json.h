/*
 * Writes JSON into a buffer, each thing on a line of its own. In objects things have names, in arrays NULL stands for
 * one. One thread at a time; any thread.
 */
#ifndef MEMORY_TRACKER_APP_JSON_H
#define MEMORY_TRACKER_APP_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

/* All zero but the buffer, which is borrowed and may have run out of memory in the end. */
struct json {
	struct buffer *out;
	unsigned depth; /* of objects and arrays that are open */
	bool follows;   /* something in the innermost of them: a comma is needed */
};

/* Begins and ends an object ('{', '}') or an array ('[', ']'). */
void json_open(struct json *json, const char *name, char bracket);
void json_close(struct json *json, char bracket);

/* A text of any bytes; those that are no UTF-8 become U+FFFD. NULL becomes null. */
void json_text(struct json *json, const char *name, const char *text, size_t length);

void json_count(struct json *json, const char *name, uint64_t count);

/* What is no finite number becomes null. */
void json_number(struct json *json, const char *name, double number);

void json_truth(struct json *json, const char *name, bool truth);

#endif
