#include "input/command.h"

#include <inttypes.h>
#include <stdio.h>

#include "input/actions.h"
#include "input/viewer_control.h"
#include "screen/input_event.h"

#define CONTROL(letter) ((letter) - 'A' + 1)
#define TYPING (MODE_FILTER | MODE_FIND | MODE_NAME | MODE_OUTPUT_SEARCH)
#define PICKING (MODE_SORT | MODE_COLUMNS)
#define ANYWHERE (MODE_TABLE | MODE_OUTPUT | MODE_HELP | TYPING | PICKING)
#define NOT_IN_HELP (MODE_TABLE | MODE_OUTPUT)

#define SCROLL_KEYS                                                                                                    \
	INPUT_KEY_UP, INPUT_KEY_DOWN, 'k', 'j', INPUT_KEY_PAGE_UP, INPUT_KEY_PAGE_DOWN, INPUT_KEY_HOME, INPUT_KEY_END

const struct command command_table[] = {
    {.keys = {INPUT_KEY_UP, INPUT_KEY_DOWN, 'k', 'j'},
     .name = "move",
     .help = "select the line above or below; the selection stays with what it is on",
     .modes = MODE_TABLE | MODE_FILTER,
     .footer_keys = 2,
     .rank = 4,
     .applies = action_has_lines,
     .run = action_move},
    {.keys = {INPUT_KEY_PAGE_UP, INPUT_KEY_PAGE_DOWN},
     .name = "page",
     .help = "move by a screen",
     .modes = MODE_TABLE | MODE_FILTER,
     .applies = action_has_lines,
     .run = action_move},
    {.keys = {INPUT_KEY_HOME, INPUT_KEY_END},
     .name = "ends",
     .help = "to the first line, and stay there whatever it is; to the last line",
     .modes = MODE_TABLE | MODE_FILTER,
     .applies = action_has_lines,
     .run = action_move},
    {.keys = {SCROLL_KEYS},
     .keys_text = "all these",
     .name = "scroll",
     .help = "scroll the output while its pane is open, and this help",
     .modes = MODE_OUTPUT,
     .footer_keys = 2,
     .rank = 4,
     .applies = action_can_scroll_output,
     .run = action_scroll_output},
    {.keys = {INPUT_KEY_RIGHT, INPUT_KEY_ENTER, '+'},
     .name = "unfold",
     .help = "show what is below the line: where the objects of a class were allocated, and who called that",
     .modes = MODE_TABLE,
     .footer_keys = 1,
     .rank = 4,
     .applies = action_can_unfold,
     .run = action_unfold},
    {.keys = {INPUT_KEY_LEFT, '-'},
     .name = "fold",
     .help = "hide what is below the line, or go to the line above it in the tree",
     .modes = MODE_TABLE,
     .footer_keys = 1,
     .rank = 5,
     .applies = action_can_fold,
     .run = action_fold},
    {.keys = {'e', '*'},
     .name = "unfold more",
     .help = "unfold as long as there is only one call path; everything below the line",
     .modes = MODE_TABLE,
     .applies = action_can_unfold_more,
     .run = action_unfold},
    {.keys = {'i'},
     .name = "turn",
     .help = "begin call paths with the outermost caller, or with the allocating line",
     .modes = MODE_TABLE,
     .applies = action_has_paths,
     .run = action_turn},
    {.keys = {'v'},
     .name = "source",
     .help = "open or close the pane with the source around the selected frame",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 5,
     .applies = action_has_paths,
     .run = action_toggle_pane,
     .name_now = action_name_source},
    {.keys = {'t'},
     .name = "trend",
     .help = "open or close the pane with the trend of the selected line over the last minute",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 9,
     .applies = action_has_numbers,
     .run = action_toggle_pane,
     .name_now = action_name_graph},
    {.keys = {'/', INPUT_KEY_F1 + 3},
     .name = "filter",
     .help = "show only classes that have a text in their name or in a call path; Enter keeps it, Esc clears it",
     .modes = MODE_TABLE,
     .footer_keys = 1,
     .rank = 5,
     .run = action_begin_filter},
    {.keys = {INPUT_KEY_ENTER},
     .name = "keep the filter",
     .modes = MODE_FILTER,
     .footer_keys = 1,
     .rank = 3,
     .run = action_keep_filter},
    {.keys = {'n', 'N', INPUT_KEY_F1 + 2},
     .name = "next match",
     .help = "select the next line, or the one before, that has what was searched or filtered for",
     .modes = MODE_TABLE,
     .footer_keys = 2,
     .rank = 3,
     .applies = action_has_lines,
     .run = action_find_on,
     .name_now = action_name_find},
    {.keys = {'\\'},
     .name = "search",
     .help = "select the next line that has a text, as you type",
     .modes = MODE_TABLE,
     .applies = action_has_lines,
     .run = action_begin_find},
    {.keys = {INPUT_KEY_UP, INPUT_KEY_DOWN, INPUT_KEY_F1 + 2},
     .name = "next match",
     .modes = MODE_FIND,
     .footer_keys = 2,
     .rank = 4,
     .applies = action_can_find_on,
     .run = action_find_on},
    {.keys = {INPUT_KEY_ENTER},
     .name = "stay here",
     .modes = MODE_FIND,
     .footer_keys = 1,
     .rank = 3,
     .run = action_keep_find},
    {.keys = {INPUT_KEY_LEFT, INPUT_KEY_RIGHT, '<', '>', INPUT_KEY_BACK_TAB, INPUT_KEY_TAB},
     .name = "choose",
     .modes = PICKING,
     .footer_keys = 2,
     .rank = 4,
     .run = action_pick},
    {.keys = {' '}, .name = "toggle", .modes = MODE_COLUMNS, .footer_keys = 1, .rank = 1, .run = action_toggle_column},
    {.keys = {INPUT_KEY_ENTER}, .name = "keep", .modes = PICKING, .footer_keys = 1, .rank = 3, .run = action_keep_pick},
    {.keys = {INPUT_KEY_ESCAPE},
     .name = "back",
     .help = "close the help or a pane, clear the filter",
     .modes = ANYWHERE,
     .footer_keys = 1,
     .rank = 3,
     .applies = action_can_go_back,
     .run = action_go_back,
     .name_now = action_name_back},
    {.keys = {'<', '>'},
     .name = "sort",
     .help = "sort by the column before or after",
     .modes = NOT_IN_HELP,
     .footer_keys = 2,
     .rank = 6,
     .applies = action_has_lines,
     .run = action_sort_neighbour},
    {.keys = {'1', '2', '3', '4', '5', '6', '7', '8', '9'},
     .keys_text = "1-9",
     .name = "sort by",
     .help = "sort by a column, counted from the left",
     .modes = NOT_IN_HELP,
     .run = action_sort_nth},
    {.keys = {'s', INPUT_KEY_F1 + 5},
     .name = "pick the order",
     .help = "pick the column to sort by from a list",
     .modes = NOT_IN_HELP,
     .applies = action_has_lines,
     .run = action_begin_sort},
    {.keys = {'I'},
     .name = "reverse",
     .help = "turn the order round",
     .modes = NOT_IN_HELP | MODE_SORT,
     .run = action_reverse},
    {.keys = {'o'},
     .name = "freeze order",
     .help = "keep the order of lines while their numbers go on, or no longer; new lines go to the end",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 9,
     .applies = action_can_freeze,
     .run = action_freeze,
     .name_now = action_name_freeze},
    {.keys = {'F'},
     .name = "follow",
     .help = "keep the selected line where it is on the screen, wherever it goes in the table",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 4,
     .applies = action_has_lines,
     .run = action_follow,
     .name_now = action_name_follow},
    {.keys = {'C'},
     .name = "columns",
     .help = "choose the columns to show",
     .modes = NOT_IN_HELP,
     .applies = action_has_numbers,
     .run = action_begin_columns},
    {.keys = {'a'},
     .name = "all",
     .help = "list hidden and internal objects too, or no longer",
     .modes = NOT_IN_HELP,
     .applies = action_has_numbers,
     .run = action_toggle_internal},
    {.keys = {'g'},
     .name = "GC",
     .help = "run a full GC (asks first when attached), and say what it freed and what stayed, in all and of the "
             "selected line; two confirm growth",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 3,
     .applies = action_can_collect,
     .run = action_collect,
     .name_now = action_name_gc},
    {.keys = {'b'},
     .name = "mark",
     .help = "set a mark: the numbers that come are compared with those of this moment",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 7,
     .applies = action_can_mark,
     .run = action_set_mark},
    {.keys = {'m'},
     .name = "other mark",
     .help = "compare with another mark, of up to nine",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 10,
     .applies = action_has_other_marks,
     .run = action_other_mark},
    {.keys = {'B'},
     .name = "clear the mark",
     .help = "clear the mark that is compared with",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 10,
     .applies = action_has_marks,
     .run = action_clear_mark},
    {.keys = {'d'},
     .name = "deltas",
     .help = "show counts as changes since the mark, or as they are",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 9,
     .applies = action_has_marks,
     .run = action_toggle_deltas,
     .name_now = action_name_deltas},
    {.keys = {'p', ' '},
     .name = "pause",
     .help = "keep the screen as it is, or let it go on; counting goes on meanwhile",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 8,
     .applies = action_can_pause,
     .run = action_pause_or_go_on,
     .name_now = action_name_pause},
    {.keys = {'[', ']'},
     .name = "interval",
     .help = "take numbers more often, or less often; a recording goes slower, or faster",
     .modes = NOT_IN_HELP,
     .footer_keys = 2,
     .rank = 7,
     .applies = action_can_change_interval,
     .run = action_change_interval,
     .name_now = action_name_interval},
    {.keys = {',', '.', '{', '}'},
     .name = "step, seek",
     .help = "in a recording: one look back, or further on; a tenth of it",
     .modes = NOT_IN_HELP,
     .footer_keys = 4,
     .rank = 3,
     .applies = action_is_replay,
     .run = action_move_replay},
    {.keys = {'l'},
     .name = "output",
     .help = "open or close the pane with what the program prints, unless it was attached to",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 3,
     .applies = action_has_output,
     .run = action_toggle_pane,
     .name_now = action_name_output},
    {.keys = {'c'},
     .name = "console",
     .help = "give a launched program the whole screen and the keyboard; Ctrl-] returns",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 4,
     .applies = action_has_console,
     .run = action_open_console},
    {.keys = {INPUT_KEY_TAB, INPUT_KEY_BACK_TAB},
     .name = "process",
     .help = "show the next process of a launched program, or the previous one, and a list of them",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 4,
     .applies = action_has_processes,
     .run = action_walk_processes},
    {.keys = {'P'},
     .name = "processes",
     .help = "open or close the list of a launched program's processes",
     .modes = NOT_IN_HELP,
     .applies = action_has_processes,
     .run = action_toggle_pane},
    {.keys = {'w'},
     .name = "write",
     .help = "write what is shown to a file: all lines of the table, as text or as JSON",
     .modes = NOT_IN_HELP,
     .applies = action_has_numbers,
     .run = action_begin_write},
    {.keys = {INPUT_KEY_ENTER},
     .name = "write",
     .modes = MODE_NAME,
     .footer_keys = 1,
     .rank = 3,
     .applies = action_has_numbers,
     .run = action_write},
    {.keys = {INPUT_KEY_TAB},
     .name = "format",
     .modes = MODE_NAME,
     .footer_keys = 1,
     .rank = 4,
     .run = action_change_format,
     .name_now = action_name_format},
    {.keys = {'T'},
     .name = "theme",
     .help = "another look of the colours: for dark or light backgrounds, high-contrast, or none",
     .modes = NOT_IN_HELP,
     .run = action_change_theme},
    {.keys = {'/', INPUT_KEY_F1 + 3},
     .name = "search",
     .help = "while the output is open: search it from the newest line on; Enter keeps what was found, Esc ends it",
     .modes = MODE_OUTPUT,
     .footer_keys = 1,
     .rank = 4,
     .applies = action_can_search,
     .run = action_begin_search},
    {.keys = {'n', 'N', INPUT_KEY_F1 + 2},
     .name = "next",
     .help = "the next line of the output that has it: an older one, a newer one",
     .modes = MODE_OUTPUT,
     .footer_keys = 2,
     .rank = 3,
     .applies = action_has_search,
     .run = action_search_next},
    {.keys = {INPUT_KEY_UP, INPUT_KEY_DOWN},
     .name = "next",
     .modes = MODE_OUTPUT_SEARCH,
     .footer_keys = 2,
     .rank = 4,
     .applies = action_has_search,
     .run = action_search_next},
    {.keys = {INPUT_KEY_ENTER},
     .name = "keep the search",
     .modes = MODE_OUTPUT_SEARCH,
     .footer_keys = 1,
     .rank = 3,
     .run = action_keep_search},
    {.keys = {SCROLL_KEYS, ' '},
     .name = "scroll",
     .modes = MODE_HELP,
     .footer_keys = 2,
     .rank = 2,
     .run = action_scroll_help},
    {.keys = {'M'},
     .name = "mouse",
     .help = "use the mouse, or leave it to the terminal: click lines, titles and fold marks, turn the wheel",
     .modes = MODE_TABLE | MODE_OUTPUT | MODE_HELP,
     .run = action_toggle_mouse},
    {.keys = {CONTROL('L')}, .name = "redraw", .help = "draw the screen anew", .modes = ANYWHERE, .run = action_redraw},
    {.keys = {CONTROL('Z')},
     .name = "suspend",
     .help = "give the shell back; fg returns",
     .modes = ANYWHERE,
     .applies = action_runs,
     .run = action_suspend},
    {.keys = {'?', 'h', INPUT_KEY_F1},
     .name = "help",
     .help = "open or close this help",
     .modes = MODE_TABLE | MODE_OUTPUT | MODE_HELP,
     .footer_keys = 1,
     .rank = 2,
     .run = action_toggle_help},
    {.keys = {'q', INPUT_KEY_ENTER}, .name = "close", .modes = MODE_HELP, .run = action_go_back},
    {.keys = {'q'},
     .name = "leave",
     .help = "leave; the program goes on",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 1,
     .run = action_leave},
    {.keys = {'Q'},
     .name = "quit",
     .help = "end the program and leave (asks first)",
     .modes = MODE_TABLE | MODE_OUTPUT | MODE_HELP,
     .applies = action_has_program,
     .run = action_quit},
    {.keys = {'y', 'Y'}, .name = "yes", .modes = MODE_QUESTION, .run = action_confirm},
};

