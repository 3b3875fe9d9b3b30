#include "viewer/line_search.h"

#include "viewer/class_line.h"
#include "viewer/path_cell.h"

#define TEXT_SIZE 1024

bool line_search_matches(const struct column_line *line, const struct typed *text)
{
	char shown[TEXT_SIZE];

	if (typed_find(text, line->name, line->name_length) != TYPED_NONE)
		return true;
	if (line->path.depth)
		return typed_find(text, shown, path_cell_place(shown, sizeof shown, &line->path)) != TYPED_NONE;
	/* A class without a name is shown as something else. */
	return typed_find(text, shown, class_line_name(shown, sizeof shown, line, sizeof shown)) != TYPED_NONE ||
	       typed_find(text, shown, class_line_place(shown, sizeof shown, line)) != TYPED_NONE;
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
