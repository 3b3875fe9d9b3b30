/* Counts of a capture for Ruby: read while no hook changes them. All functions want the GVL. */
#ifndef MEMORY_TRACKER_VM_CAPTURE_COUNTS_H
#define MEMORY_TRACKER_VM_CAPTURE_COUNTS_H

#include <ruby.h>
#include <stdbool.h>
#include <stdint.h>

#include "vm/capture_state.h"

/* The record of exactly this class, or NULL when none of its objects was ever recorded. compat_exclusively */
struct class_record *capture_class(const struct capture *capture, VALUE klass);

/* What is known of exactly one class, as copies. */
struct capture_class {
	bool recorded;
	uint64_t id;
	struct counts counts;
};
struct capture_class capture_read_class(struct capture *capture, VALUE klass);

/* All objects of all classes. */
struct counts capture_counts(struct capture *capture);

/* Of a stopped capture: the number of a class's record, or Qnil. */
VALUE capture_stopped_number(const struct capture *capture, VALUE klass);

/* True when some classes could not be recorded, so that one without a record may have objects all the same. */
bool capture_classes_incomplete(const struct capture *capture);

#endif
