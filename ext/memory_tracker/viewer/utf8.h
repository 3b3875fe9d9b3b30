/*
 * Characters and their bytes, for text that is well-formed already (viewer/text.h makes it so) or never was text.
 */
#ifndef MEMORY_TRACKER_VIEWER_UTF8_H
#define MEMORY_TRACKER_VIEWER_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The bytes of the longest character. */
#define UTF8_SIZE 4

/*
 * Reads the first character of `length` (> 0) bytes. Returns how many bytes it takes; a byte that begins no whole
 * character is U+FFFD. ANY THREAD.
 */
size_t utf8_read(const char *text, size_t length, uint32_t *character);

/* Writes a character, without a zero at the end. Returns how many bytes that took. ANY THREAD. */
size_t utf8_write(char out[UTF8_SIZE], uint32_t character);

#endif
