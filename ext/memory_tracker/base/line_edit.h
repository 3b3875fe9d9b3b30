/*
 * What a person types into the last line of the screen: a filter, what to search for, the name of a file. And where a
 * text has it, upper or lower case.
 */
#ifndef MEMORY_TRACKER_BASE_LINE_EDIT_H
#define MEMORY_TRACKER_BASE_LINE_EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINE_EDIT_SIZE 256
#define LINE_EDIT_NONE SIZE_MAX

/* All zero is nothing yet. */
struct line_edit {
	char text[LINE_EDIT_SIZE]; /* UTF-8, not zero-terminated */
	size_t length;
};

/* Adds a character at the end. False if there is no room or it is a control character. */
bool line_edit_add(struct line_edit *line_edit, uint32_t character);

/* Takes the last character away. */
void line_edit_erase(struct line_edit *line_edit);

/* Where a text has it for the first time, LINE_EDIT_NONE if nowhere. What is empty is found at 0. ANY THREAD. */
size_t line_edit_find(const struct line_edit *line_edit, const char *text, size_t length);

#endif
