/*
 * What commands do, ask and are called: the functions that the rows of command.c point to, and what the mouse does.
 *
 * Each group of them has a file: table, order, find, mark and mouse actions are about the table, output actions about
 * that pane, question actions ask before they end or stop the program, program actions are for one in another process,
 * replay actions for recordings, write actions for files, view actions for the rest of the screen. All work on the viewer
 * through viewer_control.h.
 */
#ifndef MEMORY_TRACKER_INPUT_ACTIONS_H
#define MEMORY_TRACKER_INPUT_ACTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "input/command_name.h"
#include "input/request.h"
#include "screen/input_event.h"

struct viewer;

/* Whether there is something to do now: struct command's `applies`. */
bool action_has_lines(const struct viewer *viewer);
bool action_has_numbers(const struct viewer *viewer);
bool action_can_collect(const struct viewer *viewer);
bool action_can_pause(const struct viewer *viewer);
bool action_can_go_back(const struct viewer *viewer);
bool action_runs(const struct viewer *viewer);
bool action_can_unfold(const struct viewer *viewer);
bool action_can_unfold_more(const struct viewer *viewer);
bool action_can_fold(const struct viewer *viewer);
bool action_has_console(const struct viewer *viewer);
bool action_has_processes(const struct viewer *viewer);
bool action_has_paths(const struct viewer *viewer);
bool action_can_mark(const struct viewer *viewer);
bool action_has_marks(const struct viewer *viewer);
bool action_has_other_marks(const struct viewer *viewer);

bool action_can_freeze(const struct viewer *viewer);
bool action_can_find_on(const struct viewer *viewer);
bool action_can_scroll_output(const struct viewer *viewer);
bool action_can_search(const struct viewer *viewer);
bool action_has_search(const struct viewer *viewer);

/* Searches for nothing any more. */
void action_end_search(struct viewer *viewer);

/* Does what the mouse was used for. */
void action_mouse(struct viewer *viewer, const struct input_event *input);

bool action_has_output(const struct viewer *viewer);
bool action_has_program(const struct viewer *viewer);
bool action_can_change_interval(const struct viewer *viewer);
bool action_is_live(const struct viewer *viewer);
bool action_is_replay(const struct viewer *viewer);

/* What is done: struct command's `run`. */
enum viewer_request action_toggle_mouse(struct viewer *viewer, uint32_t key);
enum viewer_request action_move(struct viewer *viewer, uint32_t key);
enum viewer_request action_scroll_output(struct viewer *viewer, uint32_t key);
enum viewer_request action_scroll_help(struct viewer *viewer, uint32_t key);
enum viewer_request action_sort_neighbour(struct viewer *viewer, uint32_t key);
enum viewer_request action_sort_nth(struct viewer *viewer, uint32_t key);
enum viewer_request action_reverse(struct viewer *viewer, uint32_t key);
enum viewer_request action_unfold(struct viewer *viewer, uint32_t key);
enum viewer_request action_fold(struct viewer *viewer, uint32_t key);
enum viewer_request action_invert(struct viewer *viewer, uint32_t key);
enum viewer_request action_begin_filter(struct viewer *viewer, uint32_t key);
enum viewer_request action_toggle_internal(struct viewer *viewer, uint32_t key);
enum viewer_request action_collect(struct viewer *viewer, uint32_t key);
enum viewer_request action_pause_or_go_on(struct viewer *viewer, uint32_t key);
enum viewer_request action_change_interval(struct viewer *viewer, uint32_t key);
enum viewer_request action_toggle_pane(struct viewer *viewer, uint32_t key);
enum viewer_request action_open_console(struct viewer *viewer, uint32_t key);
enum viewer_request action_walk_processes(struct viewer *viewer, uint32_t key);
enum viewer_request action_set_mark(struct viewer *viewer, uint32_t key);
enum viewer_request action_clear_mark(struct viewer *viewer, uint32_t key);
enum viewer_request action_other_mark(struct viewer *viewer, uint32_t key);
enum viewer_request action_toggle_deltas(struct viewer *viewer, uint32_t key);
enum viewer_request action_begin_search(struct viewer *viewer, uint32_t key);
enum viewer_request action_keep_search(struct viewer *viewer, uint32_t key);
enum viewer_request action_search_next(struct viewer *viewer, uint32_t key);
enum viewer_request action_toggle_help(struct viewer *viewer, uint32_t key);
enum viewer_request action_go_back(struct viewer *viewer, uint32_t key);
enum viewer_request action_keep_filter(struct viewer *viewer, uint32_t key);
enum viewer_request action_change_theme(struct viewer *viewer, uint32_t key);
enum viewer_request action_redraw(struct viewer *viewer, uint32_t key);
enum viewer_request action_suspend(struct viewer *viewer, uint32_t key);
enum viewer_request action_leave(struct viewer *viewer, uint32_t key);
enum viewer_request action_quit(struct viewer *viewer, uint32_t key);
enum viewer_request action_confirm(struct viewer *viewer, uint32_t key);
enum viewer_request action_freeze(struct viewer *viewer, uint32_t key);
enum viewer_request action_follow(struct viewer *viewer, uint32_t key);
enum viewer_request action_begin_sort(struct viewer *viewer, uint32_t key);
enum viewer_request action_begin_columns(struct viewer *viewer, uint32_t key);
enum viewer_request action_pick(struct viewer *viewer, uint32_t key);
enum viewer_request action_toggle_column(struct viewer *viewer, uint32_t key);
enum viewer_request action_keep_pick(struct viewer *viewer, uint32_t key);
enum viewer_request action_leave_picker(struct viewer *viewer, uint32_t key);
enum viewer_request action_begin_find(struct viewer *viewer, uint32_t key);
enum viewer_request action_begin_write(struct viewer *viewer, uint32_t key);
enum viewer_request action_change_format(struct viewer *viewer, uint32_t key);
enum viewer_request action_write(struct viewer *viewer, uint32_t key);
enum viewer_request action_find_on(struct viewer *viewer, uint32_t key);
enum viewer_request action_keep_find(struct viewer *viewer, uint32_t key);
enum viewer_request action_leave_find(struct viewer *viewer, uint32_t key);

/* What to search for has changed while it is typed: in the table, in the output. */
void action_find_changed(struct viewer *viewer);
void action_search_changed(struct viewer *viewer);

enum viewer_request action_move_replay(struct viewer *viewer, uint32_t key);

/* What it is called now: struct command's `name_now`. */
void action_name_back(const struct viewer *viewer, char out[COMMAND_NAME_SIZE]);
void action_name_source(const struct viewer *viewer, char out[COMMAND_NAME_SIZE]);
void action_name_format(const struct viewer *viewer, char out[COMMAND_NAME_SIZE]);
void action_name_freeze(const struct viewer *viewer, char out[COMMAND_NAME_SIZE]);
void action_name_find(const struct viewer *viewer, char out[COMMAND_NAME_SIZE]);
void action_name_follow(const struct viewer *viewer, char out[COMMAND_NAME_SIZE]);
void action_name_gc(const struct viewer *viewer, char out[COMMAND_NAME_SIZE]);
void action_name_graph(const struct viewer *viewer, char out[COMMAND_NAME_SIZE]);
void action_name_deltas(const struct viewer *viewer, char out[COMMAND_NAME_SIZE]);
void action_name_interval(const struct viewer *viewer, char out[COMMAND_NAME_SIZE]);
void action_name_pause(const struct viewer *viewer, char out[COMMAND_NAME_SIZE]);
void action_name_output(const struct viewer *viewer, char out[COMMAND_NAME_SIZE]);

#endif
