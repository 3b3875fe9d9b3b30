#include "viewer/command.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "viewer/format.h"
#include "viewer/viewer_state.h"

#define CONTROL(letter) ((letter) - 'A' + 1)
#define ANYWHERE (MODE_TABLE | MODE_FILTER | MODE_OUTPUT | MODE_HELP)
#define NOT_IN_HELP (MODE_TABLE | MODE_OUTPUT)

static const double intervals[] = {0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60};

#define INTERVALS (sizeof intervals / sizeof *intervals)

static bool has_lines(const struct viewer *viewer)
{
	return viewer->table.tree.count > 0;
}

static bool has_filter(const struct viewer *viewer)
{
	return viewer->table.filter.length > 0;
}

static bool has_numbers(const struct viewer *viewer)
{
	return viewer->latest.snapshot != NULL;
}

static bool can_collect(const struct viewer *viewer)
{
	return viewer_goes_on(viewer) && viewer->gc.stage != GC_RUNNING;
}

static bool can_pause(const struct viewer *viewer)
{
	return viewer->still || viewer_goes_on(viewer);
}

static bool can_go_back(const struct viewer *viewer)
{
	return viewer->mode != MODE_TABLE || viewer->source.open || has_filter(viewer);
}

static bool runs(const struct viewer *viewer)
{
	return !viewer->ended;
}

static long page(unsigned height)
{
	return height > 1 ? (long)height - 1 : 1;
}

static enum viewer_request move(struct viewer *viewer, uint32_t key)
{
	struct table_view *table = &viewer->table;

	if (key == VIEWER_KEY_HOME)
		table_view_home(table);
	else if (key == VIEWER_KEY_END)
		table_view_end(table);
	else if (key == VIEWER_KEY_PAGE_UP || key == VIEWER_KEY_PAGE_DOWN)
		table_view_move(table, key == VIEWER_KEY_PAGE_UP ? -page(table->height) : page(table->height));
	else
		table_view_move(table, key == VIEWER_KEY_UP || key == 'k' ? -1 : 1);
	return VIEWER_NOTHING;
}

/* How far a key moves what is scrolled. */
static long distance(uint32_t key, unsigned height)
{
	switch (key) {
	case VIEWER_KEY_HOME:
		return LONG_MIN;
	case VIEWER_KEY_END:
		return LONG_MAX;
	case VIEWER_KEY_PAGE_UP:
		return -page(height);
	case VIEWER_KEY_PAGE_DOWN:
	case ' ':
		return page(height);
	default:
		return key == VIEWER_KEY_UP || key == 'k' ? -1 : 1;
	}
}

static enum viewer_request scroll_output(struct viewer *viewer, uint32_t key)
{
	output_view_scroll(&viewer->pane, &viewer->output, distance(key, viewer->pane.height));
	return VIEWER_NOTHING;
}

static enum viewer_request scroll_help(struct viewer *viewer, uint32_t key)
{
	help_view_scroll(&viewer->help, distance(key, viewer->help.height));
	return VIEWER_NOTHING;
}

static enum viewer_request sort_neighbour(struct viewer *viewer, uint32_t key)
{
	table_view_sort(&viewer->table, table_view_neighbour(&viewer->table, key == '<' ? -1 : 1));
	return VIEWER_NOTHING;
}

static enum viewer_request sort_nth(struct viewer *viewer, uint32_t key)
{
	const struct column *column = table_view_nth(key - '1');

	if (column)
		table_view_sort(&viewer->table, column);
	else
		viewer_note(viewer, "there is no column %c to sort by", (char)key);
	return VIEWER_NOTHING;
}

static enum viewer_request reverse(struct viewer *viewer, uint32_t key)
{
	table_view_reverse(&viewer->table);
	return VIEWER_NOTHING;
}

static bool can_unfold(const struct viewer *viewer)
{
	const struct column_line *line = table_view_selected(&viewer->table);

	return line && line->path.below && !line->path.unfolded;
}

