#include "binding/ruby_viewer.h"

#include <errno.h>
#include <ruby/thread.h>
#include <string.h>
#include <unistd.h>

#include "binding/errors.h"
#include "binding/live_view.h"
#include "binding/ruby_capture.h"
#include "binding/in_front.h"
#include "binding/view_options.h"
#include "table/column.h"

struct ruby_viewer {
	VALUE capture; /* marked */
	VALUE sort;    /* marked, as all strings: pinned, nil or frozen */
	VALUE command;
	VALUE marker;
	struct viewer_options options; /* without its texts */
	double gc;                     /* 0: none */
	struct live_view *view;        /* owned; NULL unless it runs */
	pid_t pid;                     /* of the process that it runs in */
	unsigned waiting;              /* threads in live_view_wait */
};

/* The viewer that runs, in an array that is made once and marked for good; there is one terminal. */
static VALUE running;

static void mark(void *data)
{
	struct ruby_viewer *viewer = data;

	rb_gc_mark(viewer->capture);
	rb_gc_mark(viewer->sort);
	rb_gc_mark(viewer->command);
	rb_gc_mark(viewer->marker);
}

static void release(void *data)
{
	xfree(data);
}

static size_t size_of(const void *data)
{
	return sizeof(struct ruby_viewer);
}

static const rb_data_type_t viewer_type = {
    .wrap_struct_name = "Memory::Tracker::Viewer",
    .function = {.dmark = mark, .dfree = release, .dsize = size_of},
    .flags = RUBY_TYPED_FREE_IMMEDIATELY,
};

static struct ruby_viewer *get(VALUE self)
{
	struct ruby_viewer *viewer;

	TypedData_Get_Struct(self, struct ruby_viewer, &viewer_type, viewer);
	return viewer;
}

static VALUE allocate(VALUE klass)
{
	struct ruby_viewer *viewer;
	VALUE self = TypedData_Make_Struct(klass, struct ruby_viewer, &viewer_type, viewer);

	viewer->capture = viewer->sort = viewer->command = viewer->marker = Qnil;
	return self;
}

/* --- options --- */

static VALUE string_option(VALUE options, const char *name)
{
	VALUE value = rb_hash_lookup2(options, ID2SYM(rb_intern(name)), Qnil);

	if (NIL_P(value))
		return Qnil;
	value = rb_str_new_frozen(StringValue(value));
	StringValueCStr(value);
	return value;
}

static const char *text(VALUE string)
{
	return NIL_P(string) ? NULL : RSTRING_PTR(string);
}

static VALUE initialize(VALUE self, VALUE capture, VALUE options)
{
	struct ruby_viewer *viewer = get(self);

	Check_Type(options, T_HASH);
	ruby_capture_get(capture);
	viewer->options = view_options_parse(options);
	viewer->gc = view_options_seconds(options, "gc");
	viewer->sort = string_option(options, "sort");
	if (!NIL_P(viewer->sort) && !column_find(text(viewer->sort)))
		rb_raise(rb_eArgError, "there is no column %" PRIsVALUE " to sort by", rb_inspect(viewer->sort));
	viewer->command = string_option(options, "command");
	viewer->marker = string_option(options, "marker");
	viewer->capture = capture;
	return self;
}

static VALUE problem(VALUE klass)
{
	char buffer[SESSION_PROBLEM_MAX];
	const char *problem = session_problem(buffer);

	return problem ? rb_utf8_str_new_cstr(problem) : Qnil;
}

/* --- running --- */

/* A viewer that was running when the process forked does not run in the child. */
static bool runs(const struct ruby_viewer *viewer)
{
	return viewer->view && viewer->pid == getpid();
}

static bool any_runs(void)
{
	return RARRAY_LEN(running) > 0 && runs(get(RARRAY_AREF(running, 0)));
}

static VALUE viewer_class;

static VALUE call_wake_readers(VALUE unused)
{
	return rb_funcall(viewer_class, rb_intern("wake_readers"), 0);
}

static void wake_readers(void)
{
	int state;

	rb_protect(call_wake_readers, Qnil, &state);
	if (state)
		rb_set_errinfo(Qnil);
}

static void open_view(VALUE self, bool beside)
{
	struct ruby_viewer *viewer = get(self);
	struct live_view_options options = {
	    .interval = viewer->options.interval,
	    .gc = viewer->gc,
	    .sort = text(viewer->sort),
	    .mouse = viewer->options.mouse,
	    .command = text(viewer->command),
	    .marker = text(viewer->marker),
	    .settings = viewer->options.settings,
	    .utc_offset = viewer->options.utc_offset,
	    .interrupt_key = !beside,
	    .moved = beside ? wake_readers : NULL,
	    .runner = beside ? Qnil : rb_thread_current(),
	};
	char problem[SESSION_PROBLEM_MAX];

	if (any_runs())
		rb_raise(error_class, "a viewer has the terminal already");
	struct live_view *view = live_view_open(ruby_capture_get(viewer->capture), viewer->capture, &options, problem);
	if (!view)
		rb_raise(error_class, "the viewer cannot be shown: %s", problem);
	viewer->view = view;
	viewer->pid = getpid();
	rb_ary_clear(running);
	rb_ary_push(running, self);
}

