/*
 * What a person types to see only some names: those that have this text in them, upper or lower case.
 */
#ifndef MEMORY_TRACKER_VIEWER_FILTER_H
#define MEMORY_TRACKER_VIEWER_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FILTER_SIZE 128
#define FILTER_NONE SIZE_MAX

/* All zero is a filter that lets everything through. */
struct filter {
	char text[FILTER_SIZE]; /* UTF-8, not zero-terminated */
	size_t length;
};

/* Adds a character at the end. False if there is no room or it is none that a name shows. */
bool filter_type(struct filter *filter, uint32_t character);

/* Takes the last character away. */
void filter_erase(struct filter *filter);

/* Where the first match begins, FILTER_NONE if there is none. An empty filter matches at 0. */
size_t filter_find(const struct filter *filter, const char *text, size_t length);

#endif
