#include "app/settings_use.h"

#include <stdio.h>

#include "app/settings_file.h"
#include "app/viewer_state.h"

/* At the head of a file that was not there. */
static const char introduction[] =
    "# What the viewer of memory-tracker begins with. It is written when something was changed by a key.\n";

static struct settings settings_of(const struct viewer *viewer)
{
	const struct table_view *table = &viewer->table;

	return (struct settings){.choice = table->choice,
	                         .sort = table->sort,
	                         .reversed = table->reversed,
	                         .interval = viewer->interval,
	                         .theme = viewer->theme,
	                         .mouse = viewer->mouse};
}

/* Reads the file into a buffer and into settings. Returns NULL, or why it cannot be used, perhaps in `problem`. */
static const char *read_file(const char *path, struct buffer *text, struct settings *settings,
                             char problem[SETTINGS_PROBLEM_SIZE])
{
	const char *reason = settings_file_read(path, text);

	if (reason)
		return reason;
	return settings_read(settings, text->text, text->length, problem);
}

void settings_use(struct viewer *viewer)
{
	struct settings settings = settings_of(viewer);
	char problem[SETTINGS_PROBLEM_SIZE];
	struct buffer text = {0};

	viewer->settings_path = settings_file_path();
	if (viewer->settings_path) {
		const char *reason = read_file(viewer->settings_path, &text, &settings, problem);
		if (reason)
			viewer_note(viewer, "the settings are not used: %s (%s)", reason, viewer->settings_path);
	}
	buffer_deinit(&text);
	viewer->table.choice = settings.choice;
	viewer->table.sort = settings.sort;
	viewer->table.reversed = settings.reversed;
	viewer->interval = settings.interval;
	viewer->theme = settings.theme;
	viewer->mouse = settings.mouse;
}

void settings_begin(struct viewer *viewer)
{
	viewer->kept = settings_of(viewer);
}

void settings_keep(struct viewer *viewer)
{
	struct settings now = settings_of(viewer), in_file = now;
	char problem[SETTINGS_PROBLEM_SIZE];
	struct buffer text = {0}, changed = {0};

	if (!viewer->settings_path || settings_equal(&now, &viewer->kept))
		return;
	/* It may have been changed meanwhile, by another viewer or by hand. */
	const char *reason = read_file(viewer->settings_path, &text, &in_file, problem);
	if (!reason) {
		buffer_puts(&changed, text.length ? "" : introduction);
		settings_print(&changed, &now, &viewer->kept, text.text, text.length);
		reason = changed.failed ? "there is not enough memory"
		                        : settings_file_write(viewer->settings_path, &changed);
	}
	if (reason)
		viewer_note(viewer, "the settings were not kept: %s (%s)", reason, viewer->settings_path);
	else
		viewer->kept = now;
	buffer_deinit(&text);
	buffer_deinit(&changed);
}
