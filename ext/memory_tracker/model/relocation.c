#include "model/relocation.h"

/* The smallest page there is; where they are larger each is asked for several times. */
#define SMALLEST_PAGE ((uintptr_t)4096)

struct relocating {
	struct tracker *tracker;
	const struct relocation *relocation;
	uintptr_t page; /* the one that was asked for last, or NO_PAGE */
	bool page_readable;
};

#define NO_PAGE UINTPTR_MAX

/* Entries come in order of address, so each page is asked for once. */
static bool readable(struct relocating *relocating, uintptr_t address)
{
	const struct relocation *relocation = relocating->relocation;
	uintptr_t page = address & ~(SMALLEST_PAGE - 1);

	if (likely(!relocation->readable))
		return true;
	if (page != relocating->page) {
		relocating->page = page;
		relocating->page_readable = relocation->readable(page);
	}
	return relocating->page_readable;
}

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

	if (!readable(context, address)) {
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
	struct relocating relocating = {tracker, relocation, NO_PAGE, false};
	struct shadow_map_visitor visitor = {&relocating, relocate_entry};

	shadow_map_each(&tracker->map, &visitor);
}
