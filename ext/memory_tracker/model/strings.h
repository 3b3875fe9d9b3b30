/*
 * Interned strings: one immutable copy per text, counted by reference.
 *
 * A string that has been published in a record may be read by any thread, also after the record has got another. So what
 * nothing refers to any more is kept until a sweep, which is made while no reader is inside. One writer.
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
	struct string *next; /* another text with the same hash, or another that is retired */
	uint64_t hash;
	uint32_t length;
	uint32_t references;
	char bytes[]; /* zero-terminated */
};

struct strings {
	struct memory *memory;  /* borrowed */
	struct key_map map;     /* hash -> struct string, owned */
	struct string *retired; /* owned: nothing refers to them, but a reader may still have found them */
	size_t bytes;           /* of strings, with what stands before the text */
	size_t limit;           /* of `bytes` */
};

/* Returns 0 or STATUS_NO_MEMORY. */
int strings_init(struct strings *strings, struct memory *memory, size_t limit);
void strings_deinit(struct strings *strings);

/* The text's one copy with a reference more, or NULL without memory or beyond the limit. HOOK */
struct string *strings_intern(struct strings *strings, const char *bytes, size_t length);

/* One reference more; returns its argument. HOOK */
struct string *strings_retain(struct string *string);

/* One reference less; without any it goes at the next sweep. NULL is fine. HOOK */
void strings_release(struct strings *strings, struct string *string);

/* Frees what nothing refers to, while no reader is inside. HOOK */
void strings_sweep(struct strings *strings);

#endif
