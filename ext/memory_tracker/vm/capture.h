/*
 * A capture: a tracker that VM events are fed to, with what is special about it in this VM.
 *
 * All functions want the GVL unless they say otherwise. Those that ask for other Ractors, or wait for blocks, run Ruby code
 * and may raise what interrupts it; they do so before they look at anything, or look again afterwards.
 */
#ifndef MEMORY_TRACKER_VM_CAPTURE_H
#define MEMORY_TRACKER_VM_CAPTURE_H

#include <pthread.h>
#include <ruby.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/snapshot.h"
#include "model/tracker.h"
#include "vm/events.h"
#include "vm/survey.h"
#include "vm/tracked.h"
#include "vm/visibility.h"

/* Bytes that all of a capture may take: when nothing else is asked for, and at least. */
#define CAPTURE_MEMORY_LIMIT ((size_t)128 << 20)
#define CAPTURE_MEMORY_LEAST ((size_t)8 << 20)

/* Bytes of what a program is called in snapshots, with a zero byte. */
#define CAPTURE_COMMAND_SIZE 256

struct capture {
	struct capture *next; /* in vm/forks.c's list of all captures */
	struct capture *previous;
	VALUE self; /* marked, and so not moved, while it runs; before that it may stand elsewhere by now */
	struct tracker *tracker;      /* owned; NULL before the first start */
	struct kept_tracker *retired; /* owned: replaced while readers were inside */
	pthread_mutex_t swap;         /* held while the tracker is found, or replaced: never while it is read */
	size_t memory_limit;          /* bytes that all of it may take */
	bool running;
	bool existing;
	bool light;
	struct survey survey; /* of a light one */
	struct visibility visibility;
	uint32_t depth;
	uint32_t path_interval;
	struct text *chosen;   /* owned, like the texts: names of the classes whose call paths are taken */
	uint32_t chosen_count; /* 0: those of all classes are */
	uint64_t sequence;
	uint64_t started_ns;
	uint64_t born_before; /* registry's births when it started */
	char command[CAPTURE_COMMAND_SIZE];

	struct collection *collections; /* of classes that are being handed out, see vm/living.c */
	struct tracked_class *tracked;  /* owned */
	uint32_t tracked_count;
	uint32_t tracked_capacity;
	struct event_queue events;
	VALUE deliverer;     /* the thread whose block is being called, or Qnil */
	pid_t deliverer_pid; /* the process that it runs in: a child of a fork has none of the other threads */
	bool warned_raise;
	bool warned_dropped;

	struct stack stack; /* of the birth that is happening, in these two: */
	VALUE frames[STACK_LIMIT];
	int lines[STACK_LIMIT];

	_Atomic uint64_t unseen;     /* births that the hooks did not see */
	_Atomic uint64_t unreported; /* frees that the VM counted and no event told of */
	uint64_t doubts;             /* capture_missed when the tables were last cleared of what may be dead */
	uint64_t put_off;            /* births when names were put off for the sake of a sweep */
	uint64_t asked;              /* stacks that the VM was asked for */
	VALUE stopped_classes;       /* marked: once stopped, a Hash from a class's object id to its number */
};

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

/* How the program is called in snapshots from now on, cut to CAPTURE_COMMAND_SIZE. ANY THREAD */
void capture_name(struct capture *capture, const char *command);
/* Call paths are taken of classes of one name more only, and before the first of all. False without memory. */
bool capture_choose(struct capture *capture, struct text name);

/*
 * Gives a capture that does not run other settings for the next start; its numbers are gone. False without memory, and
 * then nothing has changed.
 */
bool capture_configure(struct capture *capture, const struct capture_settings *settings);

/* Starts from zero. `self` is the object that it belongs to. When it is refused, *reason says why. */
enum capture_result capture_start(struct capture *capture, VALUE self, const char **reason);

/*
 * What is queued for blocks is delivered first, and so Ruby code runs. `map` is an empty Hash, by which classes are found
 * from now on. May raise what interrupts it, and then goes on running.
 */
enum capture_result capture_stop(struct capture *capture, VALUE map);

/* Counts from zero again. When that is refused the numbers stay as they are. */
enum capture_result capture_clear(struct capture *capture, const char **reason);

/* The record of exactly this class, or NULL when nothing was ever born of it. compat_exclusively */
struct class_record *capture_class(const struct capture *capture, VALUE klass);

/* What is known of exactly one class, as copies. */
struct capture_class {
	bool recorded;
	uint64_t id;
	struct node_counts counts;
};
struct capture_class capture_read_class(struct capture *capture, VALUE klass);

/* All objects of all classes. */
struct node_counts capture_counts(struct capture *capture);

/* Of a stopped capture: the number of a class's record, or Qnil. */
VALUE capture_stopped_number(const struct capture *capture, VALUE klass);

/* True when some classes could not be recorded, so that one without a record may have objects all the same. */
bool capture_classes_incomplete(const struct capture *capture);

/* Whether blocks of it are being called, by a thread that there is. GVL */
bool capture_delivers(const struct capture *capture);

/* Integrity check, GC figures, names: what readers want to be fresh. A light capture takes a survey. */
void capture_refresh(struct capture *capture);

/* The integrity check alone, as far as there is one. */
void capture_check(struct capture *capture);

/*
 * The same for who asks all the time: names wait for the end of a sweep, and a light capture is refreshed when it has not
 * been just now.
 */
void capture_refresh_sparingly(struct capture *capture);

/* What has to be done before counts are read: of all classes together, of each of them, and of one. */
void capture_prepare_sums(struct capture *capture);
void capture_prepare_classes(struct capture *capture);
void capture_prepare_class(struct capture *capture, VALUE klass);

/* How many events of it are known to have been missed. ANY THREAD */
uint64_t capture_missed(const struct capture *capture);

/*
 * Why the numbers are not exact, as a sentence; an empty string when they are. Returns `buffer`. ANY THREAD
 */
const char *capture_reason(const struct capture *capture, char *buffer, size_t size);

/* A snapshot that the caller frees with free(), or NULL without memory. ANY THREAD, no GVL needed */
struct snapshot_header *capture_snapshot(struct capture *capture);

/* In the child of a fork, where only the thread that forked is left. HOOK */
void capture_forked(struct capture *capture);

#endif
