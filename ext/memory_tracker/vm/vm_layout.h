/*
 * Events and stacks as the VM has them, read in place.
 *
 * None of this is the VM's public interface. From Ruby 3.1 to 4.0 it has been the same but for the size of a frame
 * (vm_core.h, vm_insnhelper.c, method.h and internal/imemo.h of their sources). When the extension is loaded it is
 * tried on real stacks; where anything differs from what the VM itself tells, and in later Rubies, nothing is read
 * this way. Nor is it with 0 in the environment's MEMORY_TRACKER_READ_IN_PLACE, should that ever be needed.
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
	const VALUE *counter; /* NULL in native frames */
	VALUE *top;
	VALUE code;
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
};

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
	return vm_frame_native(frame) ? method != 0 : frame->counter != NULL;
}

/* The end of the stack, of which the outermost frames may be no real ones. HOOK */
static inline const struct vm_frame *vm_context_end(const struct vm_context *context)
{
	return (const struct vm_frame *)(context->stack + context->words);
}

#endif
