/*
 * What commands do, ask and are called: the functions that the rows of command.c point to. Those of the table are in
 * table_actions.c, those for a program in another process in program_actions.c, the rest in view_actions.c.
 */
#ifndef MEMORY_TRACKER_VIEWER_ACTIONS_H
#define MEMORY_TRACKER_VIEWER_ACTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "viewer/command.h"
#include "viewer/viewer.h"

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

bool action_has_output(const struct viewer *viewer);
bool action_has_program(const struct viewer *viewer);
bool action_is_live(const struct viewer *viewer);
bool action_is_replay(const struct viewer *viewer);

/* What is done: struct command's `run`. */
enum viewer_request action_move(struct viewer *viewer, uint32_t key);
enum viewer_request action_scroll_output(struct viewer *viewer, uint32_t key);
enum viewer_request action_scroll_help(struct viewer *viewer, uint32_t key);
enum viewer_request action_sort_neighbour(struct viewer *viewer, uint32_t key);
enum viewer_request action_sort_nth(struct viewer *viewer, uint32_t key);
enum viewer_request action_reverse(struct viewer *viewer, uint32_t key);
enum viewer_request action_unfold(struct viewer *viewer, uint32_t key);
enum viewer_request action_fold(struct viewer *viewer, uint32_t key);
enum viewer_request action_turn(struct viewer *viewer, uint32_t key);
enum viewer_request action_begin_filter(struct viewer *viewer, uint32_t key);
enum viewer_request action_toggle_internal(struct viewer *viewer, uint32_t key);
enum viewer_request action_collect(struct viewer *viewer, uint32_t key);
enum viewer_request action_pause_or_go_on(struct viewer *viewer, uint32_t key);
enum viewer_request action_change_interval(struct viewer *viewer, uint32_t key);
enum viewer_request action_toggle_source(struct viewer *viewer, uint32_t key);
enum viewer_request action_open_console(struct viewer *viewer, uint32_t key);
enum viewer_request action_walk_processes(struct viewer *viewer, uint32_t key);
enum viewer_request action_toggle_processes(struct viewer *viewer, uint32_t key);
enum viewer_request action_toggle_output(struct viewer *viewer, uint32_t key);
enum viewer_request action_toggle_help(struct viewer *viewer, uint32_t key);
enum viewer_request action_go_back(struct viewer *viewer, uint32_t key);
enum viewer_request action_keep_filter(struct viewer *viewer, uint32_t key);
enum viewer_request action_redraw(struct viewer *viewer, uint32_t key);
enum viewer_request action_suspend(struct viewer *viewer, uint32_t key);
enum viewer_request action_leave(struct viewer *viewer, uint32_t key);
enum viewer_request action_quit(struct viewer *viewer, uint32_t key);

enum viewer_request action_pause_replay(struct viewer *viewer, uint32_t key);
enum viewer_request action_move_replay(struct viewer *viewer, uint32_t key);
enum viewer_request action_pace_replay(struct viewer *viewer, uint32_t key);

/* What it is called now: struct command's `name_now`. */
void action_name_back(const struct viewer *viewer, char out[COMMAND_NAME_SIZE]);
void action_name_source(const struct viewer *viewer, char out[COMMAND_NAME_SIZE]);
void action_name_pause(const struct viewer *viewer, char out[COMMAND_NAME_SIZE]);
void action_name_output(const struct viewer *viewer, char out[COMMAND_NAME_SIZE]);

#endif
