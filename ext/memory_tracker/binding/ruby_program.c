#include "binding/ruby_program.h"

#include <errno.h>
#include <ruby.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "binding/errors.h"
#include "source/processes.h"
#include "source/recorded_source.h"
#include "binding/ruby_recording.h"
#include "binding/in_front.h"
#include "binding/view_options.h"

struct ruby_program {
	VALUE arguments; /* marked, as all: frozen arrays of frozen strings, or strings, or nil */
	VALUE environment;
	VALUE directory;
	VALUE command;
	VALUE hint;
	VALUE sort;
	VALUE output;
	VALUE record;
	bool overwrite;
	struct viewer_options options; /* without its texts */
	double gc;                     /* 0: none */
	bool hurried;

	struct tty tty; /* of this process, whatever its descriptors 0 to 2 are */
	struct job job;
	struct processes *processes; /* owned; NULL unless it runs */
	struct display *display;     /* likewise */
	struct recorder *recorder;   /* owned; NULL: nothing is recorded */
	struct recorded_source recorded;
};

static void mark(void *data)
{
	const struct ruby_program *program = data;
	const VALUE values[] = {program->arguments, program->environment, program->directory, program->command,
	                        program->hint,      program->sort,        program->output,    program->record};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		rb_gc_mark(values[i]);
}

/* The recording ends as the program has, if somebody has seen that. */
static void close_recorder(struct ruby_program *program)
{
	char how[JOB_HOW_MAX], problem[TRANSPORT_PROBLEM_MAX];

	if (program->job.ended) {
		job_describe(&program->job, how, sizeof(how));
		recorder_end(program->recorder, how, problem);
	}
	recorder_close(program->recorder);
}

static void close_all(struct ruby_program *program)
{
	if (program->display)
		display_close(program->display);
	program->display = NULL;
	if (program->processes)
		processes_free(program->processes);
	program->processes = NULL;
	if (program->recorder)
		close_recorder(program);
	program->recorder = NULL;
	job_close(&program->job, tty_fd(&program->tty));
	tty_close(&program->tty);
}

static void release(void *data)
{
	close_all(data);
	xfree(data);
}

static size_t size_of(const void *data)
{
	return sizeof(struct ruby_program);
}

static const rb_data_type_t program_type = {
    .wrap_struct_name = "Memory::Tracker::Program",
    .function = {.dmark = mark, .dfree = release, .dsize = size_of},
    .flags = RUBY_TYPED_FREE_IMMEDIATELY,
};

static struct ruby_program *get(VALUE self)
{
	struct ruby_program *program;

	TypedData_Get_Struct(self, struct ruby_program, &program_type, program);
	return program;
}

static VALUE allocate(VALUE klass)
{
	struct ruby_program *program;
	VALUE self = TypedData_Make_Struct(klass, struct ruby_program, &program_type, program);

	job_init(&program->job);
	program->tty.device = DESCRIPTOR_NONE;
	program->arguments = program->environment = program->directory = program->command = Qnil;
	program->hint = program->sort = program->output = program->record = Qnil;
	return self;
}

/* --- options --- */

static VALUE option(VALUE options, const char *name)
{
	return rb_hash_lookup2(options, ID2SYM(rb_intern(name)), Qnil);
}

static VALUE copy_string(VALUE value)
{
	value = rb_str_new_frozen(StringValue(value));
	StringValueCStr(value);
	return value;
}

static VALUE string_option(VALUE options, const char *name)
{
	VALUE value = option(options, name);

	return NIL_P(value) ? Qnil : copy_string(value);
}

/* So that no string changes while there are pointers to them. */
static VALUE copy_strings(VALUE array)
{
	VALUE copy = rb_ary_new();

	Check_Type(array, T_ARRAY);
	for (long i = 0; i < RARRAY_LEN(array); i++)
		rb_ary_push(copy, copy_string(RARRAY_AREF(array, i)));
	return rb_ary_freeze(copy);
}

static VALUE initialize(VALUE self, VALUE arguments, VALUE environment, VALUE options)
{
	struct ruby_program *program = get(self);

	Check_Type(options, T_HASH);
	program->arguments = copy_strings(arguments);
	program->environment = copy_strings(environment);
	if (RARRAY_LEN(program->arguments) == 0)
		rb_raise(rb_eArgError, "there is no command to run");
	program->directory = string_option(options, "directory");
	program->command = string_option(options, "command");
	program->hint = string_option(options, "hint");
	program->sort = string_option(options, "sort");
	program->output = string_option(options, "output");
	program->overwrite = RTEST(option(options, "overwrite"));
	program->record = string_option(options, "record");
	program->options = view_options_parse(options);
	program->gc = view_options_seconds(options, "gc");
	program->hurried = option(options, "wait") == Qfalse;
	return self;
}

