/*
 * Characters and their bytes.
 */
#ifndef MEMORY_TRACKER_BASE_UTF8_H
#define MEMORY_TRACKER_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes of the longest character. */
#define UTF8_SIZE 4

/* What stands for bytes that are no character. */
#define UTF8_REPLACEMENT UINT32_C(0xfffd)

/*
 * Reads the first character of `length` (> 0) bytes. Returns how many bytes it takes; what is overlong, a surrogate,
 * beyond Unicode, or cut short is one byte that reads as the replacement character. ANY THREAD.
 */
size_t utf8_read(const char *text, size_t length, uint32_t *character);

/* Writes a character, without a zero at the end. Returns how many bytes that took. ANY THREAD. */
size_t utf8_write(char out[UTF8_SIZE], uint32_t character);

#endif