static void close_view(void *data)
{
	struct ruby_viewer *viewer = data;

	if (!runs(viewer))
		return;
	live_view_close(viewer->view);
	viewer->view = NULL;
	rb_ary_clear(running);
}

/* Called when a native thread has left. */
static void clear_away(void *data)
{
	struct ruby_viewer *viewer = data;

	/* Who waits for the end of it still looks at it, and closes it then. */
	if (!viewer->waiting)
		close_view(viewer);
}

/* --- in front: the calling thread runs it --- */

static enum display_end run_view(void *view)
{
	return live_view_run(view);
}

static void wake_view(void *view)
{
	live_view_wake(view);
}

static void stop_view(void *view)
{
	live_view_stop(view);
}

static VALUE run(VALUE self)
{
	struct ruby_viewer *viewer = get(self);
	int state;

	open_view(self, false);
	enum display_end end = in_front_run(&(struct in_front){run_view, wake_view, stop_view, viewer->view}, &state);
	close_view(viewer);
	return in_front_result(end, state);
}

/* --- beside: a native thread runs it --- */

static VALUE is_running(VALUE self)
{
	struct ruby_viewer *viewer = get(self);

	return runs(viewer) && !live_view_over(viewer->view) ? Qtrue : Qfalse;
}

static VALUE ended(VALUE self, VALUE how)
{
	struct ruby_viewer *viewer = get(self);

	capture_refresh(ruby_capture_get(viewer->capture));
	if (runs(viewer))
		live_view_ended(viewer->view, StringValueCStr(how));
	return self;
}

static void *wait_for(void *view)
{
	return live_view_wait(view) ? view : NULL;
}

static void cancel_wait(void *view)
{
	live_view_cancel_wait(view);
}

static VALUE wait_interruptibly(VALUE data)
{
	struct ruby_viewer *viewer = (struct ruby_viewer *)data;

	while (!live_view_over(viewer->view)) {
		rb_thread_call_without_gvl2(wait_for, viewer->view, cancel_wait, viewer->view);
		rb_thread_check_ints();
	}
	return Qnil;
}

static VALUE after_waiting(VALUE data)
{
	struct ruby_viewer *viewer = (struct ruby_viewer *)data;

	viewer->waiting--;
	if (!viewer->waiting && live_view_over(viewer->view))
		close_view(viewer);
	return Qnil;
}

static void *wait_entered(void *view)
{
	live_view_wait_entered(view);
	return NULL;
}

/* Without the GVL, which the viewer's thread wants somebody to have. */
static VALUE wait_until_entered(VALUE data)
{
	rb_nogvl(wait_entered, ((struct ruby_viewer *)data)->view, NULL, NULL, 0);
	return Qnil;
}

static VALUE start(VALUE self)
{
	struct ruby_viewer *viewer = get(self);

	open_view(self, true);
	int error = live_view_start(viewer->view, clear_away, viewer);
	if (error) {
		close_view(viewer);
		rb_syserr_fail(error, "the viewer cannot be started");
	}
	/* What the program prints, or starts, from now on shall not be in the way. */
	viewer->waiting++;
	rb_ensure(wait_until_entered, (VALUE)viewer, after_waiting, (VALUE)viewer);
	return self;
}

static VALUE wait_until_left(VALUE self)
{
	struct ruby_viewer *viewer = get(self);

	if (!runs(viewer))
		return self;
	viewer->waiting++;
	rb_ensure(wait_interruptibly, (VALUE)viewer, after_waiting, (VALUE)viewer);
	return self;
}

static VALUE stop(VALUE self)
{
	struct ruby_viewer *viewer = get(self);

	if (!runs(viewer))
		return Qfalse;
	live_view_stop(viewer->view);
	wait_until_left(self);
	return Qtrue;
}

/* At the end of the program, whatever has become of its end procs. */
static void stop_running(VALUE unused)
{
	if (any_runs())
		stop(RARRAY_AREF(running, 0));
}

void ruby_viewer_define(VALUE tracker)
{
	VALUE klass = rb_define_class_under(tracker, "Viewer", rb_cObject);

	viewer_class = klass;
	rb_gc_register_mark_object(klass);
	running = rb_ary_new();
	rb_gc_register_mark_object(running);
	rb_obj_hide(running);
	rb_define_alloc_func(klass, allocate);
	rb_define_singleton_method(klass, "problem", problem, 0);
	rb_define_method(klass, "initialize", initialize, 2);
	rb_define_method(klass, "run", run, 0);
	rb_define_method(klass, "start", start, 0);
	rb_define_method(klass, "running?", is_running, 0);
	rb_define_method(klass, "ended", ended, 1);
	rb_define_method(klass, "wait", wait_until_left, 0);
	rb_define_method(klass, "stop", stop, 0);
	rb_set_end_proc(stop_running, Qnil);
}
