/*
 * Events and stacks as the VM has them, read in place.
 *
 * None of this is the VM's public interface. From Ruby 3.1 to 4.1 it has been the same but for the size of a frame, and
 * for what ZJIT leaves out of frames on 4.1 (vm_core.h, zjit.h, vm_insnhelper.c, method.h and internal/imemo.h of their
 * sources). When the extension is loaded it is tried on real stacks; where anything differs from what the VM itself
 * tells, and in later Rubies, nothing is read this way. Nor is it with 0 in the environment's
 * MEMORY_TRACKER_READ_IN_PLACE, should that ever be needed.
 */
#ifndef MEMORY_TRACKER_VM_VM_LAYOUT_H
#define MEMORY_TRACKER_VM_VM_LAYOUT_H

#include <ruby.h>
#include <ruby/debug.h>
#include <ruby/version.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A frame of the VM's stack; the callers' ones follow at higher addresses. */
struct vm_frame {
	const VALUE *own_counter; /* see vm_frame_counter */
	VALUE *top;
	VALUE own_code; /* see vm_frame_code */
	VALUE self;
	const VALUE *environment; /* its words [-2], [-1] and [0] are what the functions below read */
	const void *block;
#if RUBY_API_VERSION_CODE < 30300
	VALUE *base;
#endif
	void *jit_return;
};

struct vm_context {
	VALUE *stack;
	size_t words;
	const struct vm_frame *frame;
	const void *tag;
	_Atomic unsigned interrupts; /* what the thread or fiber does at its next safe point; see compat_job_pending */
};

/* In `interrupts`: runs postponed jobs. */
#define VM_INTERRUPT_JOBS 0x4u

struct vm_event {
	rb_event_flag_t flag;
	const struct vm_context *context;
	struct vm_frame *frame;
	VALUE self;
	ID id;
	ID called_id;
	VALUE klass;
	VALUE object;
};

/* Whether this Ruby's layout is the one above, as the trial found. */
extern bool vm_layout_passed;

/* Whether events and stacks are read by it. */
extern bool vm_layout_known;

/* Finds out. GVL */
void vm_layout_init(void);

#if RUBY_API_VERSION_CODE >= 40100
#define VM_LAYOUT_JIT_FRAMES 1
#else
#define VM_LAYOUT_JIT_FRAMES 0
#endif

/*
 * What jit_return of a frame means. On 4.1 code that ZJIT has compiled keeps a frame's counter and code where it points.
 * Either JIT may be enabled while the program runs, and then frames tell nothing until vm_layout_see_jit was called.
 */
enum vm_jit { VM_JIT_NONE, VM_JIT_RETURNS, VM_JIT_KEEPS_FRAMES };
extern enum vm_jit vm_layout_jit;

/* Sees which JIT is enabled. Runs Ruby code on 4.1. GVL, never inside an event */
void vm_layout_see_jit(void);

/* Stands right before the address in jit_return. */
struct vm_jit_frame {
	const VALUE *counter;
	VALUE code;
};

/* In jit_return of native frames that ZJIT has made. */
#define VM_JIT_NATIVE ((const void *)1)

static inline const struct vm_jit_frame *vm_jit_frame(const struct vm_frame *frame)
{
	static const struct vm_jit_frame native = {NULL, 0};

	return frame->jit_return == VM_JIT_NATIVE ? &native
	                                          : ((const struct vm_jit_frame *const *)frame->jit_return)[-1];
}

static inline bool vm_frame_in_jit(const struct vm_frame *frame)
{
	return VM_LAYOUT_JIT_FRAMES && vm_layout_jit == VM_JIT_KEEPS_FRAMES && frame->jit_return;
}

/* Whether a JIT that was enabled since may have the rest of a frame elsewhere. HOOK */
static inline bool vm_frame_unclear(const struct vm_frame *frame)
{
	return VM_LAYOUT_JIT_FRAMES && vm_layout_jit == VM_JIT_NONE && frame->jit_return;
}

/* Where in its code a frame is; NULL in native frames. HOOK */
static inline const VALUE *vm_frame_counter(const struct vm_frame *frame)
{
	return vm_frame_in_jit(frame) ? vm_jit_frame(frame)->counter : frame->own_counter;
}

