#include "binding/ruby_recording.h"

#include "binding/errors.h"
#include "binding/source_run.h"
#include "source/replay.h"
#include "binding/ruby_snapshot.h"
#include "transport/recording.h"

static void release(void *data)
{
	recording_close(data);
}

static const rb_data_type_t recording_type = {
    .wrap_struct_name = "Memory::Tracker::Recording",
    .function = {.dfree = release},
    .flags = RUBY_TYPED_FREE_IMMEDIATELY,
};

static struct recording *get(VALUE self)
{
	return rb_check_typeddata(self, &recording_type);
}

struct recorder *ruby_recording_recorder(VALUE path, VALUE overwrite)
{
	char problem[TRANSPORT_PROBLEM_MAX];

	if (NIL_P(path))
		return NULL;
	struct recorder *recorder = recorder_open(StringValueCStr(path), RTEST(overwrite), problem);
	if (!recorder)
		rb_raise(error_class, "%s", problem);
	return recorder;
}

static VALUE check(VALUE klass, VALUE path, VALUE overwrite)
{
	recorder_close(ruby_recording_recorder(StringValue(path), overwrite));
	return Qnil;
}

static VALUE open_recording(VALUE klass, VALUE path)
{
	char problem[TRANSPORT_PROBLEM_MAX];
	struct recording *recording = recording_open(StringValueCStr(path), problem);

	if (!recording)
		rb_raise(error_class, "%s", problem);
	return TypedData_Wrap_Struct(klass, &recording_type, recording);
}

static VALUE count(VALUE self)
{
	return SIZET2NUM(recording_count(get(self)));
}

static size_t index_from(const struct recording *recording, VALUE index)
{
	size_t number = RB_FIXNUM_P(index) && FIX2LONG(index) >= 0 ? (size_t)FIX2LONG(index) : SIZE_MAX;

	if (number >= recording_count(recording))
		rb_raise(rb_eIndexError, "there are %" PRIuSIZE " snapshots, and none with the number %" PRIsVALUE,
		         recording_count(recording), rb_inspect(index));
	return number;
}

static VALUE seconds(VALUE self, VALUE index)
{
	struct recording *recording = get(self);

	return DBL2NUM((double)recording_time(recording, index_from(recording, index)) / 1e9);
}

static VALUE snapshot(VALUE self, VALUE index)
{
	struct recording *recording = get(self);
	struct snapshot_header *header = recording_snapshot(recording, index_from(recording, index));

	if (!header)
		rb_raise(error_class, "the recording is damaged there");
	return ruby_snapshot_wrap(header);
}

static VALUE string_or_nil(const char *text)
{
	return text ? rb_utf8_str_new_cstr(text) : Qnil;
}

static VALUE how(VALUE self)
{
	return string_or_nil(recording_how(get(self)));
}

static VALUE damage(VALUE self)
{
	return string_or_nil(recording_damage(get(self)));
}

static VALUE view(VALUE self, VALUE options)
{
	struct replay replay;
	struct snapshot_source source = replay_init(&replay, get(self));

	return source_run_view(&source, options);
}

static VALUE print(VALUE self, VALUE fd, VALUE options)
{
	struct replay replay;
	VALUE interval = rb_hash_lookup2(options, ID2SYM(rb_intern("interval")), DBL2NUM(1.0));
	struct snapshot_source source = replay_init_stepwise(&replay, get(self), (uint64_t)(NUM2DBL(interval) * 1e9));

	return source_run_tables(&source, fd, options, true);
}

void ruby_recording_define(VALUE tracker)
{
	VALUE klass = rb_define_class_under(tracker, "Recording", rb_cObject);

	rb_undef_alloc_func(klass);
	rb_define_singleton_method(klass, "open", open_recording, 1);
	rb_define_singleton_method(klass, "check", check, 2);
	rb_define_method(klass, "count", count, 0);
	rb_define_method(klass, "seconds", seconds, 1);
	rb_define_method(klass, "snapshot", snapshot, 1);
	rb_define_method(klass, "how", how, 0);
	rb_define_method(klass, "damage", damage, 0);
	rb_define_method(klass, "view", view, 1);
	rb_define_method(klass, "print", print, 2);
}
