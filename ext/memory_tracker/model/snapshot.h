/*
 * A snapshot: the one thing that readers see.
 *
 * A flat, self-contained block of bytes: header, classes, nodes of call paths, frames, strings. It has no
 * pointers, so the same bytes serve in memory, on a socket and in a file. Everything is in the byte order of
 * the machine that wrote it; the magic number tells when that was another one.
 *
 * What is counted of a record is struct counts, whose live is never stored: a writer guarantees freed <= allocated.
 */
#ifndef MEMORY_TRACKER_MODEL_SNAPSHOT_H
#define MEMORY_TRACKER_MODEL_SNAPSHOT_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/counts.h"

#define SNAPSHOT_MAGIC UINT32_C(0x4d54534e)
#define SNAPSHOT_VERSION UINT32_C(5)

/* "No such record": for a node without parent, a frame that is none. */
#define SNAPSHOT_NONE UINT32_MAX

/* A string is a reference into the strings area; 0 is always the empty string. */
typedef uint32_t snapshot_string_ref;

enum snapshot_flag {
	SNAPSHOT_RUNNING = 1, /* the capture is started */
	SNAPSHOT_EXACT = 2,   /* every event since the start was seen; else `reason` says why not */
	SNAPSHOT_RETAINED_BOUND =
	    4, /* retained is an upper bound: objects were allocated while the latest major GC marked */
	SNAPSHOT_PATHS_ESTIMATED = 8, /* only every path_interval-th allocation of a class is counted on a node */
	SNAPSHOT_EXISTING = 16,       /* objects from before the start were entered: live is the whole heap's */
	SNAPSHOT_LIGHT = 64,
	/* see below */ SNAPSHOT_LIMIT_REACHED =
	    128,             /* the memory limit, or a bound that depends on it, was in the way of something */
	SNAPSHOT_ENDED = 32, /* the program has ended: these numbers stay as they are */
};

enum snapshot_class_flag {
	SNAPSHOT_CLASS_INTERNAL = 1,  /* hidden or internal objects, or bookkeeping: listed only when asked for */
	SNAPSHOT_CLASS_ANONYMOUS = 2, /* the class has no name of its own */
	SNAPSHOT_CLASS_UNLOADED = 4,  /* the class itself is dead, or these are the totals of dead classes */
};

enum snapshot_frame_flag {
	SNAPSHOT_FRAME_NATIVE = 1, /* a method written in C or in the Ruby core, which no line called */
	SNAPSHOT_FRAME_PSEUDO = 2, /* no code: "(other)", "(before the start)" and the like; the label says which */
	SNAPSHOT_FRAME_ALL = 4,    /* and every object is counted there, whatever the path_interval */
};

/*
 * A light snapshot is of a capture that does not hear of every allocation and free. What is live of a class, and of
 * all, is what a walk over the heap has met, and the sums of allocations and frees are the VM's own. How much of either
 * belongs to a class is an estimate, as are the allocations of call paths, of which all else is not known: they have as
 * many freed, and none retained.
 */

struct snapshot_header {
	uint32_t magic;
	uint32_t version;
	uint64_t size;     /* bytes in all, this header included */
	uint64_t sequence; /* 1 for a capture's first snapshot, then 2, … */

	uint64_t wall_ns;      /* CLOCK_REALTIME when it was taken */
	uint64_t monotonic_ns; /* CLOCK_MONOTONIC when it was taken */
	uint64_t started_ns;   /* CLOCK_MONOTONIC when the capture started */
	uint64_t process_ns;   /* CLOCK_MONOTONIC when the process started; 0: unknown */

	struct counts counts; /* of all classes */

	uint64_t lost;           /* frees that were never reported, found when the address was used again */
	uint64_t dropped;        /* objects that could not be recorded at all */
	uint64_t paths_dropped;  /* objects whose call path could not be recorded; they count under "(other)" */
	uint64_t events_dropped; /* events that no block was called for, because its queue was full */
	uint64_t
	    classes_dropped; /* objects of classes that could not be recorded; they count under a class of their own */
	uint64_t tracker_bytes; /* memory that the tracker itself holds */
	uint64_t memory_limit;  /* bytes that it may hold, with all that belongs to it */

	uint64_t gc_minor;         /* since the process started, as in GC.stat */
	uint64_t gc_major;         /* likewise */
	uint64_t gc_time_ns;       /* likewise */
	uint64_t gcs_seen;         /* GCs of either kind whose sweep ended since the capture started */
	uint64_t majors_seen;      /* major GCs whose mark and sweep were both seen to end since the start */
	uint64_t major_at_ns;      /* CLOCK_MONOTONIC when the latest of those ended its sweep; 0: none yet */
	uint64_t major_allocated;  /* objects allocated while the latest of those marked; 0 means retained is exact */
	uint64_t heap_live_slots;  /* as in GC.stat, at the latest GC or check */
	uint64_t heap_total_slots; /* likewise */
	uint64_t rss_bytes;        /* resident memory of the process; 0: unknown */
	uint64_t sampled;          /* of a light capture: allocations that the latest estimates are made from */
	uint64_t sampled_of;       /* how many allocations these stand for */

