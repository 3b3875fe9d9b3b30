#include "binding/ruby_snapshot.h"

#include <ruby/encoding.h>
#include <stdlib.h>

static VALUE snapshot_class;

/* What Ruby's GC does not allocate itself it has to be told of, or it collects no snapshots. */
static void free_snapshot(void *data)
{
	const struct snapshot_header *header = data;

	if (header)
		rb_gc_adjust_memory_usage(-(ssize_t)header->size);
	free(data);
}

static size_t snapshot_size(const void *data)
{
	const struct snapshot_header *header = data;

	return header ? header->size : 0;
}

static const rb_data_type_t snapshot_type = {
    .wrap_struct_name = "Memory::Tracker::Snapshot",
    .function = {.dfree = free_snapshot, .dsize = snapshot_size},
    .flags = RUBY_TYPED_FREE_IMMEDIATELY,
};

VALUE ruby_snapshot_wrap(struct snapshot_header *header)
{
	VALUE self = TypedData_Wrap_Struct(snapshot_class, &snapshot_type, NULL);

	DATA_PTR(self) = header;
	rb_gc_adjust_memory_usage((ssize_t)header->size);
	/* That adds up, and starts no GC: the VM looks at the sum when it is asked for memory itself. */
	xfree(xmalloc(1));
	RB_GC_GUARD(self);
	return self;
}

static const struct snapshot_header *header_of(VALUE self)
{
	return rb_check_typeddata(self, &snapshot_type);
}

static VALUE text(const struct snapshot_header *header, snapshot_string_ref reference)
{
	uint32_t length;
	const char *bytes = snapshot_string(header, reference, &length);

	return rb_obj_freeze(rb_enc_str_new(bytes, length, rb_utf8_encoding()));
}

static void set(VALUE hash, const char *key, VALUE value)
{
	rb_hash_aset(hash, ID2SYM(rb_intern(key)), value);
}

/* A light snapshot does not know them. */
static VALUE slot_bytes(const struct snapshot_header *header, uint64_t bytes)
{
	return header->flags & SNAPSHOT_LIGHT ? Qnil : ULL2NUM(bytes);
}

static void set_counts(VALUE hash, const struct snapshot_header *header)
{
	set(hash, "new_count", ULL2NUM(header->counts.allocated));
	set(hash, "free_count", ULL2NUM(header->counts.freed));
	set(hash, "live_count", ULL2NUM(counts_live(header->counts)));
	set(hash, "retained_count", ULL2NUM(header->counts.retained));
	set(hash, "allocated_bytes", slot_bytes(header, header->counts.allocated_bytes));
	set(hash, "retained_bound", header->flags & SNAPSHOT_RETAINED_BOUND ? Qtrue : Qfalse);
	set(hash, "lost", ULL2NUM(header->lost));
	set(hash, "dropped", ULL2NUM(header->dropped));
	set(hash, "paths_dropped", ULL2NUM(header->paths_dropped));
	set(hash, "classes_dropped", ULL2NUM(header->classes_dropped));
	set(hash, "events_dropped", ULL2NUM(header->events_dropped));
}

static void set_process(VALUE hash, const struct snapshot_header *header)
{
	set(hash, "pid", UINT2NUM(header->pid));
	set(hash, "command", header->command ? text(header, header->command) : Qnil);
	set(hash, "runtime", text(header, header->runtime));
	set(hash, "time",
	    rb_time_nano_new((time_t)(header->wall_ns / 1000000000u), (long)(header->wall_ns % 1000000000u)));
	set(hash, "seconds", DBL2NUM((double)(header->monotonic_ns - header->started_ns) / 1e9));
	set(hash, "uptime", DBL2NUM((double)snapshot_up_ns(header) / 1e9));
	set(hash, "minor_gcs", ULL2NUM(header->gc_minor));
	set(hash, "major_gcs", ULL2NUM(header->gc_major));
	set(hash, "major_gcs_seen", ULL2NUM(header->majors_seen));
	set(hash, "heap_live_slots", ULL2NUM(header->heap_live_slots));
	set(hash, "heap_slots", ULL2NUM(header->heap_total_slots));
	set(hash, "rss_bytes", ULL2NUM(header->rss_bytes));
	set(hash, "tracker_bytes", ULL2NUM(header->tracker_bytes));
	set(hash, "memory_limit", ULL2NUM(header->memory_limit));
	set(hash, "depth", UINT2NUM(header->depth));
	set(hash, "existing", header->flags & SNAPSHOT_EXISTING ? Qtrue : Qfalse);
	set(hash, "path_interval", UINT2NUM(header->path_interval));
	set(hash, "light", header->flags & SNAPSHOT_LIGHT ? Qtrue : Qfalse);
	set(hash, "sampled", ULL2NUM(header->sampled));
	set(hash, "sampled_of", ULL2NUM(header->sampled_of));
	set(hash, "awaited_classes", header->unmatched ? text(header, header->unmatched) : Qnil);
	set(hash, "inexact_reason", header->flags & SNAPSHOT_EXACT ? Qnil : text(header, header->reason));
}

