/*
 * What a person types into the last line of the screen: a filter, what to search for, the name of a file. And where a
 * text has it, upper or lower case.
 */
#ifndef MEMORY_TRACKER_VIEWER_TYPED_H
#define MEMORY_TRACKER_VIEWER_TYPED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TYPED_SIZE 256
#define TYPED_NONE SIZE_MAX

/* All zero is nothing yet. */
struct typed {
	char text[TYPED_SIZE]; /* UTF-8, not zero-terminated */
	size_t length;
};

/* Adds a character at the end. False if there is no room or it is a control character. */
bool typed_add(struct typed *typed, uint32_t character);

/* Takes the last character away. */
void typed_erase(struct typed *typed);

/* Where a text has it for the first time, TYPED_NONE if nowhere. What is empty is found at 0. ANY THREAD. */
size_t typed_find(const struct typed *typed, const char *text, size_t length);

#endif
