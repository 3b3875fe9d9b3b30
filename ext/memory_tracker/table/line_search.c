#include "table/line_search.h"

#include "table/class_line.h"
#include "table/path_cell.h"

#define TEXT_SIZE 1024

bool line_search_matches(const struct column_line *line, const struct line_edit *text)
{
	char shown[TEXT_SIZE];

	if (line_edit_find(text, line->name, line->name_length) != LINE_EDIT_NONE)
		return true;
	if (line->path.depth)
		return line_edit_find(text, shown, path_cell_place(shown, sizeof shown, &line->path)) != LINE_EDIT_NONE;
	/* A class without a name is shown as something else. */
	return line_edit_find(text, shown, class_line_name(shown, sizeof shown, line, sizeof shown)) !=
	           LINE_EDIT_NONE ||
	       line_edit_find(text, shown, class_line_place(shown, sizeof shown, line)) != LINE_EDIT_NONE;
}

size_t line_search_next(const struct column_line *lines, size_t count, const struct line_edit *text, size_t from,
                        bool up)
{
	for (size_t i = 0; i < count; i++) {
		size_t at = (from + (up ? count - i : i)) % count;

		if (line_search_matches(&lines[at], text))
			return at;
	}
	return count;
}
