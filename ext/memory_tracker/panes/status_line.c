#include "panes/status_line.h"

#include <string.h>

#define LINES 4
#define TEXT_SIZE 2048

/* Of all lines that there are, one in so many. */
#define SHARE 3

/* The bytes that go on a line of so many cells: up to the last blank that has room. */
static size_t length_of_line(const char *text, unsigned cells, enum text_charset charset)
{
	size_t length = strlen(text), cut = 0;

	if (text_width(text, length, charset) <= cells)
		return length;
	for (size_t i = 1; i < length && text_width(text, i, charset) <= cells; i++) {
		if (!strncmp(text + i, STATUS_LINE_GAP, strlen(STATUS_LINE_GAP)))
			return i;
		cut = text[i] == ' ' ? i : cut;
	}
	return cut ? cut : length;
}

unsigned status_line_draw(struct grid *grid, unsigned line, unsigned height, const char *text,
                          enum text_charset charset)
{
	unsigned cells = grid->columns > 1 ? grid->columns - 1 : 0, count = 0;
	unsigned most = height < 2 * SHARE ? 1 : height < LINES * SHARE ? height / SHARE : LINES;
	const char *starts[LINES];
	size_t lengths[LINES];
	char out[TEXT_SIZE];

	do {
		starts[count] = text;
		lengths[count] = length_of_line(text, cells, charset);
		text += lengths[count++];
		text += strspn(text, " ");
	} while (*text && count < most);
	/* The last line has all the rest, cut. */
	lengths[count - 1] += *text ? strlen(starts[count - 1] + lengths[count - 1]) : 0;
	for (unsigned i = 0; i < count; i++)
		grid_put(grid, line + height - count + i, 1, GRID_BOLD, out,
		         text_fit(out, sizeof out, starts[i], lengths[i], cells, charset));
	return count;
}