	uint32_t pid;
	uint32_t flags; /* enum snapshot_flag */
	uint32_t depth;
	uint32_t path_interval; /* a light snapshot is not concerned by it */

	snapshot_string_ref reason;  /* why the numbers are not exact; empty when they are */
	snapshot_string_ref command; /* the program, as a person would name it */
	snapshot_string_ref runtime; /* "ruby 3.4.11" */

	uint32_t class_filter_count;   /* how many classes call paths were asked for by name; 0: for all */
	snapshot_string_ref unmatched; /* names of those that had no object yet, with ", " between them */

	uint32_t class_count;
	uint32_t node_count;
	uint32_t frame_count;

	uint64_t classes_offset; /* of struct snapshot_class, from the start of the header; 8-aligned */
	uint64_t nodes_offset;
	uint64_t frames_offset;
	uint64_t strings_offset;
	uint64_t strings_size;
};

/* All objects of exactly one class. */
struct snapshot_class {
	uint64_t id; /* the same in every snapshot of one capture, never given to another class */
	struct counts counts;
	snapshot_string_ref name;
	uint32_t flags; /* enum snapshot_class_flag */

	/*
	 * Of an anonymous class: the file and line where it was made; with line 0 the nearest class above it that has a
	 * name of its own. Empty where neither is known, and for all other classes.
	 */
	snapshot_string_ref origin;
	uint32_t origin_line;
};

/*
 * One frame in the tree of call paths below a class. A node of depth 1 is the allocating line, its children are
 * the callers. The counts are the node's own: objects whose recorded path ends here. Counts of the class that
 * belong to no node (allocated at depth 0) are in the class alone. A parent always stands before its children.
 */
struct snapshot_node {
	uint64_t id; /* as for a class */
	struct counts counts;
	uint32_t class_index;
	uint32_t parent; /* index of a node, or SNAPSHOT_NONE directly below the class */
	uint32_t frame;  /* index of a frame */
	uint32_t reserved;
};

struct snapshot_frame {
	snapshot_string_ref path;
	snapshot_string_ref label;
	uint32_t line;  /* 0: unknown */
	uint32_t flags; /* enum snapshot_frame_flag */
};

/* Where these lie is the format of recordings, and what processes of other versions of this library read. */
static_assert(offsetof(struct snapshot_header, counts) == 56 && offsetof(struct snapshot_header, lost) == 88 &&
                  offsetof(struct snapshot_header, pid) == 240 && sizeof(struct snapshot_header) == 328,
              "SNAPSHOT_VERSION says where the fields of a header lie");
static_assert(offsetof(struct snapshot_class, counts) == 8 && offsetof(struct snapshot_class, name) == 40 &&
                  sizeof(struct snapshot_class) == 56,
              "and those of a class");
static_assert(offsetof(struct snapshot_node, counts) == 8 && offsetof(struct snapshot_node, class_index) == 40 &&
                  sizeof(struct snapshot_node) == 56,
              "and those of a node");
static_assert(sizeof(struct snapshot_frame) == 16, "and those of a frame");

/*
 * The strings area: for every string a uint32_t length, the bytes, and a zero byte; each entry 4-aligned. A
 * reference is the offset of the first byte of text from the start of the area. Offset 0 is never text; it
 * stands for the empty string. Bytes are as the program has them: not necessarily UTF-8, control characters
 * included. Whoever shows them makes them harmless.
 */

/*
 * Checks that `bytes` hold one whole, well-formed snapshot: every count, offset, index and reference is inside.
 * After that the accessors below need no further checks. Returns NULL when it is fine, else a short reason.
 * ANY THREAD.
 */
const char *snapshot_check(const void *bytes, size_t size);

static inline const struct snapshot_class *snapshot_classes(const struct snapshot_header *header)
{
	return (const struct snapshot_class *)((const char *)header + header->classes_offset);
}

static inline const struct snapshot_node *snapshot_nodes(const struct snapshot_header *header)
{
	return (const struct snapshot_node *)((const char *)header + header->nodes_offset);
}

static inline const struct snapshot_frame *snapshot_frames(const struct snapshot_header *header)
{
	return (const struct snapshot_frame *)((const char *)header + header->frames_offset);
}

/* The text behind a reference; `length` may be NULL. Never NULL, always zero-terminated. */
const char *snapshot_string(const struct snapshot_header *header, snapshot_string_ref reference, uint32_t *length);

/* How long the process has run when the snapshot was taken, or else the capture. ANY THREAD */
static inline uint64_t snapshot_up_ns(const struct snapshot_header *snapshot)
{
	uint64_t since = snapshot->process_ns ? snapshot->process_ns : snapshot->started_ns;

	return snapshot->monotonic_ns > since ? snapshot->monotonic_ns - since : 0;
}

#endif
