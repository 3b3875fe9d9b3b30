#include "vm/gc_pause.h"

struct paused {
	void (*work)(void *data);
	void *data;
};

static VALUE call(VALUE argument)
{
	const struct paused *paused = (const struct paused *)argument;

	paused->work(paused->data);
	return Qnil;
}

static VALUE enable(VALUE unused)
{
	return rb_gc_enable();
}

void paused_call(void (*work)(void *data), void *data)
{
	struct paused paused = {work, data};

	if (RTEST(rb_gc_disable()))
		work(data);
	else
		rb_ensure(call, (VALUE)&paused, enable, Qnil);
}
