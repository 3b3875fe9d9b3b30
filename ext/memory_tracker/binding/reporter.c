#include "binding/reporter.h"

#include <errno.h>
#include <math.h>
#include <ruby/encoding.h>
#include <ruby/thread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "binding/ruby_capture.h"
#include "binding/printer.h"
#include "binding/ruby_recording.h"
#include "vm/service.h"

struct reporter {
	VALUE capture; /* marked */
	VALUE command; /* marked, a frozen string or nil */
	VALUE record;  /* likewise */
	bool overwrite;
	int fd; /* as given; what is written to is a copy */
	struct printer_options options;

	/* While it runs; NULL before and after. */
	struct service *service; /* owned; NULL unless GCs are asked for, or the capture is light */
	struct printer *printer; /* owned */
	pid_t pid;               /* of the process that it runs in */
	bool joining;            /* a thread waits for its end */
	bool joined;
};

/* The reporters that run, an array that is made once and marked for good: they live until they have ended. */
static VALUE reporters;

static void mark(void *data)
{
	struct reporter *reporter = data;

	rb_gc_mark(reporter->capture);
	/* Pinned: the printer reads the bytes of it. */
	rb_gc_mark(reporter->command);
	rb_gc_mark(reporter->record);
}

/* One that runs is kept alive by `reporters`, so that there is nothing to stop here. */
static void release(void *data)
{
	xfree(data);
}

static size_t size_of(const void *data)
{
	return sizeof(struct reporter);
}

static const rb_data_type_t reporter_type = {
    .wrap_struct_name = "Memory::Tracker::Reporter",
    .function = {.dmark = mark, .dfree = release, .dsize = size_of},
    .flags = RUBY_TYPED_FREE_IMMEDIATELY,
};

static struct reporter *get(VALUE self)
{
	struct reporter *reporter;

	TypedData_Get_Struct(self, struct reporter, &reporter_type, reporter);
	return reporter;
}

static VALUE allocate(VALUE klass)
{
	struct reporter *reporter;
	VALUE self = TypedData_Make_Struct(klass, struct reporter, &reporter_type, reporter);

	reporter->capture = reporter->command = reporter->record = Qnil;
	reporter->fd = -1;
	return self;
}

/* --- options --- */

static VALUE option(VALUE options, const char *name)
{
	return rb_hash_lookup2(options, ID2SYM(rb_intern(name)), Qnil);
}

static uint64_t nanoseconds(VALUE seconds, const char *name)
{
	double value = NUM2DBL(seconds);

	if (!(value >= 0.01 && value <= 1e9))
		rb_raise(rb_eArgError, "%s must be between 0.01 and 1,000,000,000 seconds, not %" PRIsVALUE, name,
		         seconds);
	return (uint64_t)(value * 1e9);
}

static uint64_t count(VALUE number, const char *name)
{
	if (!RB_INTEGER_TYPE_P(number) || RTEST(rb_funcall(number, '<', 1, INT2FIX(0))))
		rb_raise(rb_eArgError, "%s must be an integer of at least 0, not %" PRIsVALUE, name,
		         rb_inspect(number));
	return NUM2ULL(number);
}

static const struct column *sort_column(VALUE key)
{
	const struct column *column = column_find(StringValueCStr(key));
	VALUE keys = rb_ary_new();

	if (column)
		return column;
	for (size_t i = 0; i < column_count; i++) {
		if (column_table[i].compare)
			rb_ary_push(keys, rb_str_new_cstr(column_table[i].key));
	}
	rb_raise(rb_eArgError, "sort must be one of %" PRIsVALUE ", not %" PRIsVALUE,
	         rb_ary_join(keys, rb_str_new_cstr(", ")), rb_inspect(key));
}

static enum text_charset charset(VALUE ascii)
{
	bool plain = NIL_P(ascii) ? rb_locale_encoding() != rb_utf8_encoding() : RTEST(ascii);

	return plain ? TEXT_ASCII : TEXT_UTF8;
}

struct printer_options reporter_options(VALUE options)
{
	Check_Type(options, T_HASH);
	VALUE interval = option(options, "interval"), iterations = option(options, "iterations");
	VALUE sort = option(options, "sort"), limit = option(options, "limit"), gc = option(options, "gc");
	VALUE now = rb_funcall(rb_cTime, rb_intern("now"), 0);

	return (struct printer_options){
	    .interval_ns = NIL_P(interval) ? 1000000000 : nanoseconds(interval, "interval"),
	    .tables = NIL_P(iterations) ? UINT64_MAX : count(iterations, "iterations"),
	    .gc_ns = NIL_P(gc) ? 0 : nanoseconds(gc, "gc"),
	    .batch = {.sort = NIL_P(sort) ? NULL : sort_column(sort),
	              .limit = NIL_P(limit) ? 0 : (size_t)count(limit, "limit"),
	              .utc_offset = NUM2INT(rb_funcall(now, rb_intern("utc_offset"), 0)),
	              .internal = RTEST(option(options, "internal")),
	              .charset = charset(option(options, "ascii"))},
	};
}

