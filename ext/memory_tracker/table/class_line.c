#include "table/class_line.h"

#include <stdio.h>
#include <string.h>

#include "analysis/call_paths.h"
#include "table/path_cell.h"

#define TEXT_SIZE 2048

#define ESTIMATES (SNAPSHOT_PATHS_ESTIMATED | SNAPSHOT_LIGHT)

struct column_line class_line(const struct snapshot_header *snapshot, const struct history_row *rows, uint32_t index,
                              enum text_charset charset)
{
	const struct snapshot_class *class = &snapshot_classes(snapshot)[index];
	struct column_line line = {.row = &rows[index],
	                           .class_index = index,
	                           .path = {.index = CALL_PATHS_NONE, .share = -1, .line = class->origin_line},
	                           .anonymous = class->flags & SNAPSHOT_CLASS_ANONYMOUS,
	                           .bound = snapshot->flags & SNAPSHOT_RETAINED_BOUND,
	                           .unknown = !snapshot->majors_seen,
	                           .mark = snapshot->flags & ESTIMATES ? ' ' : '\0',
	                           .light = snapshot->flags & SNAPSHOT_LIGHT,
	                           .charset = charset};

	line.name = snapshot_string(snapshot, class->name, &line.name_length);
	line.path.file = snapshot_string(snapshot, class->origin, &line.path.file_length);
	return line;
}

const char *class_line_digits(const struct column_line *line)
{
	const char *end = line->name + line->name_length;

	if (!line->anonymous || line->name_length < sizeof CLASS_LINE_START + CLASS_LINE_DIGITS || end[-1] != '>' ||
	    memcmp(line->name, CLASS_LINE_START, sizeof CLASS_LINE_START - 1))
		return NULL;
	return end - 1 - CLASS_LINE_DIGITS;
}

/* The name with a shorter address, and with the class above it. 0 for a name that has no address. */
static size_t shorten(char *out, size_t size, const struct column_line *line)
{
	const char *digits = class_line_digits(line);
	bool derived = !line->path.line && line->path.file_length;

	if (!digits)
		return 0;
	int length = snprintf(out, size, CLASS_LINE_START "%s%.*s%s%.*s>", line->charset == TEXT_UTF8 ? "…" : "...",
	                      CLASS_LINE_DIGITS, digits, derived ? " < " : "",
	                      derived ? (int)line->path.file_length : 0, line->path.file);
	return (size_t)length < size ? (size_t)length : size - 1;
}

size_t class_line_name(char *out, size_t size, const struct column_line *line, size_t width)
{
	char text[TEXT_SIZE];
	size_t length = shorten(text, sizeof text, line);

	if (length)
		return text_fit(out, size, text, length, width, line->charset);
	return text_fit(out, size, line->name, line->name_length, width, line->charset);
}

size_t class_line_place(char *out, size_t size, const struct column_line *line)
{
	return line->path.line ? path_cell_place(out, size, &line->path) : 0;
}