static bool can_unfold_more(const struct viewer *viewer)
{
	const struct column_line *line = table_view_selected(&viewer->table);

	return line && line->path.below;
}

static bool can_fold(const struct viewer *viewer)
{
	const struct column_line *line = table_view_selected(&viewer->table);

	return line && (line->path.depth || line->path.unfolded);
}

static bool has_paths(const struct viewer *viewer)
{
	const struct snapshot_header *snapshot = viewer_shown(viewer)->snapshot;

	return snapshot && snapshot->node_count;
}

static enum viewer_request unfold(struct viewer *viewer, uint32_t key)
{
	enum table_unfold how = key == '*' ? TABLE_UNFOLD_ALL : key == 'e' ? TABLE_UNFOLD_CHAIN : TABLE_UNFOLD_ONE;

	if (!table_view_unfold(&viewer->table, how))
		viewer_note(viewer, "there is not enough memory to unfold this");
	return VIEWER_NOTHING;
}

static enum viewer_request fold(struct viewer *viewer, uint32_t key)
{
	table_view_fold(&viewer->table);
	return VIEWER_NOTHING;
}

static enum viewer_request turn(struct viewer *viewer, uint32_t key)
{
	table_view_turn(&viewer->table);
	viewer_note(viewer, viewer->table.tree.turned
	                        ? "call paths begin with the outermost caller, the allocating line is at their end"
	                        : "call paths begin with the allocating line");
	return VIEWER_NOTHING;
}

static enum viewer_request begin_filter(struct viewer *viewer, uint32_t key)
{
	viewer->mode = MODE_FILTER;
	return VIEWER_NOTHING;
}

static enum viewer_request toggle_internal(struct viewer *viewer, uint32_t key)
{
	viewer->table.internal = !viewer->table.internal;
	table_view_refresh(&viewer->table, viewer_shown(viewer));
	viewer_note(viewer, viewer->table.internal ? "hidden and internal objects are listed too"
	                                           : "hidden and internal objects are not listed");
	return VIEWER_NOTHING;
}

static enum viewer_request collect(struct viewer *viewer, uint32_t key)
{
	const struct column_line *line = table_view_selected(&viewer->table);

	const struct snapshot_header *shown = viewer_shown(viewer)->snapshot;

	gc_report_ask(&viewer->gc, viewer->latest.snapshot,
	              line ? &snapshot_classes(shown)[line->class_index].id : NULL);
	return VIEWER_GC;
}

static enum viewer_request pause_or_go_on(struct viewer *viewer, uint32_t key)
{
	if (viewer->still)
		viewer_go_on(viewer);
	else if (!viewer_pause(viewer))
		viewer_note(viewer, "there is not enough memory to pause");
	return VIEWER_NOTHING;
}

static enum viewer_request change_interval(struct viewer *viewer, uint32_t key)
{
	double interval = viewer->interval;

	if (key == '[') {
		for (size_t i = 0; i < INTERVALS && intervals[i] < viewer->interval; i++)
			interval = intervals[i];
	} else {
		for (size_t i = INTERVALS; i-- && intervals[i] > viewer->interval;)
			interval = intervals[i];
	}
	if (interval == viewer->interval)
		return VIEWER_NOTHING;
	viewer->interval = interval;
	return VIEWER_INTERVAL;
}

/* What lies below what is closed. */
static enum viewer_mode ground(const struct viewer *viewer)
{
	return viewer->pane.open ? MODE_OUTPUT : MODE_TABLE;
}

static enum viewer_request toggle_source(struct viewer *viewer, uint32_t key)
{
	viewer->source.open = !viewer->source.open;
	viewer->source.stale = true;
	viewer->pane.open = false;
	viewer->mode = MODE_TABLE;
	return VIEWER_NOTHING;
}

