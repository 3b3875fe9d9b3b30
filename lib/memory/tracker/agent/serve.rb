# frozen_string_literal: true

# A program may have loaded its own copy before; a second one would count into other hooks.
require "memory/tracker" unless defined?(Memory::Tracker::Server)
require "memory/tracker/ending"
require "memory/tracker/agent/forks"
require "memory/tracker/agent/settings"

module Memory
  module Tracker
    module Agent
      # Lets other processes look into the program, from the agent's loading to the program's end, and into the
      # processes that it forks.
      # @api private
      class Serve
        # Frames of a call path, when nobody said how many.
        DEPTH = 10

        # When objects are counted: from now on, or only as long as somebody looks.
        STARTS = %w[now attach].freeze

        class << self
          # Starts serving, once in a process.
          # @param environment [Hash{String => String}, ENV]
          # @return [Serve]
          def start(environment)
            @start ||= new(environment).tap(&:start)
          end
        end

        # @param environment [Hash{String => String}, ENV]
        # @raise [Error] when a variable makes no sense
        def initialize(environment)
          options = Settings.parse(environment.fetch("MEMORY_TRACKER_OPTIONS", "")).slice(*Settings::CAPTURE)
          @directory = environment["MEMORY_TRACKER_DIRECTORY"]
          @armed = armed?(environment["MEMORY_TRACKER_START"])
          @capture = Capture.new(depth: DEPTH, existing: true, **options)
          @server = Server.new(@capture, environment["MEMORY_TRACKER_COMMAND"] || command, @armed)
        end

        # @return [void]
        def start
          @pid = Process.pid
          @server.start(@directory || Remote.directory)
          @capture.start unless @armed
          Forks.watch { forked }
          # The first to be registered is the last to run: what the program does in its own blocks is counted too.
          at_exit { finish($ERROR_INFO || $!) } # rubocop:disable Style/SpecialGlobalVars
        rescue StandardError
          @server.stop
          raise
        end

        private

        # Without a launcher nobody looks yet.
        def armed?(start)
          start = @directory ? "now" : "attach" if start.nil? || start.empty?
          return start == "attach" if STARTS.include?(start)

          raise Error, "MEMORY_TRACKER_START is #{STARTS.join(" or ")}, not #{start.inspect}"
        end

        # As bytes: a program may have called itself something that is no valid text.
        def command
          ["ruby", $PROGRAM_NAME, *ARGV].map { |word| word.to_s.b }.join(" ").delete("\0")
        end

        # Nobody looks into a child that was just born. Where it cannot be served, it runs on.
        def forked
          @pid = Process.pid
          @capture.stop if @armed
          @server.start(@directory || Remote.directory)
        rescue StandardError
          nil
        end

        def finish(error)
          @server.finish(Ending.describe(error)) if Process.pid == @pid
        rescue StandardError
          nil
        end
      end
    end
  end
end
