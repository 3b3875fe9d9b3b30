#include "model/class_filter.h"

#include <string.h>

#include "model/status.h"

int class_filter_init(struct class_filter *choice, struct memory *memory, struct strings *strings,
                      const struct text *names, uint32_t count)
{
	*choice = (struct class_filter){.memory = memory, .strings = strings};
	if (!count)
		return STATUS_OK;
	choice->classes = memory_allocate(memory, count * sizeof(*choice->classes));
	if (!choice->classes)
		return STATUS_NO_MEMORY;
	choice->count = count;
	for (uint32_t index = 0; index < count; index++) {
		choice->classes[index].name = strings_intern(strings, names[index].bytes, names[index].length);
		if (!choice->classes[index].name)
			return STATUS_NO_MEMORY;
	}
	return STATUS_OK;
}

void class_filter_deinit(struct class_filter *choice)
{
	for (uint32_t index = 0; index < choice->count; index++)
		strings_release(choice->strings, choice->classes[index].name);
	memory_release(choice->memory, choice->classes, choice->count * sizeof(*choice->classes));
	*choice = (struct class_filter){0};
}

bool class_filter_takes(struct class_filter *choice, const struct string *name)
{
	for (uint32_t index = 0; index < choice->count; index++) {
		if (choice->classes[index].name != name)
			continue;
		atomic_store_explicit(&choice->classes[index].matched, true, memory_order_relaxed);
		return true;
	}
	return choice->count == 0;
}

size_t class_filter_awaited(const struct class_filter *choice, char *out, size_t size)
{
	size_t length = 0;

	for (uint32_t index = 0; index < choice->count; index++) {
		struct filtered_class *class = &choice->classes[index];
		size_t gap = length ? 2 : 0;

		if (atomic_load_explicit(&class->matched, memory_order_relaxed) ||
		    length + gap + class->name->length >= size)
			continue;
		memcpy(out + length, ", ", gap);
		memcpy(out + length + gap, class->name->bytes, class->name->length);
		length += gap + class->name->length;
	}
	out[length] = 0;
	return length;
}
