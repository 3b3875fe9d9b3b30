/*
 * A growing piece of text. Without memory it stops growing and remembers that, so that callers check once at the
 * end. One thread at a time; any thread.
 */
#ifndef MEMORY_TRACKER_BASE_BUFFER_H
#define MEMORY_TRACKER_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

/* All zero is an empty buffer. */
struct buffer {
	char *text; /* owned, not zero-terminated; NULL when empty */
	size_t length;
	size_t capacity;
	bool failed; /* memory ran out; the text is only a beginning */
};

/* Frees the text; the buffer is empty and usable again. */
void buffer_deinit(struct buffer *buffer);

/* Empties the buffer and keeps its memory. */
void buffer_clear(struct buffer *buffer);

void buffer_add(struct buffer *buffer, const char *text, size_t length);

/* Adds a zero-terminated text. */
void buffer_puts(struct buffer *buffer, const char *text);

void buffer_spaces(struct buffer *buffer, size_t count);

#endif
