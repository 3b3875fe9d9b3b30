#include "model/path_choice.h"

#include <string.h>

#include "model/status.h"

int path_choice_init(struct path_choice *choice, struct memory *memory, struct strings *strings,
                     const struct text *names, uint32_t count)
{
	*choice = (struct path_choice){.memory = memory, .strings = strings};
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

void path_choice_deinit(struct path_choice *choice)
{
	for (uint32_t index = 0; index < choice->count; index++)
		strings_release(choice->strings, choice->classes[index].name);
	memory_release(choice->memory, choice->classes, choice->count * sizeof(*choice->classes));
	*choice = (struct path_choice){0};
}

bool path_choice_takes(struct path_choice *choice, const struct string *name)
{
	for (uint32_t index = 0; index < choice->count; index++) {
		if (choice->classes[index].name != name)
			continue;
		atomic_store_explicit(&choice->classes[index].arrived, true, memory_order_relaxed);
		return true;
	}
	return choice->count == 0;
}

size_t path_choice_awaited(const struct path_choice *choice, char *out, size_t size)
{
	size_t length = 0;

	for (uint32_t index = 0; index < choice->count; index++) {
		struct chosen_class *class = &choice->classes[index];
		size_t gap = length ? 2 : 0;

		if (atomic_load_explicit(&class->arrived, memory_order_relaxed) ||
		    length + gap + class->name->length >= size)
			continue;
		memcpy(out + length, ", ", gap);
		memcpy(out + length + gap, class->name->bytes, class->name->length);
		length += gap + class->name->length;
	}
	out[length] = 0;
	return length;
}
