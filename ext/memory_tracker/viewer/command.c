#include "viewer/command.h"

#include <inttypes.h>
#include <stdio.h>

#include "viewer/actions.h"
#include "viewer/viewer_state.h"

#define CONTROL(letter) ((letter) - 'A' + 1)
#define ANYWHERE (MODE_TABLE | MODE_FILTER | MODE_OUTPUT | MODE_HELP)
#define NOT_IN_HELP (MODE_TABLE | MODE_OUTPUT)

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
     .applies = action_has_lines,
     .run = action_move},
    {.keys = {VIEWER_KEY_PAGE_UP, VIEWER_KEY_PAGE_DOWN},
     .name = "page",
     .help = "move by a screen",
     .modes = MODE_TABLE | MODE_FILTER,
     .applies = action_has_lines,
     .run = action_move},
    {.keys = {VIEWER_KEY_HOME, VIEWER_KEY_END},
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
     .run = action_scroll_output},
    {.keys = {SCROLL_KEYS, ' '},
     .name = "scroll",
     .modes = MODE_HELP,
     .footer_keys = 2,
     .rank = 2,
     .run = action_scroll_help},
    {.keys = {VIEWER_KEY_RIGHT, VIEWER_KEY_ENTER, '+'},
     .name = "unfold",
     .help = "show what is below the line: where the objects of a class were allocated, and who called that",
     .modes = MODE_TABLE,
     .footer_keys = 1,
     .rank = 4,
     .applies = action_can_unfold,
     .run = action_unfold},
    {.keys = {VIEWER_KEY_LEFT, '-'},
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
     .run = action_toggle_source,
     .name_now = action_name_source},
    {.keys = {'/', VIEWER_KEY_F1 + 3},
     .name = "filter",
     .help = "show only classes that have a text in their name or in a call path; Enter keeps it, Esc clears it",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 5,
     .applies = action_has_numbers,
     .run = action_begin_filter},
    {.keys = {VIEWER_KEY_ENTER},
     .name = "keep the filter",
     .modes = MODE_FILTER,
     .footer_keys = 1,
     .rank = 3,
     .run = action_keep_filter},
    {.keys = {VIEWER_KEY_ESCAPE},
     .name = "back",
     .help = "close the help, the output or the source, clear the filter",
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
     .help = "sort by a column:",
     .modes = NOT_IN_HELP,
     .run = action_sort_nth},
    {.keys = {'I'}, .name = "reverse", .help = "turn the order round", .modes = NOT_IN_HELP, .run = action_reverse},
    {.keys = {'a'},
     .name = "all",
     .help = "list hidden and internal objects too, or no longer",
     .modes = NOT_IN_HELP,
     .applies = action_has_numbers,
     .run = action_toggle_internal},
    {.keys = {'g'},
     .name = "GC",
     .help = "run a full GC in the program, and say what it freed and what stayed",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 7,
     .applies = action_can_collect,
     .run = action_collect},
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
     .applies = action_is_live,
     .run = action_change_interval},
    {.keys = {'p', ' '},
     .name = "stop, go on",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 4,
     .applies = action_is_replay,
     .run = action_pause_replay},
    {.keys = {',', '.', '{', '}'},
     .name = "step, seek",
     .help = "in a recording: one look back, or further on; a tenth of it",
     .modes = NOT_IN_HELP,
     .footer_keys = 4,
     .rank = 3,
     .applies = action_is_replay,
     .run = action_move_replay},
    {.keys = {'[', ']'},
     .name = "speed",
     .modes = NOT_IN_HELP,
     .footer_keys = 2,
     .rank = 6,
     .applies = action_is_replay,
     .run = action_pace_replay},
    {.keys = {'l'},
     .name = "output",
     .help = "open or close the pane with what the program prints",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 3,
     .applies = action_has_output,
     .run = action_toggle_output,
     .name_now = action_name_output},
    {.keys = {'c'},
     .name = "console",
     .help = "give the program the whole screen and the keyboard; Ctrl-] returns",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 4,
     .applies = action_has_console,
     .run = action_open_console},
    {.keys = {VIEWER_KEY_TAB, VIEWER_KEY_BACK_TAB},
     .name = "process",
     .help = "show the next process of the program, or the previous one, and a list of them",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 6,
     .applies = action_has_processes,
     .run = action_walk_processes},
    {.keys = {'P'},
     .name = "processes",
     .help = "open or close the list of the program's processes",
     .modes = NOT_IN_HELP,
     .applies = action_has_processes,
     .run = action_toggle_processes},
    {.keys = {CONTROL('L')}, .name = "redraw", .help = "draw the screen anew", .modes = ANYWHERE, .run = action_redraw},
    {.keys = {CONTROL('Z')},
     .name = "suspend",
     .help = "give the shell back; fg returns",
     .modes = ANYWHERE,
     .applies = action_runs,
     .run = action_suspend},
    {.keys = {'?', 'h', VIEWER_KEY_F1},
     .name = "help",
     .help = "open or close this help",
     .modes = MODE_TABLE | MODE_OUTPUT | MODE_HELP,
     .footer_keys = 1,
     .rank = 2,
     .run = action_toggle_help},
    {.keys = {'q', VIEWER_KEY_ENTER}, .name = "close", .modes = MODE_HELP, .run = action_go_back},
    {.keys = {'q'},
     .name = "leave",
     .help = "leave; the program goes on",
     .modes = NOT_IN_HELP,
     .footer_keys = 1,
     .rank = 1,
     .run = action_leave},
    {.keys = {'Q'},
     .name = "quit",
     .help = "leave and end the program too",
     .modes = MODE_TABLE | MODE_OUTPUT | MODE_HELP,
     .applies = action_has_program,
     .run = action_quit},
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
