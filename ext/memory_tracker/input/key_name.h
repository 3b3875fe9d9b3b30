/*
 * How keys are called on the screen and in the README: "PgUp", "^L", "q".
 */
#ifndef MEMORY_TRACKER_INPUT_KEY_NAME_H
#define MEMORY_TRACKER_INPUT_KEY_NAME_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* Room for the longest name, "Backspace", the zero and a blank before it. */
#define KEY_NAME_SIZE 11

/* Writes the name of a key, zero-terminated. */
void key_name(char out[KEY_NAME_SIZE], uint32_t key, enum text_charset charset);

/* Writes the names of keys up to the first 0, a blank between them, into KEY_NAME_SIZE bytes for each. */
void key_names(char *out, const uint32_t *keys, size_t count, enum text_charset charset);

#endif
