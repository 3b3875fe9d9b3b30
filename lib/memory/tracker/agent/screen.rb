# frozen_string_literal: true

# A program may have loaded its own copy before; a second one would count into other hooks.
require "memory/tracker" unless defined?(Memory::Tracker::Viewer)
require "memory/tracker/agent/settings"

module Memory
  module Tracker
    module Agent
      # Counts the program's objects and shows them in the live viewer, from the agent's loading on, and when the
      # program ends until the viewer is left. One process has the screen: the first that comes, and after its end the
      # next. Where there is no terminal, the process is served to other terminals instead.
      # @api private
      class Screen
        # In the launcher's directory, as long as the terminal has to be mended before it can be used again.
        MARKER = "screen"

        # In the launcher's directory: the number of the process that has the screen.
        OWNER = "owner"

        # Frames of a call path, when nobody said how many.
        DEPTH = 10

        # Starts counting and showing.
        # @param environment [Hash{String => String}, ENV] the variables that the launcher set
        # @return [void]
        def self.start(environment)
          return unless own?(environment.fetch("MEMORY_TRACKER_DIRECTORY"))

          problem = TUI.problem
          return new(environment).start unless problem

          require "memory/tracker/agent/serve"
          Serve.start(environment)
          $stderr.write("memory-tracker: no viewer, because #{problem}; memory-tracker-top --attach #{Process.pid} " \
                        "looks into the program\n")
        end

        # It may come again by `exec`.
        def self.own?(directory)
          File.open(File.join(directory, OWNER), File::RDWR | File::CREAT, 0o600) do |file|
            file.flock(File::LOCK_EX)
            owner = file.read.to_i
            return false if owner != Process.pid && alive?(owner)

            file.rewind
            file.truncate(0)
            file.write(Process.pid.to_s)
          end
          true
        end
        private_class_method :own?

        def self.alive?(pid)
          pid.positive? && Process.kill(0, pid)
        rescue Errno::ESRCH
          false
        rescue Errno::EPERM
          true
        end
        private_class_method :alive?

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
