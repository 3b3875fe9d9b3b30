# frozen_string_literal: true

# A program may have loaded its own copy before; a second one would count into other hooks.
require "memory/tracker" unless defined?(Memory::Tracker::Viewer)
require "memory/tracker/agent/settings"

module Memory
  module Tracker
    module Agent
      # Counts the program's objects and shows them in the live viewer, from the agent's loading on, and when the
      # program ends until the viewer is left. Where that has no terminal, tables are printed.
      # @api private
      class Screen
        # In the launcher's directory, as long as somebody has to see to the terminal before it can be used again.
        MARKER = "screen"

        # Frames of a call path, when nobody said how many.
        DEPTH = 10

        # Starts counting and showing.
        # @param environment [Hash{String => String}, ENV] the variables that the launcher set
        # @return [void]
        def self.start(environment)
          problem = TUI.problem
          return new(environment).start unless problem

          $stderr.write("memory-tracker: tables instead of the viewer, because #{problem}\n")
          require "memory/tracker/agent/report"
          Report.start(environment)
        end

        # @param environment [Hash{String => String}, ENV] the variables that the launcher set
        def initialize(environment)
          @options = Settings.parse(environment.fetch("MEMORY_TRACKER_OPTIONS"))
          @command = environment["MEMORY_TRACKER_COMMAND"]
          @marker = File.join(environment.fetch("MEMORY_TRACKER_DIRECTORY"), MARKER)
        end

        # @return [void]
        def start
          capture = Capture.new(depth: DEPTH, **@options.slice(*Settings::CAPTURE))
          capture.start
          File.write(@marker, "")
          settings = @options.slice(:interval, :sort, :gc, :mouse, :settings)
          TUI.start(capture, command: @command, marker: @marker, **settings)
        rescue StandardError
          remove_marker
          capture&.stop
          raise
        end

        private

        def remove_marker
          File.delete(@marker)
        rescue Errno::ENOENT
          nil
        end
      end
    end
  end
end
