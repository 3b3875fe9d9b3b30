#include "vm/visibility.h"

#include "base/clock.h"
#include "model/hidden.h"
#include "vm/capture_state.h"
#include "vm/naming.h"
#include "vm/vm_symbols.h"

/* An object that is garbage and not swept yet is as it was: neither its class nor anything else is looked at. */
static uint32_t kind_at(uintptr_t address, bool *hidden)
{
	VALUE object = (VALUE)address;
	uint32_t kind = naming_hidden_kind(RB_BUILTIN_TYPE(object), RBASIC(object)->flags);

	*hidden = kind == NAMING_SINGLETON || !RBASIC(object)->klass;
	return kind;
}

static uintptr_t key_at(uintptr_t address)
{
	VALUE object = (VALUE)address;

	return naming_class_key(RB_BUILTIN_TYPE(object), RBASIC(object)->klass);
}

bool visibility_concerns(VALUE klass)
{
	for (int type = 0; type <= RUBY_T_MASK; type++) {
		if (naming_hidden_class[type] == klass)
			return true;
	}
	return false;
}

void visibility_settle(struct capture *capture)
{
	/* With frees missed, an entry may point to memory that is gone. */
	struct hidden_source source = {capture_missed(capture) ? vm_page_readable : NULL, kind_at, key_at};
	uint64_t began = clock_now();

	hidden_settle(capture->tracker, &source);
	capture->visibility.taken_ns = clock_now();
	capture->visibility.cost_ns = capture->visibility.taken_ns - began;
}

void visibility_settle_sparingly(struct capture *capture, uint64_t parts)
{
	if (clock_now() - capture->visibility.taken_ns >= capture->visibility.cost_ns * parts)
		visibility_settle(capture);
}
