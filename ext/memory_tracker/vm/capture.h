/*
 * A capture: a tracker that VM events are fed to, with what is special about it in this VM.
 *
 * All functions want the GVL unless they say otherwise. Those that ask for other Ractors, or wait for blocks, run Ruby code
 * and may raise what interrupts it; they do so before they look at anything, or look again afterwards.
 */
#ifndef MEMORY_TRACKER_VM_CAPTURE_H
#define MEMORY_TRACKER_VM_CAPTURE_H

#include <ruby.h>
#include <stdbool.h>
#include <stdint.h>

#include "vm/capture_state.h"

/* Bytes that all of a capture may take: when nothing else is asked for, and at least. */
#define CAPTURE_MEMORY_LIMIT ((size_t)128 << 20)
#define CAPTURE_MEMORY_LEAST ((size_t)8 << 20)

/* What a capture counts, and how. */
struct capture_settings {
	bool light;
	bool existing;
	uint32_t depth;         /* frames */
	uint32_t path_interval; /* call paths of every so manieth object, at least 1 */
	size_t memory_limit;    /* bytes, at least CAPTURE_MEMORY_LEAST */
	const char *classes;    /* borrowed: names, each with a zero byte, and an empty one behind; NULL: all classes */
};

enum capture_result {
	CAPTURE_DONE = 0,
	CAPTURE_NOTHING,  /* it was so already */
	CAPTURE_REFUSED,  /* this VM cannot be tracked, or not from here */
	CAPTURE_TOO_MANY, /* CAPTURES_LIMIT captures run already */
	CAPTURE_NO_MEMORY,
};

void capture_init(struct capture *capture);
/* False when it is still in use, and then all of it must stay. */
bool capture_free(struct capture *capture);
void capture_mark(struct capture *capture);
size_t capture_bytes(const struct capture *capture);

/* Call paths are taken of classes of one name more only, and before the first of all. False without memory. */
bool capture_choose(struct capture *capture, struct text name);

/*
 * Gives a capture that does not run other settings for the next start; its numbers are gone. False without memory, and
 * then nothing has changed.
 */
bool capture_configure(struct capture *capture, const struct capture_settings *settings);

/*
 * Has a block called for each object of a class, or Qnil, and call paths of it taken with `depth` frames, or
 * UINT32_MAX: what all classes have. False without memory. A light capture takes a census, which runs Ruby code.
 */
bool capture_track(struct capture *capture, VALUE klass, VALUE block, uint32_t depth);

/* Ends that. False if the class was not tracked. Likewise */
bool capture_untrack(struct capture *capture, VALUE klass);

/* Starts from zero. `self` is the object that it belongs to. When it is refused, *reason says why. */
enum capture_result capture_start(struct capture *capture, VALUE self, const char **reason);

/*
 * What is queued for blocks is delivered first, and so Ruby code runs. `map` is an empty Hash, by which classes are found
 * from now on. May raise what interrupts it, and then goes on running.
 */
enum capture_result capture_stop(struct capture *capture, VALUE map);

/* Counts from zero again. When that is refused the numbers stay as they are. */
enum capture_result capture_clear(struct capture *capture, const char **reason);

/* Integrity check, GC figures, names: what readers want to be fresh. A light capture takes a census. */
void capture_refresh(struct capture *capture);

/* The integrity check alone, as far as there is one. */
void capture_check(struct capture *capture);

/*
 * The same for a reader that asks all the time: names wait for the end of a sweep, and a light capture is refreshed
 * when it has not been just now.
 */
void capture_refresh_sparingly(struct capture *capture);

/* What has to be done before counts are read: of all classes together, of each of them, and of one. */
void capture_prepare_sums(struct capture *capture);
void capture_prepare_classes(struct capture *capture);
void capture_prepare_class(struct capture *capture, VALUE klass);

#endif
