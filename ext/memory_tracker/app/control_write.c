#include "input/viewer_control.h"

#include <errno.h>

#include "app/report_json.h"
#include "app/report_text.h"
#include "base/buffer.h"
#include "base/new_file.h"

#define FILE_MODE 0644

int viewer_write(struct viewer *viewer, const char *path, enum report_format format)
{
	struct buffer report = {0};
	bool made = format == REPORT_JSON ? report_json(&report, viewer) : report_text(&report, viewer);
	int error = made ? new_file_write(path, FILE_MODE, &report) : ENOMEM;

	buffer_deinit(&report);
	return error;
}
