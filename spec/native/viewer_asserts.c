#include "viewer_asserts.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "screen_text.h"

void assert_selected(struct shop_viewer *shop, const char *end)
{
	struct buffer text = {0};
	const struct grid *grid = &shop->grid;

	viewer_draw(shop->viewer, &shop->grid);
	for (unsigned i = 0; i < grid->lines; i++) {
		struct grid line = {grid->columns, 1, grid->cells + (size_t)i * grid->columns};
		if (line.cells[0].style & GRID_REVERSE)
			screen_text(&text, &line);
	}
	buffer_add(&text, "", 1);
	size_t length = strlen(text.text), wanted = strlen(end);
	if (length <= wanted || strncmp(text.text + length - 1 - wanted, end, wanted) != 0)
		fail_msg("not \"%s\" is selected, but:\n%s", end, text.text);
	buffer_deinit(&text);
}

void press(struct shop_viewer *shop, uint32_t key)
{
	assert_int_equal(viewer_press(shop->viewer, key), VIEWER_NOTHING);
}
