#include "binding/ruby_batch.h"

#include <unistd.h>

#include "binding/errors.h"
#include "binding/ruby_recording.h"
#include "binding/table_options.h"
#include "binding/nogvl_call.h"
#include "source/batch_run.h"

#define PREFIX "memory-tracker-top: "

struct ruby_batch {
	VALUE command;             /* marked, a frozen string or nil */
	VALUE how;                 /* likewise */
	struct recorder *recorder; /* owned; NULL: nothing is recorded */
	struct batch_run *run;     /* owned */
	VALUE thread;              /* that runs it, which is alive */
	bool over;
};

static void mark(void *data)
{
	const struct ruby_batch *batch = data;

	/* Pinned: the run reads the bytes of it. */
	rb_gc_mark(batch->command);
	rb_gc_mark(batch->how);
}

static void release(void *data)
{
	struct ruby_batch *batch = data;

	if (batch->run)
		batch_run_free(batch->run);
	if (batch->recorder)
		recorder_close(batch->recorder);
	xfree(batch);
}

static size_t size_of(const void *data)
{
	return sizeof(struct ruby_batch);
}

static const rb_data_type_t batch_type = {
    .wrap_struct_name = "Memory::Tracker::Batch",
    .function = {.dmark = mark, .dfree = release, .dsize = size_of},
    .flags = RUBY_TYPED_FREE_IMMEDIATELY,
};

static struct ruby_batch *get(VALUE self)
{
	struct ruby_batch *batch;

	TypedData_Get_Struct(self, struct ruby_batch, &batch_type, batch);
	return batch;
}

static struct batch_run *run_of(VALUE self)
{
	struct batch_run *run = get(self)->run;

	if (!run)
		rb_raise(error_class, "it has not been initialized");
	return run;
}

static VALUE allocate(VALUE klass)
{
	struct ruby_batch *batch;
	VALUE self = TypedData_Make_Struct(klass, struct ruby_batch, &batch_type, batch);

	batch->command = batch->how = Qnil;
	return self;
}

static VALUE option(VALUE options, const char *name)
{
	return rb_hash_lookup2(options, ID2SYM(rb_intern(name)), Qnil);
}

/* Some Rubies do not wake a thread for a signal when there are others that could see to it. */
static bool interrupted(void *context)
{
	return rb_thread_interrupted(((struct ruby_batch *)context)->thread);
}

static VALUE initialize(VALUE self, VALUE directory, VALUE fd, VALUE options)
{
	struct ruby_batch *batch = get(self);
	struct table_options tables = table_options_parse(options);

	if (batch->run)
		rb_raise(error_class, "it has been initialized already");
	if (!NIL_P(option(options, "command"))) {
		batch->command = rb_str_new_frozen(option(options, "command"));
		tables.batch.command = StringValueCStr(batch->command);
	}
	struct batch_run_options run = {
	    .directory = StringValueCStr(directory),
	    .fd = NUM2INT(fd),
	    .errors = STDERR_FILENO,
	    .prefix = PREFIX,
	    .interval_ns = tables.interval_ns,
	    .tables = tables.tables,
	    .gc_ns = tables.gc_ns,
	    .per_process = RTEST(option(options, "per_process")),
	    .batch = tables.batch,
	    .context = batch,
	    .interrupted = interrupted,
	};
	run.recorder = batch->recorder =
	    ruby_recording_recorder(option(options, "record"), option(options, "overwrite"));
	batch->run = batch_run_new(&run);
	RB_GC_GUARD(directory);
	if (!batch->run)
		rb_memerror();
	return self;
}

static VALUE started(VALUE self, VALUE pid)
{
	batch_run_started(run_of(self), NUM2PIDT(pid));
	return self;
}

static VALUE ended(VALUE self, VALUE how)
{
	struct ruby_batch *batch = get(self);
	const char *text = StringValueCStr(how);

	if (!NIL_P(batch->how))
		return self;
	batch->how = rb_str_new_frozen(how);
	batch_run_ended(run_of(self), text);
	RB_GC_GUARD(how);
	return self;
}

static VALUE hurry(VALUE self)
{
	batch_run_hurry(run_of(self));
	return self;
}

static VALUE stop(VALUE self)
{
	batch_run_stop(run_of(self));
	return self;
}

static void *run_tables(void *data)
{
	struct ruby_batch *batch = data;

	batch->over = batch_run(batch->run);
	return NULL;
}

static void wake(void *data)
{
	batch_run_wake(((struct ruby_batch *)data)->run);
}

/* The recording ends as the program has. */
static void end_recording(struct ruby_batch *batch)
{
	char problem[TRANSPORT_PROBLEM_MAX];

	if (!batch->recorder)
		return;
	if (!NIL_P(batch->how))
		recorder_end(batch->recorder, StringValueCStr(batch->how), problem);
	recorder_close(batch->recorder);
	batch->recorder = NULL;
}

static VALUE run(VALUE self)
{
	struct ruby_batch *batch = get(self);
	int state = 0;

	run_of(self);
	batch->thread = rb_thread_current();
	while (!batch->over && !state)
		state = nogvl_call(run_tables, wake, batch);
	if (state)
		rb_jump_tag(state);
	end_recording(batch);
	return self;
}

void ruby_batch_define(VALUE tracker)
{
	VALUE klass = rb_define_class_under(tracker, "Batch", rb_cObject);

	rb_define_alloc_func(klass, allocate);
	rb_define_method(klass, "initialize", initialize, 3);
	rb_define_method(klass, "started", started, 1);
	rb_define_method(klass, "ended", ended, 1);
	rb_define_method(klass, "hurry", hurry, 0);
	rb_define_method(klass, "stop", stop, 0);
	rb_define_method(klass, "run", run, 0);
}
