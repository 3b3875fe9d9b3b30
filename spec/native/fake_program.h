/*
 * A program for the model to watch: classes and code at chosen addresses, objects that are allocated and freed, and an
 * allocator that can be told to fail.
 */
#ifndef MEMORY_TRACKER_FAKE_PROGRAM_H
#define MEMORY_TRACKER_FAKE_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "model/memory.h"
#include "model/names.h"
#include "model/snapshot.h"
#include "model/tracker.h"

#define FAKE_STRIDE 40

/* Addresses by number, each kind in a range of its own. */
#define OBJECT(number) ((uintptr_t)FAKE_STRIDE * (UINT64_C(1000000000) + (number)))
#define CLASS(number) ((uintptr_t)FAKE_STRIDE * (UINT64_C(2000000000) + (number)))
#define CODE(number) ((uintptr_t)FAKE_STRIDE * (UINT64_C(3000000000) + (number)))

/* How many classes and how much code can stand at the same time. */
#define FAKE_LIMIT 4096

/* Stands for memory_init with an allocator that fails once, or from some call on. */
struct fake_allocator {
	uint64_t calls;
	uint64_t fail_at; /* the number of the first call that fails; 0: none */
	bool fail_on;     /* all later ones fail as well */
};
void fake_allocator_init(struct fake_allocator *allocator, struct memory *memory);

struct fake_class_entry {
	uintptr_t key;
	uintptr_t real;
	const char *name;
	const char *superclass;
	uint64_t identity;
};

struct fake_code_entry {
	uintptr_t address;
	struct code_description description;
};

struct fake_program {
	struct fake_allocator allocator;
	struct memory memory;
	struct tracker tracker;
	uint64_t identities;                         /* given out */
	struct fake_class_entry classes[FAKE_LIMIT]; /* by the lower bits of the address */
	struct fake_code_entry code[FAKE_LIMIT];
};

/* Starts a tracker; without a slot_size all slots have FAKE_STRIDE bytes. Fails the test when it cannot. Free it with fake_stop. */
struct fake_program *fake_start(struct tracker_options options);

/* The same with an allocator that fails; NULL when the tracker could not start, and then it holds nothing. */
struct fake_program *fake_try_start(struct tracker_options options, uint64_t fail_at, bool fail_on);

/* Ends the tracker, and fails the test when it leaves memory behind. */
void fake_stop(struct fake_program *program);

/* Declares a class; a name of NULL makes it anonymous. Code is allocated by being declared. Names are borrowed. */
void fake_class(struct fake_program *program, uintptr_t key, const char *name);
/* An anonymous class below one that has a name. */
void fake_derived_class(struct fake_program *program, uintptr_t key, const char *superclass);
void fake_singleton(struct fake_program *program, uintptr_t key, uintptr_t real);
void fake_code(struct fake_program *program, uintptr_t address, enum code_kind kind, const char *path,
               const char *label);

/* What the runtime does in its events. An allocation returns its node, 0 when it could not be recorded. */
uint32_t fake_allocate(struct fake_program *program, uintptr_t address, uintptr_t key);
uint32_t fake_allocate_at(struct fake_program *program, uintptr_t address, uintptr_t key, const struct stack *stack);

/* Returns the node of the object that was there, or 0. */
uint32_t fake_free(struct fake_program *program, uintptr_t address);

/* A stack on the caller's stack: FAKE_STACK(CODE(1), 10, CODE(2), 20), the allocating frame first. */
#define FAKE_STACK(...) fake_stack((const uint64_t[]){__VA_ARGS__}, sizeof((uint64_t[]){__VA_ARGS__}) / 16)
const struct stack *fake_stack(const uint64_t *pairs, uint32_t depth);

/* Gives code its whole name, as it is done between events. */
void fake_name_code(struct fake_program *program, uintptr_t address, const char *label);

/* Mark and sweep of a major GC. */
void fake_major_gc(struct fake_program *program);

/* The counts of a class by its key; zeros when the tracker does not know it. */
struct counts fake_counts(struct fake_program *program, uintptr_t key);
void fake_assert_counts(struct fake_program *program, uintptr_t key, uint64_t allocated, uint64_t freed,
                        uint64_t retained);
#define LIVE(counts) ((counts).allocated - (counts).freed)

/* A snapshot that has passed snapshot_check and agrees with itself. The caller frees it. */
struct snapshot_header *fake_take_snapshot(struct fake_program *program);

/* Why a snapshot contradicts itself, or NULL. Reads every record and every text of it. */
const char *fake_contradiction(const struct snapshot_header *header);

/*
 * What a snapshot says, a line for each class or node that has counted anything, or has such nodes below it:
 * "String 3/1" allocated and freed, then its nodes " app.rb:1 write 2/0", indented by their depth.
 */
void fake_describe(const struct snapshot_header *header, char *text, size_t size);

/* Takes a snapshot and compares what it says with the text. */
void fake_assert_shows(struct fake_program *program, const char *expected);

#endif
