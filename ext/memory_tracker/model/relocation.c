#include "model/relocation.h"

struct relocating {
	struct tracker *tracker;
	const struct relocation *relocation;
};

static void move_keys(struct tracker *tracker, uintptr_t from, uintptr_t to)
{
	bool class = class_table_move_key(&tracker->classes, from, to);

	/* With births unseen it may be known as both; what is neither is watched. */
	if (code_table_move(&tracker->codes, from, to) || !class)
		call_tree_forget_addresses(&tracker->tree);
}

static void relocate_entry(void *context, uintptr_t address, uint32_t *entry)
{
	struct tracker *tracker = ((struct relocating *)context)->tracker;
	const struct relocation *relocation = ((struct relocating *)context)->relocation;
	int status;

	if (relocation->readable && !relocation->readable(address)) {
		tracker_clear_stale(tracker, address, entry);
		return;
	}
	uintptr_t target = relocation->locate(address);
	if (likely(target == address))
		return;
	uint32_t *place = shadow_map_make(&tracker->map, target, &status);
	if (!place) {
		/* It lives on where it cannot be recorded; counted as gone, and as dropped. */
		tracker_clear_stale(tracker, address, entry);
		atomic_fetch_add_explicit(&tracker->dropped, 1, memory_order_relaxed);
		return;
	}
	if (*place)
		tracker_clear_stale(tracker, target, place);
	*place = *entry;
	*entry = 0;
	if (*place & SHADOW_KEY)
		move_keys(tracker, address, target);
}

void relocation_follow(struct tracker *tracker, const struct relocation *relocation)
{
	struct relocating relocating = {tracker, relocation};
	struct shadow_map_visitor visitor = {&relocating, relocate_entry};

	shadow_map_each(&tracker->map, &visitor);
}