const size_t command_count = sizeof command_table / sizeof *command_table;

bool command_applies(const struct command *command, const struct viewer *viewer)
{
	return (command->modes & viewer_status(viewer).mode) && (!command->applies || command->applies(viewer));
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

	if (key <= INPUT_KEY_RIGHT && key >= INPUT_KEY_UP && charset == TEXT_UTF8)
		snprintf(out, COMMAND_NAME_SIZE, "%s", arrows[key - INPUT_KEY_UP]);
	else if (key >= INPUT_KEY_F1 && key <= INPUT_KEY_F12)
		snprintf(out, COMMAND_NAME_SIZE, "F%" PRIu32, key - INPUT_KEY_F1 + 1);
	else if (key >= INPUT_KEY_UP && key < INPUT_KEY_F1)
		snprintf(out, COMMAND_NAME_SIZE, "%s", names[key - INPUT_KEY_UP]);
	else if (key == ' ')
		snprintf(out, COMMAND_NAME_SIZE, "space");
	else if (key < ' ')
		snprintf(out, COMMAND_NAME_SIZE, "^%c", (char)(key + '@'));
	else
		snprintf(out, COMMAND_NAME_SIZE, "%c", (char)key);
}

/* The longest name of a key, "Backspace", with the blank before it. */
#define KEY_NAME_MOST 10

