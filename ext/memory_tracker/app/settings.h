/*
 * What a person wants to find again the next time, and how it is written down:
 *
 *     # What is said after a number sign is for people.
 *     sort = growth
 *     columns = retained growth live class
 *
 * To add a setting, add a row in settings.c. Nothing here touches files. One thread at a time; any thread.
 */
#ifndef MEMORY_TRACKER_APP_SETTINGS_H
#define MEMORY_TRACKER_APP_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "table/column.h"
#include "table/layout.h"
#include "screen/theme.h"

/* Everything is borrowed, from tables that stay. */
struct settings {
	layout_choice choice; /* of columns */
	const struct column *sort;
	bool reversed;
	double interval; /* seconds, from SETTINGS_INTERVAL_LEAST to SETTINGS_INTERVAL_MOST */
	const struct theme *theme;
	bool mouse; /* used, instead of being left to the terminal */
};

#define SETTINGS_INTERVAL_LEAST 0.1
#define SETTINGS_INTERVAL_MOST 86400

/* Room for a sentence about a text that makes no sense. */
#define SETTINGS_PROBLEM_SIZE 256

/*
 * Takes over what a text says; what it does not name stays as it is, and names that are not known are passed over.
 * Returns NULL, or the end of a sentence in `problem`, such as "line 3: …": then nothing has changed.
 */
const char *settings_read(struct settings *settings, const char *text, size_t length,
                          char problem[SETTINGS_PROBLEM_SIZE]);

bool settings_equal(const struct settings *left, const struct settings *right);

/*
 * Appends a text that has been read, with those settings in it that are not as they were `before`. All else stays as
 * it is; what the text does not have comes at its end.
 */
void settings_print(struct buffer *out, const struct settings *now, const struct settings *before, const char *text,
                    size_t length);

#endif
