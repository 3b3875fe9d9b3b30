/*
 * A set of numbers: what is unfolded, what is shown. One thread at a time; any thread.
 */
#ifndef MEMORY_TRACKER_BASE_KEY_SET_H
#define MEMORY_TRACKER_BASE_KEY_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero is an empty set. 0 is never a member. */
struct key_set {
	uint64_t *slots; /* owned; 0: free */
	size_t size;     /* a power of two, or 0 */
	size_t count;
};

void key_set_deinit(struct key_set *set);

/* False without memory; the set is then as it was. */
bool key_set_add(struct key_set *set, uint64_t key);

void key_set_remove(struct key_set *set, uint64_t key);
void key_set_clear(struct key_set *set);
bool key_set_has(const struct key_set *set, uint64_t key);

#endif
