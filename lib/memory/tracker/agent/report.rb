# frozen_string_literal: true

# A program may have loaded its own copy before; a second one would count into other hooks.
require "memory/tracker" unless defined?(Memory::Tracker::Reporter)

require "memory/tracker/agent/settings"

module Memory
  module Tracker
    # The part of `memory-tracker-top` that runs inside the program.
    # @api private
    module Agent
      # Counts the program's objects and prints tables of them, from the agent's loading to the program's end.
      # @api private
      class Report
        # Starts counting and printing, and sees to the last table.
        # @param environment [Hash{String => String}, ENV] the variables that the launcher set
        # @return [Report]
        def self.start(environment)
          new(environment).tap(&:start)
        end

        # @param environment [Hash{String => String}, ENV] the variables that the launcher set
        def initialize(environment)
          options = Settings.parse(environment.fetch("MEMORY_TRACKER_OPTIONS"))
          @output = environment["MEMORY_TRACKER_OUTPUT"] == "stdout" ? $stdout : $stderr
          @errors = $stderr
          @capture = Capture.new(**options.slice(*Settings::CAPTURE))
          named = { command: environment["MEMORY_TRACKER_COMMAND"], record: environment["MEMORY_TRACKER_RECORD"] }
          settings = options.except(*Settings::CAPTURE, *Settings::SCREEN)
          @reporter = Reporter.new(@capture, @output.fileno, settings.merge(named))
        end

        # @return [void]
        def start
          @pid = Process.pid
          @capture.start
          @reporter.start
          # The first to be registered is the last to run: what the program does in its own blocks is counted too.
          at_exit { finish }
        rescue StandardError
          @capture.stop
          raise
        end

        private

        # A forked child runs the blocks of its parent too; the report is the parent's.
        def finish
          return unless Process.pid == @pid

          flush
          @reporter.finish
        rescue StandardError => e
          complain(e)
        end

        # The program's last words come before the last table.
        def flush
          @output.flush
        rescue SystemCallError, IOError
          # Closed by the program, or its reader is gone.
          nil
        end

        def complain(error)
          @errors.write("memory-tracker: #{error.message.lines.first&.chomp}; there is no last table\n")
        rescue SystemCallError, IOError
          nil
        end
      end
    end
  end
end