_Static_assert(COMMAND_KEYS *KEY_NAME_MOST <= FOOTER_KEYS_SIZE, "the footer has room for the keys of any command");
_Static_assert(FOOTER_KEYS_SIZE <= HELP_KEYS_SIZE, "and the help has");

/* So many of a command's keys, by their names. */
static void name_keys(const struct command *command, size_t count, enum text_charset charset,
                      char out[FOOTER_KEYS_SIZE])
{
	size_t length = 0;

	out[0] = '\0';
	for (size_t i = 0; i < count && i < COMMAND_KEYS && command->keys[i]; i++) {
		char key[COMMAND_NAME_SIZE];

		command_key_name(key, command->keys[i], charset);
		length += (size_t)snprintf(out + length, FOOTER_KEYS_SIZE - length, i ? " %s" : "%s", key);
	}
}

size_t command_footer(const struct viewer *viewer, enum text_charset charset,
                      struct footer_command out[FOOTER_COMMANDS])
{
	size_t count = 0;

	for (size_t i = 0; i < command_count && count < FOOTER_COMMANDS; i++) {
		const struct command *command = &command_table[i];

		if (!command->footer_keys || !command_applies(command, viewer))
			continue;
		name_keys(command, command->footer_keys, charset, out[count].keys);
		out[count].rank = command->rank;
		if (command->name_now)
			command->name_now(viewer, out[count].name);
		else
			snprintf(out[count].name, COMMAND_NAME_SIZE, "%s", command->name);
		count += out[count].name[0] != '\0';
	}
	return count;
}

size_t command_help(enum text_charset charset, struct help_command out[HELP_COMMANDS])
{
	size_t count = 0;

	for (size_t i = 0; i < command_count && count < HELP_COMMANDS; i++) {
		const struct command *command = &command_table[i];

		if (!command->help)
			continue;
		name_keys(command, COMMAND_KEYS, charset, out[count].keys);
		if (command->keys_text)
			snprintf(out[count].keys, HELP_KEYS_SIZE, "%s", command->keys_text);
		out[count].text = command->help;
		out[count++].takes_a_column = command->run == action_sort_nth;
	}
	return count;
}
