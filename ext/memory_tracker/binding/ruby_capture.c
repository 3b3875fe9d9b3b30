#include "binding/ruby_capture.h"

#include "binding/errors.h"
#include "binding/ruby_snapshot.h"
#include "model/call_tree.h"
#include "vm/capture_counts.h"
#include "vm/capture_reading.h"
#include "vm/hooks.h"
#include "vm/jobs.h"
#include "vm/class_walk.h"
#include "vm/tracked.h"

static VALUE record_class;

static void mark_capture(void *data)
{
	capture_mark(data);
}

static void free_capture(void *data)
{
	if (capture_free(data))
		ruby_xfree(data);
}

static size_t capture_size(const void *data)
{
	return capture_bytes(data);
}

static const rb_data_type_t capture_type = {
    .wrap_struct_name = "Memory::Tracker::Capture",
    .function = {.dmark = mark_capture, .dfree = free_capture, .dsize = capture_size},
    .flags = RUBY_TYPED_FREE_IMMEDIATELY,
};

struct capture *ruby_capture_get(VALUE object)
{
	return rb_check_typeddata(object, &capture_type);
}

static VALUE allocate(VALUE klass)
{
	struct capture *capture;
	VALUE self = TypedData_Make_Struct(klass, struct capture, &capture_type, capture);

	capture_init(capture);
	return self;
}

static uint32_t depth_from(VALUE value)
{
	long depth = NUM2LONG(value);

	if (depth < 0 || depth > PATH_DEPTH_LIMIT)
		rb_raise(rb_eArgError, "depth must be between 0 and %d frames, not %ld", PATH_DEPTH_LIMIT, depth);
	return (uint32_t)depth;
}

/* `names`: an array of strings. */
static void choose(struct capture *capture, VALUE names)
{
	for (long index = 0; index < RARRAY_LEN(names); index++) {
		VALUE name = RARRAY_AREF(names, index);

		StringValue(name);
		if (!capture_choose(capture, (struct text){RSTRING_PTR(name), (uint32_t)RSTRING_LEN(name)}))
			rb_raise(rb_eNoMemError, "no memory for the names of classes");
	}
}

static size_t memory_limit_from(VALUE value)
{
	VALUE bytes = rb_to_int(value);
	long number = FIXNUM_P(bytes) ? FIX2LONG(bytes) : -1;

	if (number < (long)CAPTURE_MEMORY_LEAST)
		rb_raise(rb_eArgError, "memory_limit must be from %zu to %ld bytes, not %" PRIsVALUE,
		         CAPTURE_MEMORY_LEAST, FIXNUM_MAX, bytes);
	return (size_t)number;
}

static VALUE configure(VALUE self, VALUE light, VALUE depth, VALUE existing, VALUE path_interval, VALUE memory_limit,
                       VALUE classes)
{
	struct capture *capture = ruby_capture_get(self);
	long interval = NUM2LONG(path_interval);

	if (interval < 1 || interval > INT32_MAX)
		rb_raise(rb_eArgError, "path_interval must be at least 1, not %ld", interval);
	capture->light = RTEST(light);
	capture->depth = depth_from(depth);
	capture->existing = RTEST(existing);
	capture->path_interval = (uint32_t)interval;
	capture->memory_limit = memory_limit_from(memory_limit);
	choose(capture, rb_convert_type(classes, T_ARRAY, "Array", "to_ary"));
	return self;
}

static VALUE answer(enum capture_result result, const char *reason)
{
	switch (result) {
	case CAPTURE_DONE:
		return Qtrue;
	case CAPTURE_NOTHING:
		return Qfalse;
	case CAPTURE_REFUSED:
		rb_raise(error_class, "%s", reason);
	case CAPTURE_TOO_MANY:
		rb_raise(error_limit, "%d captures run already, which is as many as there can be", CAPTURES_LIMIT);
	default:
		rb_raise(rb_eNoMemError, "no memory for a capture");
	}
}

static VALUE start(VALUE self)
{
	const char *reason = "";
	enum capture_result result = capture_start(ruby_capture_get(self), self, &reason);

	return answer(result, reason);
}

static VALUE stop(VALUE self)
{
	struct capture *capture = ruby_capture_get(self);

	if (!capture->running)
		return Qfalse;
	return answer(capture_stop(capture, rb_hash_new()), "");
}

static VALUE is_running(VALUE self)
{
	return ruby_capture_get(self)->running ? Qtrue : Qfalse;
}

static VALUE clear(VALUE self)
{
	const char *reason = "";

	answer(capture_clear(ruby_capture_get(self), &reason), reason);
	return self;
}

/* --- classes --- */

static VALUE check_class(VALUE klass)
{
	/* Not by the class itself, which a program may have given another way to say what it is. */
	if (!RB_TYPE_P(klass, T_CLASS))
		rb_raise(rb_eTypeError, "wrong argument type %" PRIsVALUE " (expected Class)",
		         rb_class_path(rb_obj_class(klass)));
	return klass;
}

