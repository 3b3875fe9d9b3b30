/* What classes and code are called: asked inside events without allocating, completed outside of them. */
#ifndef MEMORY_TRACKER_VM_NAMING_H
#define MEMORY_TRACKER_VM_NAMING_H

#include "model/tracker.h"

#include <ruby.h>
#include <stdbool.h>

/* Prepares what must not be done for the first time inside an event. GVL */
void naming_init(void);

/* The functions that a tracker asks inside events. */
extern const struct names naming_source;

/* The kind of hidden objects that singleton classes are; of others it is their type. */
#define NAMING_SINGLETON (RUBY_T_MASK + 1)

/* The kind that an object of this type and flags has when it is hidden; HIDDEN_KINDS: it is never. HOOK */
static inline uint32_t naming_hidden_kind(int type, VALUE flags);

/* The key under which an object counts that is as it is now, for a walk over the heap. HOOK */
static inline uintptr_t naming_key_now(VALUE object, int type);

/* The key under which an object of this type and class counts. HOOK */
static inline uintptr_t naming_class_key(int type, VALUE klass);

/* Whether a new object of type T_IMEMO may be code. HOOK */
static inline bool naming_may_be_code(VALUE object);

/*
 * What the tables hold weakly may be garbage, and while a sweep is under way parts of such garbage may be swept already.
 * Outside of a sweep all of it is whole, and what is on the C stack stays so, whatever GC begins meanwhile.
 */

/* Ends a sweep that is under way, and with it all records of garbage. Leaves GC enabled or disabled as it is. GVL */
void naming_end_sweep(void);

/*
 * Gives code its whole name. Its free must not have been missed. Stops early when a sweep begins. Allocates, but runs no
 * Ruby code and raises nothing. GVL, never inside an event, outside of a sweep
 */
void naming_complete_code(struct tracker *tracker);
/* The same where frees may have been missed: code that is no more what it was keeps the name it has. */
void naming_complete_certain_code(struct tracker *tracker);
/*
 * Gives names to classes that had none at first sight: asks so many of them at the most, those that were not asked for the
 * longest time. Allocates nothing. GVL, never inside an event, outside of a sweep
 */
void naming_complete_classes(struct tracker *tracker, uint32_t most);

/* Names are being made: what is allocated meanwhile counts, but has no call path. */
extern bool naming_under_way;

/* By type: the class that a hidden object of the type counts as, or 0. */
extern VALUE naming_hidden_class[RUBY_T_MASK + 1];

/* A bit for each kind of internal object that was ever met as code. */
extern uint32_t naming_code_kinds;

static inline uint32_t naming_kind(VALUE object)
{
	return UINT32_C(1) << ((RBASIC(object)->flags >> RUBY_FL_USHIFT) & 15);
}

static inline bool naming_may_be_code(VALUE object)
{
	uint32_t known = naming_code_kinds;

	/* There are two kinds: methods, and code that belongs to none. Before both are known it may be anything. */
	return (naming_kind(object) & known) || !(known & (known - 1));
}

static inline uintptr_t naming_class_key(int type, VALUE klass)
{
	/*
	 * The class word of an included module's class is changed after its allocation; programs see no such objects.
	 */
	if (unlikely(!klass || type == RUBY_T_ICLASS)) {
		klass = naming_hidden_class[type];
		return klass ? (uintptr_t)klass : (uintptr_t)type + 1;
	}
	return (uintptr_t)klass;
}

/* The flag is set after the allocation; that it is this one is checked by naming_init. */
static inline uint32_t naming_hidden_kind(int type, VALUE flags)
{
	if (type == RUBY_T_CLASS && (flags & RUBY_FL_SINGLETON))
		return NAMING_SINGLETON;
	return naming_hidden_class[type] ? (uint32_t)type : HIDDEN_KINDS;
}

static inline uintptr_t naming_key_now(VALUE object, int type)
{
	uint32_t kind = naming_hidden_kind(type, RBASIC(object)->flags);

	if (unlikely(kind == NAMING_SINGLETON || (kind != HIDDEN_KINDS && !RBASIC(object)->klass)))
		return CLASS_KEY_HIDDEN + kind;
	return naming_class_key(type, RBASIC(object)->klass);
}

#endif
