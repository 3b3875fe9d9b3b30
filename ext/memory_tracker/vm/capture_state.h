/*
 * What a capture is made of. Only data: what is done with it is in the modules that include this. VM events change it
 * under the GVL, on Ruby 4.0 under the VM's lock (see vm/hooks.h); fields that other threads read are atomic, or
 * guarded by `swap`.
 */
#ifndef MEMORY_TRACKER_VM_CAPTURE_STATE_H
#define MEMORY_TRACKER_VM_CAPTURE_STATE_H

#include <pthread.h>
#include <ruby.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/tracker.h"
#include "vm/events.h"

/* Bytes of what a program is called in snapshots, with a zero byte. */
#define CAPTURE_COMMAND_SIZE 256

/* Of a light capture: see vm/census.h. */
struct census {
	uint64_t taken_ns;    /* CLOCK_MONOTONIC, when the latest walk ended; 0: there was none */
	uint64_t cost_ns;     /* what it took */
	uint64_t gcs;         /* by then */
	uint64_t majors;      /* of these the major ones */
	uint64_t compactions; /* by the moment when addresses were forgotten */
	bool open;            /* a window is */
	_Atomic bool blocked; /* there could be no walk when one was wanted */
	_Atomic bool busy;    /* the latest walk could not be taken over, because a reader did not leave */
};

/* See vm/visibility.h. */
struct visibility {
	uint64_t taken_ns; /* CLOCK_MONOTONIC when the latest walk ended; 0: none yet */
	uint64_t cost_ns;  /* how long it took */
};

/* See vm/tracked.h. */
struct tracked_class {
	VALUE klass;                 /* marked, and so neither collected nor moved; Qfalse: no more tracked */
	VALUE block;                 /* marked; Qnil: none */
	uint32_t depth;              /* UINT32_MAX: what all classes have */
	struct class_record *record; /* borrowed; NULL without a tracker, or when it could not be recorded */
	uint32_t silent;             /* node of objects that the block itself makes, or 0 */
};

struct capture {
	struct capture *next; /* in vm/forks.c's list of all captures */
	struct capture *previous;
	VALUE self; /* marked, and so not moved, while it runs; before that it may stand elsewhere by now */
	struct tracker *tracker;      /* owned; NULL before the first start */
	struct kept_tracker *retired; /* owned: replaced while readers were inside, see vm/kept_tracker.h */
	pthread_mutex_t swap;         /* held while the tracker is found, or replaced: never while it is read */
	size_t memory_limit;          /* bytes that all of it may take */
	bool running;
	bool existing;
	bool light;
	struct census census; /* of a light one */
	struct visibility visibility;
	uint32_t depth;
	uint32_t path_interval;
	struct text *class_filter;   /* owned, like the texts: names of the classes whose call paths are taken */
	uint32_t class_filter_count; /* 0: those of all classes are */
	uint64_t sequence;
	uint64_t started_ns;
	uint64_t allocated_before; /* hooks_allocated when it started */
	char command[CAPTURE_COMMAND_SIZE];

	struct collection *collections; /* of classes that are being handed out, see vm/class_walk.c */
	struct tracked_class *tracked;  /* owned */
	uint32_t tracked_count;
	uint32_t tracked_capacity;
	struct event_queue events;
	VALUE deliverer;     /* the thread whose block is being called, or Qnil */
	pid_t deliverer_pid; /* the process that it runs in: a child of a fork has none of the other threads */
	bool warned_raise;
	bool warned_dropped;

	struct stack stack; /* of the allocation that is happening, in these two: */
	VALUE frames[STACK_LIMIT];
	int lines[STACK_LIMIT];

	_Atomic uint64_t unseen;     /* allocations that the hooks did not see */
	_Atomic uint64_t unreported; /* frees that the VM counted and no event told of */
	uint64_t missed_events;      /* capture_missed when the tables were last cleared of what may be dead */
	uint64_t put_off;            /* hooks_allocated when names were put off for the sake of a sweep */
	uint64_t asked;              /* stacks that the VM was asked for */
	VALUE stopped_classes;       /* marked: once stopped, a Hash from a class's object id to its number */
};

/* How many events of it are known to have been missed. ANY THREAD */
static inline uint64_t capture_missed(const struct capture *capture)
{
	uint64_t lost = capture->tracker ? atomic_load_explicit(&capture->tracker->lost, memory_order_relaxed) : 0;

	return atomic_load_explicit(&capture->unseen, memory_order_relaxed) +
	       atomic_load_explicit(&capture->unreported, memory_order_relaxed) + lost;
}

#endif