static VALUE metadata(VALUE self)
{
	const struct snapshot_header *header = header_of(self);
	VALUE hash = rb_hash_new();

	set_counts(hash, header);
	set_process(hash, header);
	RB_GC_GUARD(self);
	return hash;
}

/* Where a class without a name comes from; nil: not known, or it has a name. */
static VALUE origin(const struct snapshot_header *header, const struct snapshot_class *class)
{
	VALUE place = class->origin ? text(header, class->origin) : Qnil;

	return class->origin_line ? rb_obj_freeze(rb_sprintf("%" PRIsVALUE ":%u", place, class->origin_line)) : place;
}

/* [id, name, flags, origin, new_count, free_count, retained_count, allocated_bytes] for every class. */
static VALUE class_rows(VALUE self)
{
	const struct snapshot_header *header = header_of(self);
	const struct snapshot_class *classes = snapshot_classes(header);
	VALUE rows = rb_ary_new_capa(header->class_count);

	for (uint32_t index = 0; index < header->class_count; index++) {
		const struct snapshot_class *class = &classes[index];

		rb_ary_push(rows, rb_ary_new_from_args(8, ULL2NUM(class->id), text(header, class->name),
		                                       UINT2NUM(class->flags), origin(header, class),
		                                       ULL2NUM(class->counts.allocated), ULL2NUM(class->counts.freed),
		                                       ULL2NUM(class->counts.retained),
		                                       slot_bytes(header, class->counts.allocated_bytes)));
	}
	RB_GC_GUARD(self);
	return rows;
}

static VALUE node_row(const struct snapshot_header *header, const struct snapshot_node *node)
{
	const struct snapshot_frame *frame = &snapshot_frames(header)[node->frame];
	VALUE parent = node->parent == SNAPSHOT_NONE ? Qnil : ULL2NUM(snapshot_nodes(header)[node->parent].id);

	return rb_ary_new_from_args(10, ULL2NUM(node->id), parent, text(header, frame->path), UINT2NUM(frame->line),
	                            text(header, frame->label), UINT2NUM(frame->flags), ULL2NUM(node->counts.allocated),
	                            ULL2NUM(node->counts.freed), ULL2NUM(node->counts.retained),
	                            slot_bytes(header, node->counts.allocated_bytes));
}

/*
 * [id, parent's id or nil, path, line, label, flags, new_count, free_count, retained_count, allocated_bytes] for every
 * node of the class with this id, parents first.
 */
static VALUE node_rows(VALUE self, VALUE class_id)
{
	const struct snapshot_header *header = header_of(self);
	const struct snapshot_node *nodes = snapshot_nodes(header);
	uint64_t id = NUM2ULL(class_id);
	VALUE rows = rb_ary_new();

	for (uint32_t index = 0; index < header->node_count; index++) {
		if (snapshot_classes(header)[nodes[index].class_index].id == id)
			rb_ary_push(rows, node_row(header, &nodes[index]));
	}
	RB_GC_GUARD(self);
	return rows;
}

static VALUE bytes(VALUE self)
{
	const struct snapshot_header *header = header_of(self);

	VALUE copy = rb_str_new((const char *)header, (long)header->size);

	RB_GC_GUARD(self);
	return copy;
}

void ruby_snapshot_define(VALUE tracker)
{
	snapshot_class = rb_define_class_under(tracker, "Snapshot", rb_cObject);
	rb_gc_register_mark_object(snapshot_class);
	rb_undef_alloc_func(snapshot_class);
	rb_define_method(snapshot_class, "facts", metadata, 0);
	rb_define_method(snapshot_class, "bytes", bytes, 0);
	rb_define_private_method(snapshot_class, "class_rows", class_rows, 0);
	rb_define_private_method(snapshot_class, "node_rows", node_rows, 1);
	rb_define_const(snapshot_class, "INTERNAL", UINT2NUM(SNAPSHOT_CLASS_INTERNAL));
	rb_define_const(snapshot_class, "ANONYMOUS", UINT2NUM(SNAPSHOT_CLASS_ANONYMOUS));
	rb_define_const(snapshot_class, "UNLOADED", UINT2NUM(SNAPSHOT_CLASS_UNLOADED));
	rb_define_const(snapshot_class, "NATIVE", UINT2NUM(SNAPSHOT_FRAME_NATIVE));
	rb_define_const(snapshot_class, "PSEUDO", UINT2NUM(SNAPSHOT_FRAME_PSEUDO));
}
