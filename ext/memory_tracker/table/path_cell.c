#include "table/path_cell.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

size_t path_cell_place(char *out, size_t size, const struct column_path *path)
{
	/* The end of a path is what tells it from others. */
	uint32_t length = path->file_length < size / 2 ? path->file_length : (uint32_t)(size / 2);
	const char *file = path->file + (path->file_length - length);

	if (!length)
		return 0;
	memcpy(out, file, length);
	if (!path->line)
		return length;
	return length + (size_t)snprintf(out + length, size - length, ":%" PRIu32, path->line);
}

unsigned path_cell_guides(const struct column_path *path, unsigned cells)
{
	unsigned most = cells / 3 / PATH_CELL_MARK;

	return (path->depth < most ? path->depth : most) * PATH_CELL_MARK;
}

void path_cell_share(char out[PATH_CELL_SHARE], double share)
{
	if (share < 0)
		snprintf(out, PATH_CELL_SHARE, "%6s", "");
	else if (share >= 0.9995)
		snprintf(out, PATH_CELL_SHARE, " 100 %%");
	else
		snprintf(out, PATH_CELL_SHARE, "%4.1f %%", share * 100 < 99.9 ? share * 100 : 99.9);
}
