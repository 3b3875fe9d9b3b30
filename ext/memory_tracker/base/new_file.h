/*
 * Files that are made anew, and of which nothing is left when that fails. ANY THREAD.
 */
#ifndef MEMORY_TRACKER_BASE_NEW_FILE_H
#define MEMORY_TRACKER_BASE_NEW_FILE_H

#include <sys/types.h>

#include "base/buffer.h"

/* Writes a file that must not be there yet. Returns 0 or an errno: EEXIST when there is one. */
int new_file_write(const char *path, mode_t mode, const struct buffer *content);

#endif
