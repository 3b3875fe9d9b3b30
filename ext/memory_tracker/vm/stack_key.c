#include "vm/stack_key.h"

#include "vm/naming.h"

static bool watch(struct tracker *tracker, VALUE object)
{
	if (!object)
		return true;
	naming_code_kinds |= naming_kind(object);
	return tracker_watch(tracker, (uintptr_t)object);
}

bool stack_key_watch(struct tracker *tracker, rb_trace_arg_t *event, uint32_t depth)
{
	const struct vm_context *context = ((const struct vm_event *)event)->context;
	const struct vm_frame *end = vm_context_end(context);
	uint32_t count = 0;

	for (const struct vm_frame *frame = context->frame; frame < end && count < depth; frame++) {
		if (vm_frame_native(frame))
			continue;
		VALUE method = vm_frame_ruby_method(frame);

		if (code_table_folds(&tracker->codes, vm_frame_value(frame, method)))
			continue;
		if (!watch(tracker, method) || !watch(tracker, vm_frame_code(frame)))
			return false;
		count += vm_frame_told(frame, method);
	}
	return count || watch(tracker, vm_context_first(context));
}
