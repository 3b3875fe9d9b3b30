/*
 * Tells stacks apart without asking the VM for frames and lines: which code they are in, where in it, and for which
 * method. What rb_profile_frames says depends on nothing else, and asking it takes several times as long.
 */
#ifndef MEMORY_TRACKER_VM_STACK_KEY_H
#define MEMORY_TRACKER_VM_STACK_KEY_H

#include "model/tracker.h"
#include "vm/vm_layout.h"

/*
 * The fingerprint of the topmost `depth` frames below a class, or 0 when they can only be asked for. Frames that
 * rb_profile_frames may or may not tell of are added without being counted. HOOK
 */
static inline uint64_t stack_key(const struct path_cache *cache, uint32_t class_number, rb_trace_arg_t *event,
                                 uint32_t depth)
{
	if (unlikely(!vm_layout_known))
		return 0;
	const struct vm_context *context = ((const struct vm_event *)event)->context;
	const struct vm_frame *end = vm_context_end(context);
	uint64_t sum = path_cache_begin(cache, class_number);
	uint32_t count = 0;

	for (const struct vm_frame *frame = context->frame; frame < end && count < depth; frame++) {
		VALUE method = vm_frame_method(frame);

		if (!vm_frame_native(frame)) {
			sum += path_cache_part(cache, count, frame->code, (uintptr_t)frame->counter, method);
			count += vm_frame_told(frame, method);
		} else if (vm_frame_told(frame, method)) {
			sum += path_cache_part(cache, count, 0, 0, method);
			count++;
		}
	}
	return path_cache_end(sum);
}

/* Watches all that such a fingerprint was made of. False without memory. HOOK */
bool stack_key_watch(struct tracker *tracker, rb_trace_arg_t *event, uint32_t depth);

#endif
