# frozen_string_literal: true

require "memory/tracker"

module Memory
  module Tracker
    module CLI
      # Plays a recording.
      class Replay
        # @param options [Options]
        # @param output [IO] where tables are printed
        # @param errors [IO] where messages go
        def initialize(options, output: $stdout, errors: $stderr)
          @options = options
          @output = output
          @errors = errors
        end

        # Shows the recording until that is left, or prints it to its end.
        # @return [Integer] the exit status
        # @raise [Error] when there is nothing in it that can be shown; the message says why
        def run
          recording = Recording.open(@options.replay)
          show(recording)
          CLI.complain(recording.damage, @errors) if recording.damage
          0
        rescue Interrupt
          0
        end

        private

        def show(recording)
          return print(recording, @output) if @options.batch?

          problem = TUI.problem
          return recording.view(@options.settings.slice(:sort, :interval, :mouse, :settings)) unless problem

          CLI.complain("tables on stderr instead of the viewer, because #{problem}", @errors)
          print(recording, @errors)
        end

        def print(recording, stream)
          recording.print(stream.fileno, @options.settings.slice(:sort, :interval, :iterations, :limit))
        end
      end
    end
  end
end
