# frozen_string_literal: true

require_relative "tracker/abi"
require_relative "tracker/version"
require_relative "tracker/error"
require_relative "tracker/class_name"
require_relative "tracker/record"
require "memory/tracker/memory_tracker"
require_relative "tracker/capture"
require_relative "tracker/snapshot"
require_relative "tracker/program"
require_relative "tracker/batch"
require_relative "tracker/server"
require_relative "tracker/remote"
require_relative "tracker/recording"

# Ruby objects in memory.
module Memory
  # Counts the objects of a program as they are allocated and freed: how many of each class there are, how many stay,
  # and where they were made.
  module Tracker
    autoload :CallTree, "memory/tracker/call_tree"
    autoload :Sampler, "memory/tracker/sampler"
    autoload :TUI, "memory/tracker/tui/control"

    # Shows a live, full-screen view of a capture, from a console or at a breakpoint, until it is left with `q`.
    # @param capture [Capture, nil] what to show; nil: the running one, of several the one started last; if none runs, a
    #   new one with call paths of {TUI::DEPTH} frames and all objects that are there already, which runs on afterwards
    # @param options [Hash] see {TUI.run}
    # @return [Capture] what was shown
    # @raise [Error] when it cannot be shown here; the message says why
    def self.top(capture = nil, **options)
      TUI.run(capture, **options)
    end
  end
end
