#include "vm/vm_layout.h"

#include <stdlib.h>
#include <string.h>

#include "vm/evaluate.h"
#include "base/memory_map.h"

bool vm_layout_passed;
bool vm_layout_known;
enum vm_jit vm_layout_jit;

VALUE vm_context_first(const struct vm_context *context)
{
	const struct vm_frame *end = vm_context_end(context);

	for (const struct vm_frame *frame = context->frame; frame < end; frame++) {
		VALUE method = vm_frame_method(frame);

		if (vm_frame_told(frame, method))
			return vm_frame_value(frame, method);
	}
	return 0;
}

#if VM_LAYOUT_JIT_FRAMES

void vm_layout_see_jit(void)
{
	if (evaluate_jit_enabled("ZJIT"))
		vm_layout_jit = VM_JIT_KEEPS_FRAMES;
	else if (evaluate_jit_enabled("YJIT"))
		vm_layout_jit = VM_JIT_RETURNS;
}

#else

void vm_layout_see_jit(void)
{
}

#endif

/* The Rubies whose sources were read. */
#if SIZEOF_VALUE == 8 && RUBY_API_VERSION_CODE >= 30100 && RUBY_API_VERSION_CODE < 40200

/* Fewer than the program below has of its own. */
#define TRIED_FRAMES 10

/*
 * Frames of every kind, one in the other, and all that may stand in an environment; often enough for ZJIT to compile
 * them. It leaves no class behind.
 */
static const char program[] = "holder = Object.new\n"
                              "def holder.through(text, &block)\n"
                              "  text =~ /(.)/\n"
                              "  [1].each { |one| eval('1.times { yield one }') }\n"
                              "end\n"
                              "holder.define_singleton_method(:bound) { |depth| through('a') { again(depth) } }\n"
                              "def holder.again(depth)\n"
                              "  text = 'b'.dup\n"
                              "  return [text, depth.to_s, Object.new, { depth => text }] if depth == 0\n"
                              "  [depth].map { |less| bound(less - 1) }\n"
                              "end\n"
                              "compiled = defined?(RubyVM::ZJIT) && RubyVM::ZJIT.enabled?\n"
                              "(compiled ? 40 : 1).times { holder.bound(3) }\n"
                              "nil\n";

static struct {
	unsigned alike;
	unsigned different;
} trial;

/* No page is smaller. */
#define PAGE_BITS 12

/* Asks the kernel once for a page, as far as there is room to remember it: the same few are asked about all the time. */
static bool page_readable(uintptr_t address)
{
	static uintptr_t known[64];
	uintptr_t page = address >> PAGE_BITS;
	uintptr_t *place = &known[page % 64];

	if (*place != page && memory_map_readable(address))
		*place = page;
	return *place == page;
}

/* The three words of an environment, or the first three of an object. */
static bool readable(const void *address)
{
	return (uintptr_t)address % sizeof(VALUE) == 0 && page_readable((uintptr_t)address) &&
	       page_readable((uintptr_t)address + 2 * sizeof(VALUE));
}

static bool method_readable(VALUE word)
{
	if (!word)
		return true;
	if (!readable((const void *)word))
		return false;
	if (vm_internal(word) == VM_INTERNAL_VARIABLES)
		return method_readable(((const struct vm_variables *)word)->method);
	return vm_internal(word) != VM_INTERNAL_METHOD || readable(((const struct vm_method *)word)->definition);
}

static bool frame_readable(const struct vm_frame *frame)
{
	const VALUE *environment = frame->environment;

	for (;;) {
		if (!readable(environment - 2) || !method_readable(environment[-2]))
			return false;
		if (environment[0] & VM_ENVIRONMENT_LOCAL)
			return true;
		environment = (const VALUE *)(environment[-1] & ~(VALUE)3);
	}
}

/* What ZJIT keeps of a frame. */
static bool jit_frame_readable(const struct vm_frame *frame)
{
	const void *end = frame->jit_return;

	if (!vm_frame_in_jit(frame) || end == VM_JIT_NATIVE)
		return true;
	return readable((const VALUE *)end - 1) && readable(vm_jit_frame(frame));
}

static bool same_frames(const struct vm_context *context, const VALUE *expected, int count)
{
	const struct vm_frame *end = vm_context_end(context);
	int seen = 0;

	for (const struct vm_frame *frame = context->frame; frame < end && seen < count; frame++) {
		if (!readable(frame) || !frame_readable(frame) || !jit_frame_readable(frame) || vm_frame_unclear(frame))
			return false;
		VALUE method = vm_frame_method(frame);
		bool told = vm_frame_told(frame, method);
		if (!told && vm_frame_native(frame))
			continue;
		bool same = vm_frame_value(frame, method) == expected[seen];
		if (told && !same)
			return false;
		seen += same;
	}
	return seen == count;
}

static bool same_event(rb_trace_arg_t *event)
{
	const struct vm_event *inside = (const struct vm_event *)event;

	return inside->flag == rb_tracearg_event_flag(event) && inside->object == rb_tracearg_object(event) &&
	       readable(inside->context) && inside->context->frame == inside->frame;
}

static void on_trial(VALUE data, rb_trace_arg_t *event)
{
	VALUE frames[TRIED_FRAMES];
	int lines[TRIED_FRAMES];
	int count = rb_profile_frames(0, TRIED_FRAMES, frames, lines);

	(void)data;
	/* Less deep the outermost frames may be among them. */
	if (count < TRIED_FRAMES)
		return;
	if (same_event(event) && same_frames(((struct vm_event *)event)->context, frames, count))
		trial.alike++;
	else
		trial.different++;
}

/* Whether the program failed. */
static VALUE try(VALUE unused)
{
	bool failed;

	evaluate(program, &failed);
	return failed ? Qtrue : Qfalse;
}

static bool unwanted(void)
{
	const char *wish = getenv("MEMORY_TRACKER_READ_IN_PLACE");

	return wish && strcmp(wish, "0") == 0;
}

void vm_layout_init(void)
{
	vm_layout_see_jit();
	bool failed = RTEST(evaluate_observed(on_trial, try, Qnil));
	vm_layout_passed = !failed && trial.alike && !trial.different;
	vm_layout_known = vm_layout_passed && !unwanted();
}

#else

void vm_layout_init(void)
{
}

#endif
