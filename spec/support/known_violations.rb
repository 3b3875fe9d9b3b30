# frozen_string_literal: true

# Where the extension does not keep to its layers yet. These lists only get shorter.
module KnownViolations
  CROSSINGS = [
    "input/edit_input.c includes app/viewer_state.h",
    "input/mouse_actions.c includes app/viewer_state.h",
    "input/output_actions.c includes app/viewer_state.h",
    "input/program_actions.c includes app/viewer_state.h",
    "input/view_actions.c includes app/viewer_state.h",
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
    input/edit_input.c
    input/mouse_actions.c
    input/output_actions.c
    input/program_actions.c
    input/view_actions.c
    panes/footer.c
    panes/gc_view.h
  ].freeze

  FILE_CYCLES = [
    %w[analysis/history analysis/history_state],
    %w[app/display app/display_state],
    %w[app/viewer panes/footer],
    %w[model/light model/limits model/tracker],
    %w[panes/header_item panes/header_numbers panes/header_view],
    %w[table/class_line table/column table/column_order table/path_cell],
    %w[transport/connection transport/server]
  ].freeze

  FOLDER_CYCLES = [
    %w[app input panes]
  ].freeze
end
