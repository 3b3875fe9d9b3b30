#include "input/actions.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/format.h"
#include "base/new_file.h"
#include "app/report_json.h"
#include "app/report_text.h"
#include "app/viewer_state.h"

#define TEXT_SUFFIX ".txt"
#define JSON_SUFFIX ".json"
#define FILE_MODE 0644

/* Room for a name with the zero. */
#define NAME_SIZE (LINE_EDIT_SIZE + 1)

/* "memory-tracker-4711-20261122-104107.txt": the process and the time of the numbers. */
static void suggest_name(struct viewer *viewer)
{
	const struct snapshot_header *snapshot = viewer_shown(viewer)->snapshot;
	char time[FORMAT_SIZE], digits[FORMAT_SIZE];
	size_t count = 0;

	format_time(time, snapshot->wall_ns, viewer->utc_offset);
	for (const char *c = time; *c; c++) {
		if (*c == ' ')
			digits[count++] = '-';
		else if (*c >= '0' && *c <= '9')
			digits[count++] = *c;
	}
	viewer->file_name.length =
	    (size_t)snprintf(viewer->file_name.text, sizeof viewer->file_name.text,
	                     "memory-tracker-%u-%.*s" TEXT_SUFFIX, (unsigned)snapshot->pid, (int)count, digits);
}

enum viewer_request action_begin_write(struct viewer *viewer, uint32_t key)
{
	suggest_name(viewer);
	viewer->mode = MODE_NAME;
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
	struct line_edit *name = &viewer->file_name;
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
	snprintf(out, COMMAND_NAME_SIZE, "%s", ends_in(&viewer->file_name, JSON_SUFFIX) ? "as text" : "as JSON");
}

/* Returns 0 or an errno. */
static int write_report(struct viewer *viewer, const char *name)
{
	struct buffer report = {0};
	bool made =
	    ends_in(&viewer->file_name, JSON_SUFFIX) ? report_json(&report, viewer) : report_text(&report, viewer);
	int error = made ? new_file_write(name, FILE_MODE, &report) : ENOMEM;

	buffer_deinit(&report);
	return error;
}

/* The end of a path tells more than its beginning. */
static void say_where(struct viewer *viewer, const char *name)
{
	static const char label[] = "written to ";
	unsigned columns = viewer->table.layout.columns;
	char *path = realpath(name, NULL), text[VIEWER_SENTENCE_SIZE - sizeof label];
	const char *where = path ? path : name;

	text_fit_end(text, sizeof text, where, strlen(where), columns > sizeof label ? columns - sizeof label : 0,
	             viewer->charset);
	viewer_note(viewer, "%s%s", label, text);
	free(path);
}

enum viewer_request action_write(struct viewer *viewer, uint32_t key)
{
	char name[NAME_SIZE];
	const struct line_edit *line_edit = &viewer->file_name;

	memcpy(name, line_edit->text, line_edit->length);
	name[line_edit->length] = '\0';
	if (!line_edit->length) {
		viewer_note(viewer, "a file needs a name; Esc leaves it unwritten");
		return VIEWER_NOTHING;
	}
	int error = write_report(viewer, name);
	if (error == EEXIST)
		viewer_note(viewer, "there is such a file already, and it was not changed: choose another name");
	else if (error)
		viewer_note(viewer, "nothing was written: %s", strerror(error));
	else
		say_where(viewer, name);
	if (!error)
		viewer->mode = viewer_base_mode(viewer);
	return VIEWER_NOTHING;
}
