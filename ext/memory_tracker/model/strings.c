#include "model/strings.h"

#include <stdbool.h>
#include <string.h>

#include "model/status.h"

int strings_init(struct strings *strings, struct memory *memory, size_t limit)
{
	memset(strings, 0, sizeof(*strings));
	strings->memory = memory;
	strings->limit = limit;
	return key_map_init(&strings->map, memory);
}

static size_t string_size(uint32_t length)
{
	return sizeof(struct string) + length + 1;
}

void strings_deinit(struct strings *strings)
{
	for (uint32_t index = 0; strings->map.slots && index <= strings->map.mask; index++) {
		struct string *string = (struct string *)(uintptr_t)strings->map.slots[index].value;

		while (string) {
			struct string *next = string->next;

			memory_release(strings->memory, string, string_size(string->length));
			string = next;
		}
	}
	if (strings->map.slots)
		key_map_deinit(&strings->map);
	strings_sweep(strings);
	memset(strings, 0, sizeof(*strings));
}

/* FNV-1a, 64 bits: Fowler, Noll and Vo, http://www.isthe.com/chongo/tech/comp/fnv/. 0 is no key. */
static uint64_t hash_of(const char *bytes, size_t length)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t index = 0; index < length; index++)
		hash = (hash ^ (unsigned char)bytes[index]) * UINT64_C(0x100000001b3);
	return hash ? hash : 1;
}

static struct string *make_string(struct strings *strings, const char *bytes, uint32_t length, uint64_t hash)
{
	if (strings->bytes + string_size(length) > strings->limit) {
		memory_refuse(strings->memory);
		return NULL;
	}
	struct string *string = memory_allocate(strings->memory, string_size(length));
	if (!string)
		return NULL;
	memcpy(string->bytes, bytes, length);
	string->length = length;
	string->hash = hash;
	string->references = 1;
	strings->bytes += string_size(length);
	return string;
}

/* Nothing refers to it any more. */
static void free_string(struct strings *strings, struct string *string)
{
	strings->bytes -= string_size(string->length);
	memory_release(strings->memory, string, string_size(string->length));
}

struct string *strings_intern(struct strings *strings, const char *bytes, size_t length)
{
	if (length > STRING_LENGTH_LIMIT)
		length = STRING_LENGTH_LIMIT;
	uint64_t hash = hash_of(bytes, length);
	struct string *first = (struct string *)(uintptr_t)key_map_get(&strings->map, hash);

	for (struct string *string = first; string; string = string->next) {
		if (string->length == length && memcmp(string->bytes, bytes, length) == 0)
			return strings_retain(string);
	}
	struct string *string = make_string(strings, bytes, (uint32_t)length, hash);
	if (!string)
		return NULL;
	string->next = first;
	if (key_map_put(&strings->map, hash, (uint64_t)(uintptr_t)string) != STATUS_OK) {
		free_string(strings, string);
		return NULL;
	}
	return string;
}

struct string *strings_retain(struct string *string)
{
	string->references++;
	return string;
}

static void unlink_string(struct strings *strings, struct string *string)
{
	struct string *first = (struct string *)(uintptr_t)key_map_get(&strings->map, string->hash);

	if (first == string) {
		/* Replacing the value of a key that is there needs no memory. */
		if (string->next)
			key_map_put(&strings->map, string->hash, (uint64_t)(uintptr_t)string->next);
		else
			key_map_remove(&strings->map, string->hash);
		return;
	}
	while (first->next != string)
		first = first->next;
	first->next = string->next;
}

void strings_release(struct strings *strings, struct string *string)
{
	if (!string || --string->references > 0)
		return;
	unlink_string(strings, string);
	string->next = strings->retired;
	strings->retired = string;
}

void strings_sweep(struct strings *strings)
{
	while (strings->retired) {
		struct string *string = strings->retired;

		strings->retired = string->next;
		free_string(strings, string);
	}
}
