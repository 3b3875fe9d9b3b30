#include "shop_viewer.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "fake_snapshot.h"
#include "screen_text.h"
#include "base/utf8.h"

#define SHOP_PATH "/srv/shop/lib/shop.rb"
#define SECOND UINT64_C(1000000000)

/* As if call paths had been taken of every nth object only. */
static void sample_paths(struct snapshot_header *snapshot)
{
	struct snapshot_node *nodes = (struct snapshot_node *)snapshot_nodes(snapshot);

	for (uint32_t i = 0; i < snapshot->node_count; i++) {
		nodes[i].counts.allocated /= snapshot->path_interval;
		nodes[i].counts.freed /= snapshot->path_interval;
		nodes[i].counts.retained /= snapshot->path_interval;
	}
}

/* As it is in a light snapshot. */
static void leave_allocations(struct snapshot_header *snapshot)
{
	struct snapshot_node *nodes = (struct snapshot_node *)snapshot_nodes(snapshot);

	for (uint32_t i = 0; i < snapshot->node_count; i++) {
		nodes[i].counts.freed = nodes[i].counts.allocated;
		nodes[i].counts.retained = 0;
	}
}

void shop_second(struct shop_viewer *shop, int major)
{
	uint64_t second = ++shop->second, sold = second < 20 ? second : 20;
	const struct fake_class classes[] = {
	    {1, "String", 98000 * second, 98000 * second - 40771 - 12 * (second % 3), 40771, 0},
	    {2, "Shop::Session", 502 * second + 85, shop->session_freed, 502 * second - shop->session_freed, 0},
	    {3, "Shop::Product", 11600 * second + 12516, 11600 * second, 4000, 0},
	    {4, "(internal T_DATA)", 900 * second, 0, 900 * second, SNAPSHOT_CLASS_INTERNAL},
	    {5, "Shop::Basket", 1000, 50 * sold, 1000 - 50 * sold, 0},
	    {6, "Hash", 12100 * second + 13007, 11598 * second, 502 * second, 0},
	    {7, "#<Class:0x00007f2a> \033[31mred\033[0m", 402, 0, 310, SNAPSHOT_CLASS_ANONYMOUS},
	    {8, "Größe::日本語の長い名前::Zähler", 77, 0, 77, 0},
	    {9,
	     "Shop::Catalogue::Import::Normaliser::Attribute::ReferenceResolver::"
	     "LookupTable::Entry",
	     9, 0, 9, 0},
	    {10, "Proc", 60, 60, 0, 0},
	    {18, "#<Class:0x000074ba6a2e5c18>", 900 * second, 0, 900 * second, SNAPSHOT_CLASS_ANONYMOUS},
	    {19, "#<Class:0x000074ba6a2e5ee8>", 700 * second, 0, 700 * second, SNAPSHOT_CLASS_ANONYMOUS},
	    {20, "#<Class:0x000074ba6a2e6190>", 600 * second, 0, 600 * second, SNAPSHOT_CLASS_ANONYMOUS},
	};
	const uint32_t count = sizeof classes / sizeof *classes - (shop->anonymous ? 0 : 3);

	shop->head.sequence++;
	shop->head.gcs_seen++;
	shop->head.gc_minor += 3;
	shop->head.gc_time_ns += SECOND / 32;
	shop->head.monotonic_ns += SECOND;
	shop->head.wall_ns += SECOND;
	if (major) {
		shop->head.majors_seen++;
		shop->head.gc_major++;
		shop->head.major_at_ns = shop->head.monotonic_ns - SECOND / 2;
	}
	const char *path = shop->path ? shop->path : SHOP_PATH;
	/* Hash: a leak through two callers, and churn. What ends at a frame is the frame's own. */
	const struct fake_node nodes[] = {
	    {11, 5, SNAPSHOT_NONE, 0, 0, 0, path, "Shop::SessionStore#write", 41, 0},
	    {12, 5, 0, 0, 0, 0, path, "Shop::Checkout#call", 77, 0},
	    {13, 5, 1, 500 * second + 12, 0, 500 * second, path, "block in Shop::Server#run", 95, 0},
	    {14, 5, 0, 2 * second, 0, 2 * second, path, "Shop::Login#call", 60, 0},
	    {15, 5, SNAPSHOT_NONE, 11598 * second + 12983, 11598 * second, 0, path, "Shop::Request#params", 12, 0},
	    {16, 5, SNAPSHOT_NONE, 12, 0, 0, "", "(other)", 0, SNAPSHOT_FRAME_PSEUDO},
	    {17, 1, SNAPSHOT_NONE, 502 * second, shop->session_freed, 502 * second - shop->session_freed,
	     "(eval at \033[2J/shop.rb:3)", "Größe::日本語#\nwrite", 3, SNAPSHOT_FRAME_NATIVE},
	};
	struct snapshot_header *snapshot = fake_snapshot_with_paths(&shop->head, shop->reason, classes, count, nodes,
	                                                            shop->paths ? sizeof nodes / sizeof *nodes : 0);
	if (snapshot->flags & SNAPSHOT_PATHS_ESTIMATED)
		sample_paths(snapshot);
	if (snapshot->flags & SNAPSHOT_LIGHT)
		leave_allocations(snapshot);
	if (shop->anonymous) {
		snapshot = fake_snapshot_with_origin(snapshot, count - 3, "/srv/shop/lib/shop/strainers.rb", 112);
		snapshot = fake_snapshot_with_origin(snapshot, count - 2, "Shop::Product", 0);
	}
	snapshot_string_ref reference;
	snapshot = fake_snapshot_with_text(snapshot, "ruby 3.4.1", &reference);
	snapshot->runtime = reference;
	if (shop->unmatched) {
		snapshot = fake_snapshot_with_text(snapshot, shop->unmatched, &reference);
		snapshot->unmatched = reference;
	}
	assert_null(snapshot_check(snapshot, snapshot->size));
	assert_true(viewer_feed(shop->viewer, snapshot));
}