static VALUE initialize(VALUE self, VALUE capture, VALUE fd, VALUE options)
{
	struct reporter *reporter = get(self);
	VALUE command;

	if (reporter->printer)
		rb_raise(rb_eRuntimeError, "a reporter that runs cannot be initialized");
	Check_Type(options, T_HASH);
	ruby_capture_get(capture);
	command = option(options, "command");
	reporter->options = reporter_options(options);
	reporter->fd = NUM2INT(fd);
	reporter->capture = capture;
	if (!NIL_P(option(options, "record")))
		reporter->record = rb_str_new_frozen(option(options, "record"));
	reporter->overwrite = RTEST(option(options, "overwrite"));
	if (!NIL_P(command)) {
		reporter->command = rb_str_new_frozen(StringValue(command));
		reporter->options.batch.command = StringValueCStr(reporter->command);
		capture_name(ruby_capture_get(capture), reporter->options.batch.command);
	}
	return self;
}

/* --- running --- */

/* A reporter that was running when the process forked does not run in the child. */
static bool runs(const struct reporter *reporter)
{
	return reporter->printer && reporter->pid == getpid();
}

static void stop_service(struct reporter *reporter)
{
	if (reporter->service)
		service_stop(reporter->service);
	reporter->service = NULL;
}

static void close_recorder(struct reporter *reporter)
{
	if (reporter->options.recorder)
		recorder_close(reporter->options.recorder);
	reporter->options.recorder = NULL;
}

static VALUE start(VALUE self)
{
	struct reporter *reporter = get(self);
	struct capture *capture = ruby_capture_get(reporter->capture);

	if (runs(reporter))
		return Qfalse;
	/* What a fork may have left here belongs to the parent. */
	reporter->printer = NULL;
	/*
	 * The numbers are made fresh by the program's own births. A Ruby thread is there for GCs and for light captures only: a program can
	 * notice it, and one that waits for a deadlock of its own to be broken by Ruby would wait for ever.
	 */
	reporter->options.recorder = ruby_recording_recorder(reporter->record, reporter->overwrite ? Qtrue : Qfalse);
	reporter->service = reporter->options.gc_ns || capture->light
	                        ? service_start(capture, reporter->capture, "memory-tracker")
	                        : NULL;
	reporter->printer = printer_start(capture, reporter->service, reporter->fd, &reporter->options);
	if (!reporter->printer) {
		int error = errno;
		stop_service(reporter);
		close_recorder(reporter);
		rb_syserr_fail(error, "the tables cannot be printed");
	}
	reporter->pid = getpid();
	reporter->joined = false;
	rb_ary_push(reporters, self);
	return Qtrue;
}

static void *join_printer(void *data)
{
	struct reporter *reporter = data;

	printer_join(reporter->printer);
	reporter->joined = true;
	return NULL;
}

static void cancel_printer(void *data)
{
	printer_cancel(((struct reporter *)data)->printer);
}

static VALUE end_and_wait(VALUE data)
{
	struct reporter *reporter = (struct reporter *)data;

	if (reporter->options.gc_ns)
		rb_gc_start();
	capture_refresh(ruby_capture_get(reporter->capture));
	printer_end(reporter->printer);
	rb_nogvl(join_printer, (void *)data, cancel_printer, (void *)data, 0);
	return Qnil;
}

static void clear_away(struct reporter *reporter)
{
	printer_free(reporter->printer);
	stop_service(reporter);
	close_recorder(reporter);
	reporter->printer = NULL;
}

/* Runs when the waiting is over, be it by an exception; then the waiting can be done again. */
static VALUE after_waiting(VALUE self)
{
	struct reporter *reporter = get(self);

	reporter->joining = false;
	if (reporter->joined) {
		clear_away(reporter);
		rb_ary_delete(reporters, self);
	}
	return Qnil;
}

static VALUE finish(VALUE self)
{
	struct reporter *reporter = get(self);

	if (!runs(reporter) || reporter->joining)
		return Qfalse;
	reporter->joining = true;
	rb_ensure(end_and_wait, (VALUE)reporter, after_waiting, self);
	return Qtrue;
}

static VALUE is_running(VALUE self)
{
	return runs(get(self)) ? Qtrue : Qfalse;
}

/* At the end of the program, before captures are freed: whoever was not finished ends without a last table. */
static void stop_all(VALUE unused)
{
	for (long i = 0; i < RARRAY_LEN(reporters); i++) {
		struct reporter *reporter = get(RARRAY_AREF(reporters, i));

		if (!runs(reporter) || reporter->joining)
			continue;
		printer_cancel(reporter->printer);
		join_printer(reporter);
		clear_away(reporter);
	}
	rb_ary_clear(reporters);
}

void reporter_define(VALUE tracker_module)
{
	VALUE klass = rb_define_class_under(tracker_module, "Reporter", rb_cObject);

	reporters = rb_ary_new();
	rb_gc_register_mark_object(reporters);
	rb_obj_hide(reporters);
	rb_define_alloc_func(klass, allocate);
	rb_define_method(klass, "initialize", initialize, 3);
	rb_define_method(klass, "start", start, 0);
	rb_define_method(klass, "finish", finish, 0);
	rb_define_method(klass, "running?", is_running, 0);
	rb_set_end_proc(stop_all, Qnil);
}
