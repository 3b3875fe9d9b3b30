/*
 * The classes whose call paths are taken: all of them, or those with certain names.
 *
 * A class of a chosen name need not be there yet. Names are interned, so a class is asked about by its string.
 */
#ifndef MEMORY_TRACKER_MODEL_CLASS_FILTER_H
#define MEMORY_TRACKER_MODEL_CLASS_FILTER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/memory.h"
#include "model/names.h"
#include "model/strings.h"

struct filtered_class {
	struct string *name;  /* owned reference */
	_Atomic bool matched; /* a class of this name was seen */
};

struct class_filter {
	struct memory *memory;          /* borrowed */
	struct strings *strings;        /* borrowed */
	struct filtered_class *classes; /* owned */
	uint32_t count;                 /* 0: all classes are chosen */
};

/* The names are copied. Returns 0 or STATUS_NO_MEMORY; either way it is to be ended with class_filter_deinit. */
int class_filter_init(struct class_filter *choice, struct memory *memory, struct strings *strings,
                      const struct text *names, uint32_t count);

/* Before the strings are. */
void class_filter_deinit(struct class_filter *choice);

/* Whether paths are taken of a class of this name (NULL: it has none), which is there now. HOOK */
bool class_filter_takes(struct class_filter *choice, const struct string *name);

/*
 * Writes the names of which no class has arrived, with ", " between them, zero-terminated; those that have no room are
 * left out. Returns the length. ANY THREAD
 */
size_t class_filter_awaited(const struct class_filter *choice, char *out, size_t size);

#endif