static void open_empty(struct shop_viewer *shop, unsigned columns, unsigned lines, enum text_charset charset)
{
	const struct viewer_options options = {.interval = 1, .charset = charset, .command = "ruby shop.rb"};

	*shop = (struct shop_viewer){
	    .viewer = viewer_new(&options),
	    .head = {.started_ns = 100 * SECOND,
	             .monotonic_ns = 100 * SECOND,
	             .pid = 4711,
	             .flags = SNAPSHOT_RUNNING | SNAPSHOT_EXACT,
	             .depth = 10,
	             .gc_minor = 397,
	             .gc_major = 33,
	             .heap_live_slots = 1310000,
	             .heap_total_slots = 1620000,
	             .wall_ns = 38467 * SECOND,
	             .tracker_bytes = UINT64_C(14) << 20,
	             .rss_bytes = UINT64_C(212) << 20},
	};
	assert_non_null(shop->viewer);
	assert_true(grid_init(&shop->grid));
	assert_true(grid_resize(&shop->grid, columns, lines));
}

void shop_open(struct shop_viewer *shop, unsigned columns, unsigned lines, enum text_charset charset)
{
	open_empty(shop, columns, lines, charset);
	for (unsigned second = 0; second < 5; second++)
		shop_second(shop, 1);
}

void shop_open_with_paths(struct shop_viewer *shop, unsigned columns, unsigned lines, enum text_charset charset)
{
	open_empty(shop, columns, lines, charset);
	shop->paths = true;
	for (unsigned second = 0; second < 5; second++)
		shop_second(shop, 1);
}

void shop_close(struct shop_viewer *shop)
{
	viewer_free(shop->viewer);
	grid_deinit(&shop->grid);
	buffer_deinit(&shop->text);
}

int shop_enter(void **state, unsigned columns, unsigned lines, bool paths)
{
	struct shop_viewer *shop = malloc(sizeof *shop);

	assert_non_null(shop);
	if (paths)
		shop_open_with_paths(shop, columns, lines, TEXT_UTF8);
	else
		shop_open(shop, columns, lines, TEXT_UTF8);
	*state = shop;
	return 0;
}

int shop_leave(void **state)
{
	shop_close(*state);
	free(*state);
	return 0;
}

const char *shop_screen(struct shop_viewer *shop)
{
	buffer_clear(&shop->text);
	viewer_draw(shop->viewer, &shop->grid);
	screen_text(&shop->text, &shop->grid);
	buffer_add(&shop->text, "", 1);
	return shop->text.text;
}

enum viewer_request shop_press(struct shop_viewer *shop, const char *keys)
{
	enum viewer_request request = VIEWER_NOTHING;
	size_t left = strlen(keys);

	while (left) {
		uint32_t key;
		size_t size = utf8_read(keys, left, &key);
		request = viewer_press(shop->viewer, key);
		keys += size;
		left -= size;
	}
	return request;
}

void assert_shown(struct shop_viewer *shop, const char *text)
{
	const char *screen = shop_screen(shop);

	if (!strstr(screen, text))
		fail_msg("\"%s\" is not on the screen:\n%s", text, screen);
}

void assert_not_shown(struct shop_viewer *shop, const char *text)
{
	const char *screen = shop_screen(shop);

	if (strstr(screen, text))
		fail_msg("\"%s\" is on the screen:\n%s", text, screen);
}
