/*
 * Tells stacks apart without asking the VM for frames and lines: which code they are in, where in it, and for which
 * method. What rb_profile_frames says depends on nothing else, and asking it takes several times as long.
 */
#ifndef MEMORY_TRACKER_VM_STACK_KEY_H
#define MEMORY_TRACKER_VM_STACK_KEY_H

#include "model/tracker.h"
#include "vm/vm_layout.h"

/*
 * The fingerprint of the path that a stack is below a class, or 0 when it can only be asked for. Frames that
 * rb_profile_frames may or may not tell of are added without being counted. HOOK
 */
__attribute__((always_inline)) static inline uint64_t stack_key(const struct tracker *tracker,
                                                                const struct class_record *class, rb_trace_arg_t *event)
{
	if (unlikely(!vm_layout_known))
		return 0;
	const struct path_cache *cache = &tracker->tree.by_address;
	const struct vm_context *context = ((const struct vm_event *)event)->context;
	const struct vm_frame *end = vm_context_end(context);
	uint64_t sum = path_cache_begin(cache, class->number);
	const uint64_t *first = path_cache_keys(cache), *keys = first;
	const uint64_t *last = first + PATH_KEYS * (size_t) class->depth;

	for (const struct vm_frame *frame = context->frame; frame < end && keys < last; frame++) {
		if (vm_frame_native(frame))
			continue;
		if (unlikely(vm_frame_unclear(frame)))
			return 0;
		const VALUE *counter = vm_frame_counter(frame);
		VALUE code = vm_frame_code(frame);
		VALUE method = vm_frame_ruby_method(frame);

		if (code_table_folds(&tracker->codes, method ? method : code))
			continue;
		sum += path_cache_part(keys, code, (uintptr_t)counter, method);
		keys += likely(counter) ? PATH_KEYS : 0;
	}
	if (unlikely(keys == first))
		sum += path_cache_part(first, 0, 0, vm_context_first(context));
	return path_cache_end(sum);
}

/* Watches all that such a fingerprint was made of. False without memory. HOOK */
bool stack_key_watch(struct tracker *tracker, rb_trace_arg_t *event, uint32_t depth);

#endif
