/*
 * Interned strings: one immutable copy per text, counted by reference.
 *
 * A string that has been published in a record may be read by any thread. It may only be released when no record
 * that a reader can reach still points to it. One writer.
 */
#ifndef MEMORY_TRACKER_MODEL_STRINGS_H
#define MEMORY_TRACKER_MODEL_STRINGS_H

#include <stddef.h>
#include <stdint.h>

#include "model/key_map.h"
#include "model/memory.h"

/* Longer texts are cut: no name that a person reads is longer. */
#define STRING_LENGTH_LIMIT 4096

struct string {
	struct string *next; /* another text with the same hash */
	uint64_t hash;
	uint32_t length;
	uint32_t references;
	char bytes[]; /* zero-terminated */
};

struct strings {
	struct memory *memory; /* borrowed */
	struct key_map map;    /* hash -> struct string, owned */
	size_t bytes;
	size_t limit; /* bytes of text that may be held */
};

/* Returns 0 or STATUS_NO_MEMORY. */
int strings_init(struct strings *strings, struct memory *memory, size_t limit);
void strings_deinit(struct strings *strings);

/* The text's one copy with a reference more, or NULL without memory or beyond the limit. HOOK */
struct string *strings_intern(struct strings *strings, const char *bytes, size_t length);

/* One reference more; returns its argument. HOOK */
struct string *strings_retain(struct string *string);

/* One reference less; the last one frees it. NULL is fine. HOOK */
void strings_release(struct strings *strings, struct string *string);

#endif
