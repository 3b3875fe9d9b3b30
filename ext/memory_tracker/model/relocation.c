#include "model/relocation.h"

/* The smallest page there is; where they are larger each is asked for several times. */
#define SMALLEST_PAGE ((uintptr_t)4096)

#define NO_PAGE UINTPTR_MAX

/* The answer for the page that was asked for last. */
struct page_answer {
	uintptr_t page; /* or NO_PAGE */
	bool readable;
};

struct relocating {
	struct tracker *tracker;
	const struct relocation *relocation;
	struct page_answer old;
	struct page_answer new;
	const struct heap_page *checked; /* the page of the map whose slots were compared last, or NULL */
};

/* Entries come in order of address, so each page is asked for once. */
static bool readable(const struct relocation *relocation, struct page_answer *answer, uintptr_t address)
{
	uintptr_t page = address & ~(SMALLEST_PAGE - 1);

	if (likely(!relocation->readable))
		return true;
	if (page != answer->page)
		*answer = (struct page_answer){page, relocation->readable(page)};
	return answer->readable;
}

/* Whether the VM has made a new page where one was, of which nothing was reported. Then it has no entries any more. */
static bool page_reused(struct relocating *relocating, struct heap_page *page, uintptr_t address)
{
	if (likely(page == relocating->checked))
		return false;
	relocating->checked = page;
	if (likely(heap_map_fits(&relocating->tracker->map, page, address)))
		return false;
	tracker_clear_page(relocating->tracker, page);
	return true;
}

static void move_keys(struct tracker *tracker, uintptr_t from, uintptr_t to)
{
	bool class = class_table_move_key(&tracker->classes, from, to);

	/* With missed allocations it may be known as both; what is neither is watched. */
	if (code_table_move(&tracker->codes, from, to) || !class)
		call_tree_forget_addresses(&tracker->tree);
}

/* Its new place; none where nothing can be entered. */
static struct heap_place new_place(struct relocating *relocating, uintptr_t target)
{
	struct tracker *tracker = relocating->tracker;
	struct heap_place place = {NULL, NULL};
	int status;

	if (readable(relocating->relocation, &relocating->new, target))
		place = heap_map_make(&tracker->map, target, &status);
	if (place.page && *place.entry)
		tracker_clear_stale(tracker, target, place);
	return place;
}

static void relocate_entry(void *context, uintptr_t address, struct heap_place old)
{
	struct relocating *relocating = context;
	struct tracker *tracker = relocating->tracker;

	if (!readable(relocating->relocation, &relocating->old, address)) {
		tracker_clear_stale(tracker, address, old);
		return;
	}
	if (page_reused(relocating, old.page, address))
		return;
	uintptr_t target = relocating->relocation->locate(address);
	if (likely(target == address))
		return;
	struct heap_place new = new_place(relocating, target);
	if (!new.page) {
		/* It lives on where it cannot be recorded; counted as gone, and as dropped. */
		tracker_clear_stale(tracker, address, old);
		atomic_fetch_add_explicit(&tracker->dropped, 1, memory_order_relaxed);
		return;
	}
	uint32_t value = *old.entry;
	heap_map_set(new, value);
	heap_map_clear(&tracker->map, old);
	if (value & HEAP_MAP_KEY)
		move_keys(tracker, address, target);
}

void relocation_follow(struct tracker *tracker, const struct relocation *relocation)
{
	struct relocating relocating = {tracker, relocation, {NO_PAGE, false}, {NO_PAGE, false}, NULL};
	struct heap_map_callback callback = {&relocating, relocate_entry};

	heap_map_each(&tracker->map, &callback);
}