static enum viewer_request toggle_output(struct viewer *viewer, uint32_t key)
{
	viewer->source.open = false;
	viewer->pane.open = !viewer->pane.open;
	viewer->pane.above = 0;
	viewer->mode = ground(viewer);
	return VIEWER_NOTHING;
}

static enum viewer_request toggle_help(struct viewer *viewer, uint32_t key)
{
	viewer->help.top = 0;
	viewer->mode = viewer->mode == MODE_HELP ? ground(viewer) : MODE_HELP;
	return VIEWER_NOTHING;
}

static enum viewer_request go_back(struct viewer *viewer, uint32_t key)
{
	if (viewer->mode == MODE_HELP)
		return toggle_help(viewer, key);
	if (viewer->mode == MODE_OUTPUT)
		return toggle_output(viewer, key);
	if (viewer->mode == MODE_TABLE && viewer->source.open)
		return toggle_source(viewer, key);
	viewer->mode = ground(viewer);
	viewer->table.filter.length = 0;
	table_view_refresh(&viewer->table, viewer_shown(viewer));
	return VIEWER_NOTHING;
}

static enum viewer_request keep_filter(struct viewer *viewer, uint32_t key)
{
	viewer->mode = ground(viewer);
	return VIEWER_NOTHING;
}

static enum viewer_request redraw(struct viewer *viewer, uint32_t key)
{
	return VIEWER_REDRAW;
}

static enum viewer_request suspend(struct viewer *viewer, uint32_t key)
{
	return VIEWER_SUSPEND;
}

static enum viewer_request leave(struct viewer *viewer, uint32_t key)
{
	return VIEWER_LEAVE;
}

static enum viewer_request quit(struct viewer *viewer, uint32_t key)
{
	return VIEWER_QUIT;
}

/* While the output is open the key that opened it is the one to name. */
static void name_back(const struct viewer *viewer, char out[COMMAND_NAME_SIZE])
{
	if (viewer->mode == MODE_OUTPUT)
		out[0] = '\0';
	else
		snprintf(out, COMMAND_NAME_SIZE, "%s",
		         viewer->mode == MODE_HELP                           ? "close"
		         : viewer->mode == MODE_TABLE && viewer->source.open ? "close the source"
		                                                             : "clear the filter");
}

static void name_source(const struct viewer *viewer, char out[COMMAND_NAME_SIZE])
{
	const struct column_line *line = table_view_selected(&viewer->table);

	/* On a class there is nothing to see, and an open pane is closed with Esc as everything is. */
	snprintf(out, COMMAND_NAME_SIZE, "%s", !viewer->source.open && line && line->path.depth ? "source" : "");
}

static void name_pause(const struct viewer *viewer, char out[COMMAND_NAME_SIZE])
{
	snprintf(out, COMMAND_NAME_SIZE, "%s", viewer->still ? "go on" : "pause");
}

static void name_output(const struct viewer *viewer, char out[COMMAND_NAME_SIZE])
{
	char count[FORMAT_SIZE];

	format_count(count, output_view_unseen(&viewer->pane, &viewer->output));
	if (viewer->pane.open)
		snprintf(out, COMMAND_NAME_SIZE, "close");
	else if (output_view_unseen(&viewer->pane, &viewer->output))
		snprintf(out, COMMAND_NAME_SIZE, "output (%s new)", count);
	else
		snprintf(out, COMMAND_NAME_SIZE, "output");
}

#define SCROLL_KEYS                                                                                                    \
	VIEWER_KEY_UP, VIEWER_KEY_DOWN, 'k', 'j', VIEWER_KEY_PAGE_UP, VIEWER_KEY_PAGE_DOWN, VIEWER_KEY_HOME,           \
	    VIEWER_KEY_END

