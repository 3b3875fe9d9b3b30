/*
 * What any tool pays that hooks allocations and frees: hooks of the same kind as the gem's that do nothing, or only
 * take the frames. The benchmarks hold the gem against these.
 */
#include <ruby.h>
#include <ruby/debug.h>

#define FRAMES_LIMIT 128

static VALUE frames[FRAMES_LIMIT];
static int lines[FRAMES_LIMIT];
static int depth;

static void do_nothing(VALUE data, rb_trace_arg_t *event)
{
	rb_tracearg_object(event);
}

static void take_frames(VALUE data, rb_trace_arg_t *event)
{
	rb_tracearg_object(event);
	rb_profile_frames(0, depth, frames, lines);
}

typedef void (*hook)(VALUE data, rb_trace_arg_t *event);

static void add(hook function, rb_event_flag_t events)
{
	rb_add_event_hook2((rb_event_hook_func_t)(void (*)(void))function, events, Qnil,
	                   RUBY_EVENT_HOOK_FLAG_SAFE | RUBY_EVENT_HOOK_FLAG_RAW_ARG);
}

static VALUE start_empty(VALUE self)
{
	add(do_nothing, RUBY_INTERNAL_EVENT_NEWOBJ);
	add(do_nothing, RUBY_INTERNAL_EVENT_FREEOBJ);
	return self;
}

static VALUE start_frames(VALUE self, VALUE count)
{
	int wanted = NUM2INT(count);

	if (wanted < 1 || wanted > FRAMES_LIMIT)
		rb_raise(rb_eArgError, "there are no hooks that take %d frames", wanted);
	depth = wanted;
	add(take_frames, RUBY_INTERNAL_EVENT_NEWOBJ);
	add(do_nothing, RUBY_INTERNAL_EVENT_FREEOBJ);
	return self;
}

static VALUE stop(VALUE self)
{
	rb_remove_event_hook((rb_event_hook_func_t)(void (*)(void))do_nothing);
	rb_remove_event_hook((rb_event_hook_func_t)(void (*)(void))take_frames);
	return self;
}

RUBY_FUNC_EXPORTED void Init_bare_hooks(void)
{
	VALUE module = rb_define_module("BareHooks");

	rb_define_module_function(module, "start_empty", start_empty, 0);
	rb_define_module_function(module, "start_frames", start_frames, 1);
	rb_define_module_function(module, "stop", stop, 0);
}
