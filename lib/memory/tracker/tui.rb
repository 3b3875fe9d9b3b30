# frozen_string_literal: true

# Shows the live viewer beside the program that loads this file, in its code or by `ruby -rmemory/tracker/tui`. Where
# there is no terminal for it, one line says why, and nothing else happens.

require "memory/tracker"

reason = Memory::Tracker::TUI.problem
if reason
  warn "memory-tracker: the viewer is not shown, because #{reason}"
else
  Memory::Tracker::TUI.start
end