const struct command command_table[] = {
    {.keys = {VIEWER_KEY_UP, VIEWER_KEY_DOWN, 'k', 'j'},
     .name = "move",
     .help = "select the line above or below; the selection stays with what it is on",
     .modes = MODE_TABLE | MODE_FILTER,
     .footer_keys = 2,
     .rank = 4,
     .applies = has_lines,
     .run = move},
    {.keys = {VIEWER_KEY_PAGE_UP, VIEWER_KEY_PAGE_DOWN},
     .name = "page",
     .help = "move by a screen",
     .modes = MODE_TABLE | MODE_FILTER,
     .applies = has_lines,
     .run = move},
    {.keys = {VIEWER_KEY_HOME, VIEWER_KEY_END},
     .name = "ends",
     .help = "to the first line, and stay there whatever it is; to the last line",
     .modes = MODE_TABLE | MODE_FILTER,
     .applies = has_lines,
     .run = move},
    {.keys = {SCROLL_KEYS},
     .keys_text = "all these",
     .name = "scroll",
     .help = "scroll the output while its pane is open, and this help",
     .modes = MODE_OUTPUT,
     .footer_keys = 2,
     .rank = 4,
     .run = scroll_output},
    {.keys = {SCROLL_KEYS, ' '}, .name = "scroll", .modes = MODE_HELP, .footer_keys = 2, .rank = 2, .run = scroll_help},
    {.keys = {VIEWER_KEY_RIGHT, VIEWER_KEY_ENTER, '+'},
     .name = "unfold",
     .help = "show what is below the line: where the objects of a class were allocated, and who called that",
     .modes = MODE_TABLE,
     .footer_keys = 1,
     .rank = 4,
     .applies = can_unfold,
     .run = unfold},
    {.keys = {VIEWER_KEY_LEFT, '-'},
     .name = "fold",
     .help = "hide what is below the line, or go to the line above it in the tree",
     .modes = MODE_TABLE,
     .footer_keys = 1,
     .rank = 5,
     .applies = can_fold,
     .run = fold},
    {.keys = {'e', '*'},
     .name = "unfold more",
     .help = "unfold as long as there is only one call path; everything below the line",
     .modes = MODE_TABLE,
     .applies = can_unfold_more,
     .run = unfold},
    {.keys = {'i'},
     .name = "turn",
     .help = "begin call paths with the outermost caller, or with the allocating line",
     .modes = MODE_TABLE,
     .applies = has_paths,
     .run = turn},
    {.keys = {'v'},
     .name = "source",
     .help = "open or close the pane with the source around the selected frame",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 5,
     .applies = has_paths,
     .run = toggle_source,
     .name_now = name_source},
    {.keys = {'/', VIEWER_KEY_F1 + 3},
     .name = "filter",
     .help = "show only classes that have a text in their name or in a call path; Enter keeps it, Esc clears it",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 5,
     .applies = has_numbers,
     .run = begin_filter},
    {.keys = {VIEWER_KEY_ENTER},
     .name = "keep the filter",
     .modes = MODE_FILTER,
     .footer_keys = 1,
     .rank = 3,
     .run = keep_filter},
    {.keys = {VIEWER_KEY_ESCAPE},
     .name = "back",
     .help = "close the help, the output or the source, clear the filter",
     .modes = ANYWHERE,
     .footer_keys = 1,
     .rank = 3,
     .applies = can_go_back,
     .run = go_back,
     .name_now = name_back},
    {.keys = {'<', '>'},
     .name = "sort",
     .help = "sort by the column before or after",
     .modes = NOT_IN_HELP,
     .footer_keys = 2,
     .rank = 6,
     .applies = has_lines,
     .run = sort_neighbour},
    {.keys = {'1', '2', '3', '4', '5', '6', '7', '8', '9'},
     .keys_text = "1-9",
     .name = "sort by",
     .help = "sort by a column:",
     .modes = NOT_IN_HELP,
     .run = sort_nth},
    {.keys = {'I'}, .name = "reverse", .help = "turn the order round", .modes = NOT_IN_HELP, .run = reverse},
    {.keys = {'a'},
     .name = "all",
     .help = "list hidden and internal objects too, or no longer",
     .modes = NOT_IN_HELP,
     .applies = has_numbers,
     .run = toggle_internal},
    {.keys = {'g'},
     .name = "GC",
     .help = "run a full GC in the program, and say what it freed and what stayed",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 7,
     .applies = can_collect,
     .run = collect},
    {.keys = {'p', ' '},
     .name = "pause",
     .help = "keep the screen as it is, or let it go on; counting goes on meanwhile",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 8,
     .applies = can_pause,
     .run = pause_or_go_on,
     .name_now = name_pause},
    {.keys = {'[', ']'},
     .name = "interval",
     .help = "take numbers more often, or less often",
     .modes = NOT_IN_HELP,
     .applies = viewer_goes_on,
     .run = change_interval},
    {.keys = {'l'},
     .name = "output",
     .help = "open or close the pane with what the program prints",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 3,
     .run = toggle_output,
     .name_now = name_output},
    {.keys = {CONTROL('L')}, .name = "redraw", .help = "draw the screen anew", .modes = ANYWHERE, .run = redraw},
    {.keys = {CONTROL('Z')},
     .name = "suspend",
     .help = "give the shell back; fg returns",
     .modes = ANYWHERE,
     .applies = runs,
     .run = suspend},
    {.keys = {'?', 'h', VIEWER_KEY_F1},
     .name = "help",
     .help = "open or close this help",
     .modes = MODE_TABLE | MODE_OUTPUT | MODE_HELP,
     .footer_keys = 1,
     .rank = 2,
     .run = toggle_help},
    {.keys = {'q', VIEWER_KEY_ENTER}, .name = "close", .modes = MODE_HELP, .run = go_back},
    {.keys = {'q'},
     .name = "leave",
     .help = "leave; the program goes on",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 1,
     .run = leave},
    {.keys = {'Q'},
     .name = "quit",
     .help = "leave and end the program too",
     .modes = MODE_TABLE | MODE_OUTPUT | MODE_HELP,
     .run = quit},
};

