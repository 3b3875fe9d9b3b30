#include "binding/in_front.h"

#include "binding/nogvl_call.h"

struct call {
	const struct in_front *front;
	enum display_end end;
};

static void *run(void *data)
{
	struct call *call = data;

	call->end = call->front->run(call->front->context);
	return NULL;
}

static void wake(void *data)
{
	const struct in_front *front = ((struct call *)data)->front;

	front->wake(front->context);
}

enum display_end in_front_run(const struct in_front *front, int *state)
{
	struct call call = {front, DISPLAY_WOKEN};

	do {
		call.end = DISPLAY_WOKEN;
		*state = nogvl_call(run, wake, &call);
		/* Where something is pending the function is not called at all. */
	} while (call.end == DISPLAY_WOKEN && !*state);
	if (call.end != DISPLAY_WOKEN)
		return call.end;
	front->stop(front->context);
	int later = nogvl_call_uninterruptible(run, &call);
	*state = later ? later : *state;
	return call.end;
}

static enum display_end run_display(void *display)
{
	return display_run(display);
}

static void wake_display(void *display)
{
	display_wake(display);
}

static void stop_display(void *display)
{
	display_stop(display);
}

enum display_end in_front_run_display(struct display *display, int *state)
{
	return in_front_run(&(struct in_front){run_display, wake_display, stop_display, display}, state);
}

VALUE in_front_result(enum display_end end, int state)
{
	if (state)
		rb_jump_tag(state);
	if (end == DISPLAY_INTERRUPTED)
		rb_raise(rb_eInterrupt, "%s", "");
	return ID2SYM(rb_intern(end == DISPLAY_QUIT ? "quit" : "left"));
}
