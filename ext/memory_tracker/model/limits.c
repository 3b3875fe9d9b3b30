#include "model/limits.h"

/* Beyond these a table would not help a person any more, however much memory there is. */
#define MOST_CLASSES (UINT32_C(1) << 20)
#define MOST_PATHS (UINT32_C(1) << 21)
#define MOST_FRAMES (UINT32_C(1) << 20)
#define MOST_SLOTS (UINT32_C(1) << 26)
#define MOST_STRINGS ((size_t)256 << 20)

/* Bytes of the limit for one of each. What a table takes at the most is in the comments, with the half that it grows from. */
#define PER_CLASS 256        /* a bound of the number alone: the memory decides */
#define PER_FRAME 2048       /* frame and code 48 each, their keys 96 each */
#define PER_ADDRESS_SLOT 384 /* 24 */
#define PER_SERIAL_SLOT 768  /* 24 */
#define PER_STRING_BYTE 8

/* Bytes of the part for records: a node with its place in the free list, and what nodes of call paths leave for classes. */
#define PER_PATH 72
#define CLASSES_LEAST ((size_t)1 << 20)
#define CLASSES_SHARE 8

/* Goes to the map from the records: a small program has as many objects as another, but not as many call paths. */
#define SHIFTED ((size_t)1 << 20)

size_t limits_map(size_t limit)
{
	return limit == SIZE_MAX ? 0 : limit / 4 + SHIFTED;
}

size_t limits_records(size_t limit)
{
	return limit == SIZE_MAX ? 0 : limit / 2 - SHIFTED;
}

static size_t path_bytes(size_t limit)
{
	size_t records = limits_records(limit), classes = CLASSES_LEAST + records / CLASSES_SHARE;

	if (limit == SIZE_MAX)
		return SIZE_MAX;
	return records > classes ? records - classes : 0;
}

static uint32_t share(uint32_t given, size_t limit, size_t per_one, uint32_t most)
{
	size_t number = limit / per_one;

	if (given)
		return given;
	return number < most ? (uint32_t)number : most;
}

static uint32_t power_of_two(uint32_t number)
{
	uint32_t power = 1;

	while (power <= number / 2)
		power *= 2;
	return power;
}

void limits_fill(struct limits *limits, size_t limit)
{
	limits->classes = share(limits->classes, limit, PER_CLASS, MOST_CLASSES);
	if (!limits->nodes) {
		limits->paths = share(limits->paths, path_bytes(limit), PER_PATH, MOST_PATHS);
		limits->nodes = limits->paths + limits->classes;
	}
	limits->frames = share(limits->frames, limit, PER_FRAME, MOST_FRAMES);
	limits->address_slots = power_of_two(share(limits->address_slots, limit, PER_ADDRESS_SLOT, MOST_SLOTS));
	limits->serial_slots = power_of_two(share(limits->serial_slots, limit, PER_SERIAL_SLOT, MOST_SLOTS));
	if (!limits->strings)
		limits->strings = limit / PER_STRING_BYTE < MOST_STRINGS ? limit / PER_STRING_BYTE : MOST_STRINGS;
}
