/*
 * Scenes: what is done to a shop that has just been opened, before its screen is looked at.
 */
#ifndef MEMORY_TRACKER_SCENES_H
#define MEMORY_TRACKER_SCENES_H

#include "shop_viewer.h"

void scene_unfold_the_leak(struct shop_viewer *shop);
void scene_unfold_all(struct shop_viewer *shop);
void scene_open_source_gone(struct shop_viewer *shop);
void scene_open_source(struct shop_viewer *shop);
void scene_turn_the_tree(struct shop_viewer *shop);
void scene_freeze_and_follow(struct shop_viewer *shop);
void scene_type_search(struct shop_viewer *shop);
void scene_keep_search(struct shop_viewer *shop);
void scene_pick_order(struct shop_viewer *shop);
void scene_choose_columns(struct shop_viewer *shop);
void scene_name_file(struct shop_viewer *shop);
void scene_ask_to_quit(struct shop_viewer *shop);
void scene_make_inexact(struct shop_viewer *shop);
void scene_make_light(struct shop_viewer *shop);
void scene_type_filter(struct shop_viewer *shop);
void scene_keep_filter(struct shop_viewer *shop);
void scene_filter_all_away(struct shop_viewer *shop);
void scene_open_help(struct shop_viewer *shop);
void scene_print_something(struct shop_viewer *shop);
void scene_open_output(struct shop_viewer *shop);
void scene_search_output(struct shop_viewer *shop);
void scene_collect_garbage(struct shop_viewer *shop);
void scene_start_without_majors(struct shop_viewer *shop);
void scene_set_marks(struct shop_viewer *shop);
void scene_show_deltas(struct shop_viewer *shop);
void scene_collect_against_a_mark(struct shop_viewer *shop);
void scene_open_graph(struct shop_viewer *shop);
void scene_open_graph_of_a_shrinking_class(struct shop_viewer *shop);
void scene_open_graph_without_majors(struct shop_viewer *shop);
void scene_filter_and_select(struct shop_viewer *shop);
void scene_unfold_and_mark(struct shop_viewer *shop);
void scene_pause_shop(struct shop_viewer *shop);
void scene_end_shop(struct shop_viewer *shop);
void scene_list_internal(struct shop_viewer *shop);
void scene_sort_reversed(struct shop_viewer *shop);
void scene_start_without_gc(struct shop_viewer *shop);
void scene_leave_names_out(struct shop_viewer *shop);
void scene_filter_by_origin(struct shop_viewer *shop);
void scene_choose_classes(struct shop_viewer *shop);
void scene_estimate_paths(struct shop_viewer *shop);
void scene_list_processes(struct shop_viewer *shop);

#endif