/* Objects count for the class that the singleton class is of. */
static VALUE check_trackable(VALUE klass)
{
	if (rb_class_real(check_class(klass)) != klass)
		rb_raise(rb_eArgError, "can't track singleton class");
	return klass;
}

static VALUE track(VALUE self, VALUE klass, VALUE depth, VALUE block)
{
	struct capture *capture = ruby_capture_get(self);

	if (capture->light && !NIL_P(block))
		rb_raise(rb_eArgError,
		         "a light capture does not hear of every object, and cannot call a block for each");
	uint32_t frames = NIL_P(depth) ? UINT32_MAX : depth_from(depth);

	answer(capture_track(capture, check_trackable(klass), block, frames) ? CAPTURE_DONE : CAPTURE_NO_MEMORY, "");
	return self;
}

static VALUE untrack(VALUE self, VALUE klass)
{
	return capture_untrack(ruby_capture_get(self), check_class(klass)) ? Qtrue : Qfalse;
}

static VALUE is_tracking(VALUE self, VALUE klass)
{
	return tracked_find(ruby_capture_get(self), check_class(klass)) ? Qtrue : Qfalse;
}

static struct capture_class read_class(struct capture *capture, VALUE klass)
{
	struct capture_class class = capture_read_class(capture, check_class(klass));

	if (!class.recorded && capture_classes_incomplete(capture))
		rb_raise(error_limit,
		         "%" PRIsVALUE
		         " may be one of the classes that found no room within the memory limit of %zu MB",
		         rb_class_path(klass), capture->memory_limit >> 20);
	return class;
}

static struct capture_class read_counts(VALUE self, VALUE klass)
{
	struct capture *capture = ruby_capture_get(self);

	check_class(klass);
	capture_prepare_class(capture, klass);
	return read_class(capture, klass);
}

static VALUE count_for(VALUE self, VALUE klass)
{
	struct counts counts = read_counts(self, klass).counts;

	return ULL2NUM(counts_live(counts));
}

static VALUE retained_count_for(VALUE self, VALUE klass)
{
	return ULL2NUM(read_counts(self, klass).counts.retained);
}

/* A light capture does not know them. */
static VALUE slot_bytes(const struct capture *capture, struct counts counts)
{
	return capture->light ? Qnil : ULL2NUM(counts.allocated_bytes);
}

static VALUE make_record(const struct capture *capture, struct counts counts)
{
	VALUE arguments[] = {ULL2NUM(counts.allocated), ULL2NUM(counts.freed), ULL2NUM(counts.retained),
	                     slot_bytes(capture, counts)};

	return rb_class_new_instance(4, arguments, record_class);
}

static VALUE get_record(VALUE self, VALUE klass)
{
	/* Copies: making a Record runs Ruby code. */
	struct capture_class class = read_counts(self, klass);

	return class.recorded ? make_record(ruby_capture_get(self), class.counts) : Qnil;
}

/* What tells the class in snapshots; nil for a class never seen. */
static VALUE class_id(VALUE self, VALUE klass)
{
	struct capture_class class = read_class(ruby_capture_get(self), klass);

	return class.recorded ? ULL2NUM(class.id) : Qnil;
}

struct listing {
	const struct capture *capture;
	VALUE metrics;
};

static void list_figures(void *context, const struct walked_class *classes, size_t count)
{
	const struct listing *listing = context;
	VALUE metrics = listing->metrics;

	for (size_t index = 0; index < count; index++) {
		const struct walked_class *class = &classes[index];

		rb_ary_push(metrics, class->klass);
		rb_ary_push(metrics, ULL2NUM(class->id));
		rb_ary_push(metrics, ULL2NUM(class->counts.allocated));
		rb_ary_push(metrics, ULL2NUM(class->counts.freed));
		rb_ary_push(metrics, ULL2NUM(class->counts.retained));
		rb_ary_push(metrics, slot_bytes(listing->capture, class->counts));
	}
}

/* Class, id, new_count, free_count, retained_count, allocated_bytes, and so on for each class: one object, whatever the number. */
static VALUE metrics(VALUE self)
{
	struct capture *capture = ruby_capture_get(self);
	struct listing listing = {capture, rb_ary_new()};

	capture_prepare_classes(capture);
	class_walk_classes(capture, list_figures, &listing);
	RB_GC_GUARD(listing.metrics);
	return listing.metrics;
}

static struct counts totals(VALUE self)
{
	struct capture *capture = ruby_capture_get(self);

	capture_prepare_sums(capture);
	return capture_counts(capture);
}

static VALUE new_count(VALUE self)
{
	return ULL2NUM(totals(self).allocated);
}

static VALUE free_count(VALUE self)
{
	return ULL2NUM(totals(self).freed);
}

static VALUE live_count(VALUE self)
{
	struct counts counts = totals(self);

	return ULL2NUM(counts_live(counts));
}

static VALUE retained_count(VALUE self)
{
	return ULL2NUM(totals(self).retained);
}

