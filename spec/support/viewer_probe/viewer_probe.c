/*
 * The viewer without a terminal, for specs that read its screens. It is told when each snapshot was taken, so that
 * what it says of a minute does not take a minute.
 */
#include <ruby.h>
#include <ruby/encoding.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "screen/grid.h"
#include "base/utf8.h"
#include "app/viewer.h"

#define BEGINNING UINT64_C(1000000000000)

struct probe {
	struct viewer *viewer; /* owned */
	struct grid grid;      /* owned */
	uint64_t majors;       /* that the latest snapshot had seen, */
	uint64_t major_at;     /* and when the latest of them was */
};

static void release(void *data)
{
	struct probe *probe = data;

	viewer_free(probe->viewer);
	grid_deinit(&probe->grid);
	xfree(probe);
}

static const rb_data_type_t probe_type = {
    .wrap_struct_name = "ViewerProbe", .function = {.dfree = release}, .flags = RUBY_TYPED_FREE_IMMEDIATELY};

static struct probe *get(VALUE self)
{
	return rb_check_typeddata(self, &probe_type);
}

static VALUE allocate(VALUE klass)
{
	const struct viewer_options options = {.interval = 1, .charset = TEXT_UTF8};
	struct probe *probe;
	VALUE self = TypedData_Make_Struct(klass, struct probe, &probe_type, probe);

	probe->viewer = viewer_new(&options);
	if (!probe->viewer || !grid_init(&probe->grid))
		rb_memerror();
	return self;
}

/* feed(bytes, seconds): the snapshot, and when it was taken, counted from the capture's start. */
static VALUE feed(VALUE self, VALUE bytes, VALUE seconds)
{
	struct probe *probe = get(self);
	struct snapshot_header *snapshot = malloc((size_t)RSTRING_LEN(StringValue(bytes)));

	if (!snapshot)
		rb_memerror();
	memcpy(snapshot, RSTRING_PTR(bytes), (size_t)RSTRING_LEN(bytes));
	const char *problem = snapshot_check(snapshot, (size_t)RSTRING_LEN(bytes));
	if (problem) {
		free(snapshot);
		rb_raise(rb_eArgError, "%s", problem);
	}
	snapshot->started_ns = BEGINNING;
	snapshot->monotonic_ns = BEGINNING + (uint64_t)(NUM2DBL(seconds) * 1e9);
	if (snapshot->majors_seen != probe->majors)
		probe->major_at = snapshot->monotonic_ns;
	probe->majors = snapshot->majors_seen;
	snapshot->major_at_ns = probe->major_at;
	if (!viewer_feed(probe->viewer, snapshot))
		rb_memerror();
	return self;
}

static VALUE press(VALUE self, VALUE keys)
{
	const char *text = StringValuePtr(keys);
	size_t left = (size_t)RSTRING_LEN(keys);

	while (left) {
		uint32_t key;
		size_t size = utf8_read(text, left, &key);
		viewer_press(get(self)->viewer, key);
		text += size;
		left -= size;
	}
	return self;
}

static size_t put_character(char out[4], uint32_t character)
{
	VALUE text = rb_enc_uint_chr(character, rb_utf8_encoding());

	memcpy(out, RSTRING_PTR(text), (size_t)RSTRING_LEN(text));
	return (size_t)RSTRING_LEN(text);
}

/* screen(columns, lines): an array of the lines of the screen. */
static VALUE screen(VALUE self, VALUE columns, VALUE lines)
{
	struct probe *probe = get(self);
	VALUE result = rb_ary_new();

	if (!grid_resize(&probe->grid, NUM2UINT(columns), NUM2UINT(lines)))
		rb_memerror();
	viewer_draw(probe->viewer, &probe->grid);
	for (unsigned line = 0; line < probe->grid.lines; line++) {
		VALUE text = rb_utf8_str_new("", 0);
		for (unsigned column = 0; column < probe->grid.columns; column++) {
			uint32_t base = probe->grid.cells[line * probe->grid.columns + column].base;
			char bytes[4];
			if (base)
				rb_str_cat(text, bytes, (long)put_character(bytes, base));
		}
		rb_ary_push(result, text);
	}
	return result;
}

#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
void Init_viewer_probe(void)
{
	VALUE klass = rb_define_class("ViewerProbe", rb_cObject);

	rb_define_alloc_func(klass, allocate);
	rb_define_method(klass, "feed", feed, 2);
	rb_define_method(klass, "press", press, 1);
	rb_define_method(klass, "screen", screen, 2);
}
