#include "viewer/line_search.h"

#include "viewer/path_cell.h"

#define PLACE_SIZE 1024

bool line_search_matches(const struct column_line *line, const struct typed *text)
{
	char place[PLACE_SIZE];

	if (typed_find(text, line->name, line->name_length) != TYPED_NONE)
		return true;
	if (!line->path.depth)
		return false;
	return typed_find(text, place, path_cell_place(place, sizeof place, &line->path)) != TYPED_NONE;
}

size_t line_search_next(const struct column_line *lines, size_t count, const struct typed *text, size_t from, bool up)
{
	for (size_t i = 0; i < count; i++) {
		size_t at = (from + (up ? count - i : i)) % count;

		if (line_search_matches(&lines[at], text))
			return at;
	}
	return count;
}