static VALUE take_snapshot(VALUE self)
{
	struct capture *capture = ruby_capture_get(self);

	if (!capture->tracker)
		rb_raise(error_class, "there is nothing to take a snapshot of: the capture was never started");
	capture_refresh(capture);
	struct snapshot_header *header = capture_snapshot(capture);
	if (!header)
		rb_raise(rb_eNoMemError, "no memory for a snapshot");
	return ruby_snapshot_wrap(header);
}

static VALUE inexact_reason(VALUE self)
{
	struct capture *capture = ruby_capture_get(self);
	char reason[160];

	capture_check(capture);
	capture_reason(capture, reason, sizeof(reason));
	return reason[0] ? rb_utf8_str_new_cstr(reason) : Qnil;
}

static VALUE is_exact(VALUE self)
{
	return NIL_P(inexact_reason(self)) ? Qtrue : Qfalse;
}

/* What a tracker says of itself, copied before they become objects. */
struct capture_statistics {
	uint64_t bytes;
	uint64_t lost;
	uint64_t dropped;
	uint64_t paths_dropped;
	uint64_t classes_dropped;
	uint64_t events_dropped;
	uint64_t classes;
	uint64_t nodes;
	uint64_t frames;
};

static uint64_t load(const _Atomic uint64_t *counter)
{
	return atomic_load((_Atomic uint64_t *)counter);
}

static void set(VALUE hash, const char *key, uint64_t value)
{
	rb_hash_aset(hash, ID2SYM(rb_intern(key)), ULL2NUM(value));
}

/* Of a capture that was never started all is 0. */
static struct capture_statistics statistics_of(const struct capture *capture)
{
	const struct tracker *tracker = capture->tracker;
	struct capture_statistics statistics = {.bytes = capture_bytes(capture)};

	if (!tracker)
		return statistics;
	statistics.lost = load(&tracker->lost);
	statistics.dropped = load(&tracker->dropped);
	statistics.paths_dropped = load(&tracker->paths_dropped);
	statistics.classes_dropped = load(&tracker->classes_dropped);
	statistics.events_dropped = load(&tracker->events_dropped);
	statistics.classes = table_count(&tracker->classes.records);
	statistics.nodes = table_count(&tracker->tree.nodes);
	statistics.frames = table_count(&tracker->codes.frames);
	return statistics;
}

static VALUE statistics(VALUE self)
{
	struct capture *capture = ruby_capture_get(self);
	VALUE hash = rb_hash_new();
	struct capture_statistics statistics = statistics_of(capture);

	set(hash, "bytes", statistics.bytes);
	set(hash, "lost", statistics.lost);
	set(hash, "dropped", statistics.dropped);
	set(hash, "paths_dropped", statistics.paths_dropped);
	set(hash, "classes_dropped", statistics.classes_dropped);
	set(hash, "events_dropped", statistics.events_dropped);
	set(hash, "heard", hooks_allocated());
	set(hash, "asked", capture->asked);
	set(hash, "jobs", jobs_requested());
	set(hash, "classes", statistics.classes);
	set(hash, "nodes", statistics.nodes);
	set(hash, "frames", statistics.frames);
	return hash;
}

static void define_counts(VALUE klass)
{
	rb_define_method(klass, "count_for", count_for, 1);
	rb_define_method(klass, "retained_count_for", retained_count_for, 1);
	rb_define_method(klass, "[]", get_record, 1);
	rb_define_private_method(klass, "class_id", class_id, 1);
	rb_define_private_method(klass, "figures", metrics, 0);
	rb_define_method(klass, "new_count", new_count, 0);
	rb_define_method(klass, "free_count", free_count, 0);
	rb_define_method(klass, "live_count", live_count, 0);
	rb_define_method(klass, "retained_count", retained_count, 0);
	rb_define_method(klass, "snapshot", take_snapshot, 0);
	rb_define_method(klass, "exact?", is_exact, 0);
	rb_define_method(klass, "inexact_reason", inexact_reason, 0);
	rb_define_method(klass, "statistics", statistics, 0);
}

void ruby_capture_define(VALUE tracker)
{
	VALUE klass = rb_define_class_under(tracker, "Capture", rb_cObject);

	record_class = rb_const_get(tracker, rb_intern("Record"));
	rb_gc_register_mark_object(record_class);
	rb_define_alloc_func(klass, allocate);
	rb_undef_method(klass, "initialize_copy");
	rb_define_const(klass, "MEMORY_LIMIT", SIZET2NUM(CAPTURE_MEMORY_LIMIT));
	rb_define_const(klass, "MEMORY_LEAST", SIZET2NUM(CAPTURE_MEMORY_LEAST));
	rb_define_private_method(klass, "configure", configure, 6);
	rb_define_method(klass, "start", start, 0);
	rb_define_method(klass, "stop", stop, 0);
	rb_define_method(klass, "running?", is_running, 0);
	rb_define_method(klass, "clear", clear, 0);
	rb_define_private_method(klass, "track_class", track, 3);
	rb_define_method(klass, "untrack", untrack, 1);
	rb_define_method(klass, "tracking?", is_tracking, 1);
	define_counts(klass);
}
