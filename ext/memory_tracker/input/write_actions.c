#include "input/actions.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/format.h"
#include "input/viewer_control.h"

#define TEXT_SUFFIX ".txt"
#define JSON_SUFFIX ".json"

/* Room for a name with the zero. */
#define NAME_SIZE (LINE_EDIT_SIZE + 1)

/* "memory-tracker-4711-20261122-104107.txt": the process and the time of the numbers. */
static void suggest_name(struct viewer *viewer)
{
	const struct viewer_status status = viewer_status(viewer);
	const struct snapshot_header *snapshot = status.metrics->snapshot;
	struct line_edit *name = viewer_file_name(viewer);
	char time[FORMAT_SIZE], digits[FORMAT_SIZE];
	size_t count = 0;

	format_time(time, snapshot->wall_ns, status.utc_offset);
	for (const char *c = time; *c; c++) {
		if (*c == ' ')
			digits[count++] = '-';
		else if (*c >= '0' && *c <= '9')
			digits[count++] = *c;
	}
	name->length = (size_t)snprintf(name->text, sizeof name->text, "memory-tracker-%u-%.*s" TEXT_SUFFIX,
	                                (unsigned)snapshot->pid, (int)count, digits);
}

enum viewer_request action_begin_write(struct viewer *viewer, uint32_t key)
{
	suggest_name(viewer);
	viewer_enter(viewer, MODE_NAME);
	viewer_note(viewer, "all lines of the table are written; as JSON to a file whose name ends in .json");
	return VIEWER_NOTHING;
}

static bool ends_in(const struct line_edit *name, const char *suffix)
{
	size_t length = strlen(suffix);

	return name->length >= length && !memcmp(name->text + name->length - length, suffix, length);
}

enum viewer_request action_change_format(struct viewer *viewer, uint32_t key)
{
	struct line_edit *name = viewer_file_name(viewer);
	const char *suffix = ends_in(name, JSON_SUFFIX) ? TEXT_SUFFIX : JSON_SUFFIX;

	if (ends_in(name, JSON_SUFFIX))
		name->length -= strlen(JSON_SUFFIX);
	else if (ends_in(name, TEXT_SUFFIX))
		name->length -= strlen(TEXT_SUFFIX);
	for (; *suffix; suffix++)
		line_edit_add(name, (unsigned char)*suffix);
	return VIEWER_NOTHING;
}

void action_name_format(const struct viewer *viewer, char out[COMMAND_NAME_SIZE])
{
	snprintf(out, COMMAND_NAME_SIZE, "%s",
	         ends_in(viewer_status(viewer).file_name, JSON_SUFFIX) ? "as text" : "as JSON");
}

/* The end of a path tells more than its beginning. */
static void say_where(struct viewer *viewer, const char *name)
{
	static const char label[] = "written to ";
	const struct viewer_status status = viewer_status(viewer);
	unsigned columns = status.table->layout.columns;
	char *path = realpath(name, NULL), text[STATUS_LINE_SIZE - sizeof label];
	const char *where = path ? path : name;

	text_fit_end(text, sizeof text, where, strlen(where), columns > sizeof label ? columns - sizeof label : 0,
	             status.charset);
	viewer_note(viewer, "%s%s", label, text);
	free(path);
}

enum viewer_request action_write(struct viewer *viewer, uint32_t key)
{
	char name[NAME_SIZE];
	const struct line_edit *line_edit = viewer_file_name(viewer);

	memcpy(name, line_edit->text, line_edit->length);
	name[line_edit->length] = '\0';
	if (!line_edit->length) {
		viewer_note(viewer, "a file needs a name; Esc leaves it unwritten");
		return VIEWER_NOTHING;
	}
	int error = viewer_write(viewer, name, ends_in(line_edit, JSON_SUFFIX) ? REPORT_JSON : REPORT_TEXT);
	if (error == EEXIST)
		viewer_note(viewer, "there is such a file already, and it was not changed: choose another name");
	else if (error)
		viewer_note(viewer, "nothing was written: %s", strerror(error));
	else
		say_where(viewer, name);
	if (!error)
		viewer_return(viewer);
	return VIEWER_NOTHING;
}
