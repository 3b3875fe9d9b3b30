/*
 * The file of settings: where it is, and how it is read and replaced.
 */
#ifndef MEMORY_TRACKER_APP_SETTINGS_FILE_H
#define MEMORY_TRACKER_APP_SETTINGS_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

/* A file that is larger is none of ours. */
#define SETTINGS_FILE_MOST 65536

/*
 * Where it is: what MEMORY_TRACKER_SETTINGS says, else memory-tracker/settings in XDG_CONFIG_HOME, else in ~/.config.
 * NULL if the environment names no place, or MEMORY_TRACKER_SETTINGS is empty; also without memory. To be freed. While
 * nobody changes the environment.
 */
char *settings_file_path(void);

/* Appends what is in the file; nothing if there is none. Returns NULL, or why it cannot be read. ANY THREAD. */
const char *settings_file_read(const char *path, struct buffer *out);

/*
 * Replaces the file as a whole, or makes it, with its folders, for the user alone. Returns NULL, or why not; then it is
 * as it was. ANY THREAD.
 */
const char *settings_file_write(const char *path, const struct buffer *content);

#endif
