# frozen_string_literal: true

# Where the extension does not keep to its layers yet. These lists only get shorter.
module KnownViolations
  CROSSINGS = [
    "input/actions.h includes app/viewer.h",
    "input/command.c includes app/viewer_state.h",
    "input/command.h includes app/viewer.h",
    "input/edit_input.c includes app/viewer_state.h",
    "input/edit_input.h includes app/viewer.h",
    "input/find_actions.c includes app/viewer_state.h",
    "input/mark_actions.c includes app/viewer_state.h",
    "input/mouse_actions.c includes app/viewer_state.h",
    "input/order_actions.c includes app/viewer_state.h",
    "input/output_actions.c includes app/viewer_state.h",
    "input/program_actions.c includes app/viewer_state.h",
    "input/question_actions.c includes app/viewer_state.h",
    "input/replay_actions.c includes app/viewer_state.h",
    "input/table_actions.c includes app/viewer_state.h",
    "input/view_actions.c includes app/viewer_state.h",
    "input/write_actions.c includes app/report_json.h",
    "input/write_actions.c includes app/report_text.h",
    "input/write_actions.c includes app/viewer_state.h",
    "panes/footer.c includes input/command.h",
    "panes/footer.c includes input/edit_input.h",
    "panes/footer.c includes app/viewer_state.h",
    "panes/footer.h includes app/viewer.h",
    "panes/gc_view.h includes app/viewer_state.h",
    "panes/help_view.c includes input/command.h",
    "table/column.c includes screen/grid.h",
    "table/path_cell.h includes screen/grid.h"
  ].freeze

  VIEWER = %w[
    input/command.c
    input/edit_input.c
    input/find_actions.c
    input/mark_actions.c
    input/mouse_actions.c
    input/order_actions.c
    input/output_actions.c
    input/program_actions.c
    input/question_actions.c
    input/replay_actions.c
    input/table_actions.c
    input/view_actions.c
    input/write_actions.c
    panes/footer.c
    panes/gc_view.h
  ].freeze

  FILE_CYCLES = [
    %w[analysis/history analysis/history_state],
    %w[app/display app/display_state],
    %w[app/settings_use app/viewer app/viewer_state input/actions input/command input/edit_input panes/footer
       panes/gc_view panes/help_view],
    %w[model/light model/limits model/tracker],
    %w[panes/header_item panes/header_numbers panes/header_view],
    %w[table/class_line table/column table/column_order table/path_cell],
    %w[transport/connection transport/server]
  ].freeze

  FOLDER_CYCLES = [
    %w[app input panes]
  ].freeze
end
