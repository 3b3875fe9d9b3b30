/*
 * What other libraries in a process may do to the tracker: interrupt every system call with signals, and make objects
 * inside hooks of their own.
 */
#include <errno.h>
#include <ruby.h>
#include <ruby/debug.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/time.h>

static _Atomic unsigned long signals_seen;
static unsigned long objects_made;
static VALUE latest;

static void on_signal(int number)
{
	atomic_fetch_add(&signals_seen, 1);
}

/* A signal this often, whose handler lets no system call go on by itself; 0 ends it. */
static VALUE storm(VALUE self, VALUE per_second)
{
	struct sigaction action = {.sa_handler = on_signal};
	long rate = NUM2LONG(per_second);
	struct itimerval timer = {{0, rate ? 1000000 / rate : 0}, {0, rate ? 1000000 / rate : 0}};

	sigemptyset(&action.sa_mask);
	if (sigaction(SIGALRM, &action, NULL) || setitimer(ITIMER_REAL, &timer, NULL))
		rb_sys_fail("the storm");
	return Qnil;
}

static VALUE seen(VALUE self)
{
	return ULONG2NUM(atomic_load(&signals_seen));
}

/* Events that come while this one's hook runs are not reported to anybody. */
static void make_object(VALUE tracepoint, void *data)
{
	if (++objects_made % 64 == 0)
		latest = rb_str_new_cstr("made inside of a hook");
}

static VALUE allocate_in_hook(VALUE self)
{
	VALUE tracepoint = rb_tracepoint_new(0, RUBY_INTERNAL_EVENT_NEWOBJ, make_object, NULL);

	rb_tracepoint_enable(tracepoint);
	rb_yield(Qnil);
	rb_tracepoint_disable(tracepoint);
	return ULONG2NUM(objects_made / 64);
}

/* Frees that happen while a hook runs are not reported to any. */
static void collect(VALUE tracepoint, void *data)
{
	bool *due = data;

	if (*due) {
		/* Since 3.4 GC is off while hooks of allocations run. */
		bool was_disabled = RTEST(rb_gc_enable());

		rb_gc();
		if (was_disabled)
			rb_gc_disable();
	}
	*due = false;
}

static VALUE collect_in_hook(VALUE self)
{
	bool due = true;
	VALUE tracepoint = rb_tracepoint_new(0, RUBY_INTERNAL_EVENT_NEWOBJ, collect, &due);

	rb_tracepoint_enable(tracepoint);
	latest = rb_str_new_cstr("made to call the hook");
	rb_tracepoint_disable(tracepoint);
	return Qnil;
}

static VALUE allocate(void *klass)
{
	return rb_obj_alloc((VALUE)klass);
}

/* No frame of the thread's stack is left between the allocation and its end, and so it has no safe point. */
static VALUE allocate_in_thread(VALUE self, VALUE klass)
{
	return rb_thread_create(allocate, (void *)klass);
}

void Init_nuisance(void)
{
	VALUE module = rb_define_module("Nuisance");

	rb_gc_register_address(&latest);
	rb_define_module_function(module, "storm", storm, 1);
	/* How many signals there were. */
	rb_define_module_function(module, "signals", seen, 0);
	/* Runs the block while every 64th allocation makes another object; returns how many. */
	rb_define_module_function(module, "allocate_in_hook", allocate_in_hook, 0);
	/* A whole GC inside of a hook. */
	rb_define_module_function(module, "collect_in_hook", collect_in_hook, 0);
	/* A thread that allocates an object of the class and ends at once. */
	rb_define_module_function(module, "allocate_in_thread", allocate_in_thread, 1);
}
