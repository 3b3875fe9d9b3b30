/*
 * How the model learns names: it asks whoever runs it, inside the event, when it meets an address for the first
 * time. The answers are copied; pointers in them need to live until the next call only. None of these functions
 * may allocate in the watched program. HOOK
 */
#ifndef MEMORY_TRACKER_MODEL_NAMES_H
#define MEMORY_TRACKER_MODEL_NAMES_H

#include <stdint.h>

struct text {
	const char *bytes; /* borrowed; NULL: there is none */
	uint32_t length;
};

/*
 * Keys below CLASS_KEY_PSEUDO_LIMIT are no addresses but pseudo classes, for objects that have none: internal ones by
 * type, and those that were hidden after their allocation by kind, see model/hidden.h.
 */
#define CLASS_KEY_HIDDEN 64
#define HIDDEN_KINDS 33
#define CLASS_KEY_PSEUDO_LIMIT (CLASS_KEY_HIDDEN + HIDDEN_KINDS)

struct class_description {
	uintptr_t real;   /* the class that counts, when the key is a singleton class; else the key itself */
	struct text name; /* none: anonymous */
	uint32_t flags;   /* enum snapshot_class_flag */

	/* Of an anonymous class: the nearest class above it that has a name; none: only what all classes have. */
	struct text superclass;
};

enum code_kind {
	CODE_SOURCE = 1, /* has lines of its own */
	CODE_NATIVE,     /* written in C, or in the language's core: part of the line that calls it */
	CODE_IGNORED,    /* no code at all: left out of paths */
};

struct code_description {
	enum code_kind kind;
	struct text path;
	struct text label;
};

struct names {
	void *context; /* borrowed */
	void (*describe_class)(void *context, uintptr_t key, struct class_description *description);
	void (*describe_code)(void *context, uintptr_t address, struct code_description *description);
	/*
	 * What tells a class from all others, ever; at least CLASS_KEY_PSEUDO_LIMIT. *key becomes the class that counts
	 * when it is a singleton class. For light trackers, outside of events. It may not return the first time that it
	 * is asked for a class.
	 */
	uint64_t (*identify_class)(void *context, uintptr_t *key);
};

#endif
