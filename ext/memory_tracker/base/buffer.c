#include "base/buffer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void buffer_deinit(struct buffer *buffer)
{
	free(buffer->text);
	*buffer = (struct buffer){0};
}

void buffer_clear(struct buffer *buffer)
{
	buffer->length = 0;
	buffer->failed = false;
}

static bool reserve(struct buffer *buffer, size_t extra)
{
	size_t capacity = buffer->capacity ? buffer->capacity : 1024;

	if (buffer->failed || extra > SIZE_MAX / 4 - buffer->length)
		return false;
	while (capacity < buffer->length + extra)
		capacity *= 2;
	if (capacity == buffer->capacity)
		return true;
	char *text = realloc(buffer->text, capacity);
	if (!text)
		return false;
	buffer->text = text;
	buffer->capacity = capacity;
	return true;
}

void buffer_add(struct buffer *buffer, const char *text, size_t length)
{
	if (!reserve(buffer, length)) {
		buffer->failed = true;
		return;
	}
	/* Another buffer's text, of which there is none, may be NULL. */
	if (length)
		memcpy(buffer->text + buffer->length, text, length);
	buffer->length += length;
}

void buffer_puts(struct buffer *buffer, const char *text)
{
	buffer_add(buffer, text, strlen(text));
}

void buffer_spaces(struct buffer *buffer, size_t count)
{
	static const char spaces[] = "                ";

	for (size_t part; count; count -= part) {
		part = count < sizeof spaces - 1 ? count : sizeof spaces - 1;
		buffer_add(buffer, spaces, part);
	}
}
