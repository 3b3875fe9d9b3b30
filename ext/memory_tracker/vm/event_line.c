#include "vm/event_line.h"

#include <stdbool.h>

#include "vm/evaluate.h"
#include "base/memory_map.h"
#include "vm/vm_layout.h"

#ifndef HAVE_RB_PROFILE_THREAD_FRAMES

/* No page is smaller. */
#define SMALLEST_PAGE 4096

/* What makes an object of a type without being able to call anything. */
struct trial {
	const char *program;
	enum ruby_value_type type;
	VALUE instruction; /* its first word, which is the same wherever it stands */
};

static struct {
	bool needed;
	struct trial *current; /* while trying: what is waited for, and the line it was seen at */
	int line;
} lines;

/* A hash that is made from values, on the first line, by an instruction that may call methods. */
static struct trial caller = {"proc { { 1 => self }\n\n}", RUBY_T_HASH, 0};

static struct trial literals[] = {
    {"proc { 'a'\n\n}", RUBY_T_STRING, 0},
    {"proc { [self]\n\n}", RUBY_T_ARRAY, 0},
    {"proc { [1, 2]\n\n}", RUBY_T_ARRAY, 0},
    {"proc { { 1 => 2 }\n\n}", RUBY_T_HASH, 0},
};

#define LITERALS (sizeof(literals) / sizeof(*literals))

/* The frame, when its program counter was stepped forward for this event; else NULL. */
static struct vm_frame *stepped_frame(rb_trace_arg_t *event)
{
	struct vm_frame *frame = ((struct vm_event *)event)->frame;

	return frame && frame->own_counter ? frame : NULL;
}

static bool is_literal(VALUE instruction, rb_trace_arg_t *event)
{
	for (size_t index = 0; index < LITERALS; index++) {
		if (literals[index].instruction == instruction &&
		    literals[index].type == RB_BUILTIN_TYPE(rb_tracearg_object(event)))
			return true;
	}
	return false;
}

/*
 * The instruction at an address, or 0. At the last instruction of a piece of code the address is one word behind it:
 * whatever stands there is no instruction, but it can be read, unless another page begins there that is not mapped.
 */
__attribute__((no_sanitize("address"))) static VALUE instruction_at(const VALUE *address)
{
	if ((uintptr_t)address % SMALLEST_PAGE == 0 && !memory_map_readable((uintptr_t)address))
		return 0;
	return *address;
}

/* Not inlined: a stack that ends in native code would save and restore registers for nothing. */
__attribute__((noinline)) static int stepped_frames(rb_trace_arg_t *event, int limit, VALUE *frames, int *frame_lines)
{
	struct vm_frame *frame = stepped_frame(event);
	VALUE instruction = instruction_at(frame->own_counter - 1);

	if (is_literal(instruction, event))
		return rb_profile_frames(0, limit, frames, frame_lines);
	frame->own_counter--;
	int depth = rb_profile_frames(0, limit, frames, frame_lines);
	frame->own_counter++;
	return depth;
}

int event_line_frames(rb_trace_arg_t *event, int limit, VALUE *frames, int *frame_lines)
{
	if (lines.needed && stepped_frame(event))
		return stepped_frames(event, limit, frames, frame_lines);
	return rb_profile_frames(0, limit, frames, frame_lines);
}

/* --- trying --- */

static void on_trial(VALUE data, rb_trace_arg_t *event)
{
	struct vm_frame *frame = stepped_frame(event);
	VALUE code;
	int line = 0;

	(void)data;
	if (!frame || RB_BUILTIN_TYPE(rb_tracearg_object(event)) != lines.current->type)
		return;
	if (rb_profile_frames(0, 1, &code, &line) < 1 || line == 0)
		return;
	lines.line = line;
	/* Under a JIT that compiles at the first call even literals have stepped the counter. */
	if (line == 1)
		lines.current->instruction = frame->own_counter[-1];
}

static VALUE call(VALUE pair)
{
	const VALUE *proc_and_arguments = (const VALUE *)pair;

	return rb_proc_call(proc_and_arguments[0], proc_and_arguments[1]);
}

static void try(struct trial *trial)
{
	bool failed;
	VALUE proc = evaluate(trial->program, &failed), arguments = rb_ary_new();

	if (failed)
		return;
	lines.current = trial;
	evaluate_observed(on_trial, call, (VALUE)(VALUE[]){proc, arguments});
	RB_GC_GUARD(proc);
	RB_GC_GUARD(arguments);
}

void event_line_init(void)
{
	/* The program counter of a frame is written only where it is known to be that. */
	if (!vm_layout_passed)
		return;
	try(&caller);
	lines.needed = lines.line > 1;
	for (size_t index = 0; lines.needed && index < LITERALS; index++)
		try(&literals[index]);
}

#endif
