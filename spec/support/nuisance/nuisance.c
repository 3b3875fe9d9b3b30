/*
 * What other libraries in a process may do to the tracker: interrupt every system call with signals, and make objects
 * inside hooks of their own.
 */
#include <errno.h>
#include <ruby.h>
#include <ruby/debug.h>
#include <signal.h>
#include <stdatomic.h>
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

void Init_nuisance(void)
{
	VALUE module = rb_define_module("Nuisance");

	rb_gc_register_address(&latest);
	rb_define_module_function(module, "storm", storm, 1);
	/* How many signals there were. */
	rb_define_module_function(module, "signals", seen, 0);
	/* Runs the block while every 64th birth makes another object; returns how many. */
	rb_define_module_function(module, "allocate_in_hook", allocate_in_hook, 0);
}
