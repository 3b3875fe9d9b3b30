#include "binding/nogvl_call.h"

#include <ruby.h>
#include <ruby/thread.h>
#include <stdbool.h>

struct call {
	void *(*function)(void *);
	void (*wake)(void *);
	void *data;
	bool done;
};

static VALUE call_until_woken(VALUE data)
{
	struct call *call = (struct call *)data;

	rb_thread_call_without_gvl2(call->function, call->data, call->wake, call->data);
	rb_thread_check_ints();
	return Qnil;
}

int nogvl_call(void *(*function)(void *), void (*wake)(void *), void *data)
{
	struct call call = {function, wake, data, false};
	int state = 0;

	rb_protect(call_until_woken, (VALUE)&call, &state);
	return state;
}

static void *note_and_call(void *data)
{
	struct call *call = data;

	call->done = true;
	return call->function(call->data);
}

static VALUE call_to_the_end(VALUE data)
{
	rb_nogvl(note_and_call, (void *)data, NULL, NULL, 0);
	return Qnil;
}

int nogvl_call_uninterruptible(void *(*function)(void *), void *data)
{
	struct call call = {function, NULL, data, false};
	int last = 0;

	/* What is raised before the call is pending no more at the next attempt. */
	while (!call.done) {
		int state = 0;

		rb_protect(call_to_the_end, (VALUE)&call, &state);
		last = state ? state : last;
	}
	return last;
}