/* HOOK */
static inline VALUE vm_frame_code(const struct vm_frame *frame)
{
	return vm_frame_in_jit(frame) ? vm_jit_frame(frame)->code : frame->own_code;
}

/* A method, and what else may stand in its place in an environment. */
struct vm_method {
	VALUE flags;
	VALUE defined_class;
	const uint32_t *definition; /* the lowest four bits are its kind */
};

struct vm_variables {
	VALUE flags;
	VALUE method; /* what stood in the environment before */
};

/* The first two of the kinds of methods. Others are never told of: they are blocks, or have no frames. */
enum vm_method_kind { VM_METHOD_RUBY = 0, VM_METHOD_NATIVE = 1 };

/* Kinds of internal objects. */
enum vm_internal { VM_INTERNAL_VARIABLES = 2, VM_INTERNAL_METHOD = 6 };

enum vm_environment_flag { VM_ENVIRONMENT_LOCAL = 0x2, VM_ENVIRONMENT_NATIVE = 0x80 };

static inline unsigned vm_internal(VALUE object)
{
	return (unsigned)(RBASIC(object)->flags >> RUBY_FL_USHIFT) & 15;
}

/* The method that an environment says it runs for, or 0. HOOK */
static inline VALUE vm_method_in(VALUE word)
{
	return word && vm_internal(word) == VM_INTERNAL_METHOD ? word : 0;
}

/*
 * The method that a frame runs for, of any kind: a block runs for the one that it stands in. 0 for none. HOOK
 */
static inline VALUE vm_frame_runs_for(const struct vm_frame *frame)
{
	const VALUE *environment = frame->environment;

	while (!(environment[0] & VM_ENVIRONMENT_LOCAL)) {
		VALUE method = vm_method_in(environment[-2]);

		if (method)
			return method;
		environment = (const VALUE *)(environment[-1] & ~(VALUE)3);
	}
	VALUE word = environment[-2];
	/* Variables such as $~ have come between. */
	if (word && vm_internal(word) == VM_INTERNAL_VARIABLES)
		word = ((const struct vm_variables *)word)->method;
	return vm_method_in(word);
}

static inline enum vm_method_kind vm_method_kind(VALUE method)
{
	return (enum vm_method_kind)(*((const struct vm_method *)method)->definition & 15);
}

static inline bool vm_frame_native(const struct vm_frame *frame)
{
	return frame->environment[0] & VM_ENVIRONMENT_NATIVE;
}

/* Of a frame that is not native: the method that rb_profile_frames names it after, or 0. HOOK */
static inline VALUE vm_frame_ruby_method(const struct vm_frame *frame)
{
	VALUE method = vm_frame_runs_for(frame);

	return method && vm_method_kind(method) == VM_METHOD_RUBY ? method : 0;
}

/* The method that rb_profile_frames names a frame after. It names one without by its code, if it has some. HOOK */
static inline VALUE vm_frame_method(const struct vm_frame *frame)
{
	VALUE method = vm_frame_runs_for(frame);

	return method && vm_method_kind(method) == vm_frame_native(frame) ? method : 0;
}

/*
 * Whether rb_profile_frames is sure to tell of a frame. Of one without a counter that is not native only Rubies before
 * 3.3 do. HOOK
 */
static inline bool vm_frame_told(const struct vm_frame *frame, VALUE method)
{
	return vm_frame_native(frame) ? method != 0 : vm_frame_counter(frame) != NULL;
}

/* What rb_profile_frames calls a frame. HOOK */
static inline VALUE vm_frame_value(const struct vm_frame *frame, VALUE method)
{
	return method ? method : vm_frame_code(frame);
}

/* The end of the stack, of which the outermost frames may be no real ones. HOOK */
static inline const struct vm_frame *vm_context_end(const struct vm_context *context)
{
	return (const struct vm_frame *)(context->stack + context->words);
}

/* What rb_profile_frames calls the first frame that it is sure to tell of, or 0 without one. HOOK */
VALUE vm_context_first(const struct vm_context *context);

#endif