static const char *text(VALUE string)
{
	return NIL_P(string) ? NULL : RSTRING_PTR(string);
}

/* --- starting --- */

/* NULL without memory. */
static char **pointers(VALUE strings)
{
	long count = RARRAY_LEN(strings);
	char **array = calloc((size_t)count + 1, sizeof *array);

	for (long i = 0; array && i < count; i++)
		array[i] = RSTRING_PTR(RARRAY_AREF(strings, i));
	return array;
}

static void left(void *context)
{
	processes_close(((struct ruby_program *)context)->processes);
}

static struct snapshot_source source(struct ruby_program *program)
{
	struct snapshot_source source = processes_source(program->processes);

	return program->recorder ? recorded_source_init(&program->recorded, &source, program->recorder) : source;
}

static struct display *open_display(struct ruby_program *program, char problem[SESSION_PROBLEM_MAX])
{
	struct display_options options = {
	    .viewer = program->options,
	    .gc_ns = (uint64_t)(program->gc * 1e9),
	    .session = {.interrupt_key = true, .output = text(program->output)},
	    .numbers = source(program),
	    .host = {.context = program, .left = left},
	    .job = &program->job,
	    .console_hint = NIL_P(program->hint) ? "" : text(program->hint),
	};

	options.viewer.sort = text(program->sort);
	options.viewer.command = text(program->command);
	return display_open(&options, problem);
}

/* Its standard descriptors that are not this terminal stay what they are. Returns 0 or an errno. */
static int start_job(struct ruby_program *program)
{
	char **arguments = pointers(program->arguments), **environment = pointers(program->environment);
	struct monitor_command command = {.arguments = arguments, .environment = environment};

	for (int fd = 0; fd < 3; fd++)
		command.inherited[fd] = !tty_has(fd);
	int error = arguments && environment ? job_start(&program->job, &command, tty_fd(&program->tty)) : ENOMEM;
	free(arguments);
	free(environment);
	return error;
}

static VALUE start(VALUE self)
{
	struct ruby_program *program = get(self);
	char problem[SESSION_PROBLEM_MAX];

	if (program->display)
		rb_raise(error_class, "the program has been started already");
	program->recorder = ruby_recording_recorder(program->record, program->overwrite ? Qtrue : Qfalse);
	program->processes = processes_new(text(program->directory));
	if (!program->processes) {
		close_all(program);
		rb_memerror();
	}
	program->display = open_display(program, problem);
	const char *no_terminal = program->display ? tty_open(&program->tty) : problem;
	if (no_terminal) {
		close_all(program);
		rb_raise(error_class, "%s", no_terminal);
	}
	int error = start_job(program);
	if (error) {
		close_all(program);
		rb_syserr_fail(error, text(RARRAY_AREF(program->arguments, 0)));
	}
	if (program->hurried)
		display_hurry(program->display);
	return self;
}

/* --- running --- */

static VALUE run(VALUE self)
{
	struct ruby_program *program = get(self);
	struct job *job = &program->job;
	char known[JOB_KNOWN_MAX];
	int state;

	if (!program->display)
		rb_raise(error_class, "the program has not been started");
	in_front_run_display(program->display, &state);
	job_tell_known(job, known);
	/* What still runs has lost its terminal with that. */
	close_all(program);
	if (state)
		rb_jump_tag(state);
	if (job->unwatched)
		rb_raise(error_class, "%s", known);
	return job->ended ? INT2FIX(job_exit_status(job)) : Qnil;
}

static VALUE send_signal(VALUE self, VALUE number)
{
	job_signal(&get(self)->job, NUM2INT(number));
	return self;
}

static VALUE hurry(VALUE self)
{
	struct ruby_program *program = get(self);

	program->hurried = true;
	if (program->display)
		display_hurry(program->display);
	return self;
}

static VALUE problem(VALUE klass)
{
	char buffer[SESSION_PROBLEM_MAX];
	const char *problem = session_launch_problem(buffer);

	return problem ? rb_utf8_str_new_cstr(problem) : Qnil;
}

void ruby_program_define(VALUE tracker)
{
	VALUE klass = rb_define_class_under(tracker, "Program", rb_cObject);

	rb_define_alloc_func(klass, allocate);
	rb_define_singleton_method(klass, "problem", problem, 0);
	rb_define_method(klass, "initialize", initialize, 3);
	rb_define_method(klass, "start", start, 0);
	rb_define_method(klass, "run", run, 0);
	rb_define_method(klass, "send_signal", send_signal, 1);
	rb_define_method(klass, "hurry", hurry, 0);
}