const size_t command_count = sizeof command_table / sizeof *command_table;

bool command_applies(const struct command *command, const struct viewer *viewer)
{
	return (command->modes & viewer->mode) && (!command->applies || command->applies(viewer));
}

const struct command *command_find(const struct viewer *viewer, uint32_t key)
{
	for (size_t i = 0; key && i < command_count; i++) {
		for (size_t k = 0; k < COMMAND_KEYS; k++) {
			if (command_table[i].keys[k] == key && command_applies(&command_table[i], viewer))
				return &command_table[i];
		}
	}
	return NULL;
}

void command_key_name(char out[COMMAND_NAME_SIZE], uint32_t key, enum text_charset charset)
{
	static const char *const names[] = {"Up",  "Down",      "Left",   "Right", "PgUp", "PgDn", "Home",
	                                    "End", "Backspace", "Delete", "Enter", "Esc",  "Tab",  "S-Tab"};
	static const char *const arrows[] = {"↑", "↓", "←", "→"};

	if (key <= VIEWER_KEY_RIGHT && key >= VIEWER_KEY_UP && charset == TEXT_UTF8)
		snprintf(out, COMMAND_NAME_SIZE, "%s", arrows[key - VIEWER_KEY_UP]);
	else if (key >= VIEWER_KEY_F1 && key <= VIEWER_KEY_F12)
		snprintf(out, COMMAND_NAME_SIZE, "F%" PRIu32, key - VIEWER_KEY_F1 + 1);
	else if (key >= VIEWER_KEY_UP && key < VIEWER_KEY_F1)
		snprintf(out, COMMAND_NAME_SIZE, "%s", names[key - VIEWER_KEY_UP]);
	else if (key == ' ')
		snprintf(out, COMMAND_NAME_SIZE, "space");
	else if (key < ' ')
		snprintf(out, COMMAND_NAME_SIZE, "^%c", (char)(key + '@'));
	else
		snprintf(out, COMMAND_NAME_SIZE, "%c", (char)key);
}
