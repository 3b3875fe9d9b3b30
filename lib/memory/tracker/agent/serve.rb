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
          options = Settings.parse(environment.fetch("MEMORY_TRACKER_OPTIONS", ""))
          @directory = environment["MEMORY_TRACKER_DIRECTORY"]
          @batch = !@directory.nil? && environment["MEMORY_TRACKER_MODE"] == "batch"
          @gc = @batch && options.key?(:gc)
          @on_demand = on_demand?(environment["MEMORY_TRACKER_START"])
          @capture = Capture.new(depth: @batch ? 0 : DEPTH, existing: true, **options.slice(*Settings::CAPTURE))
          @server = Server.new(@capture, environment["MEMORY_TRACKER_COMMAND"] || command, serving(options))
        end

        # @return [void]
        def start
          @pid = Process.pid
          @server.start(@directory || Remote.directory)
          @capture.start unless @on_demand
          Forks.watch(@directory) { forked }
          # The first to be registered is the last to run: what the program does in its own blocks is counted too.
          at_exit { finish($!) } # rubocop:disable Style/SpecialGlobalVars
        rescue StandardError
          @server.stop
          raise
        end

        private

        # For tables no thread is needed but for what is collected or walked over: a program may wait until it has no
        # other threads, or for Ruby to report a deadlock.
        def serving(options)
          threadless = @batch && !@gc && options[:mode] != :light
          { on_demand: @on_demand, threadless: threadless, leaves_final: @batch }
        end

        # Without a launcher there is no client yet.
        def on_demand?(start)
          start = @directory ? "now" : "attach" if start.nil? || start.empty?
          return start == "attach" if STARTS.include?(start)

          raise Error, "MEMORY_TRACKER_START is #{STARTS.join(" or ")}, not #{start.inspect}"
        end

        # As bytes: a program may have called itself something that is no valid text.
        def command
          ["ruby", $PROGRAM_NAME, *ARGV].map { |word| word.to_s.b }.join(" ").delete("\0")
        end

        # A child has no client yet. Where it cannot be served, it runs on.
        def forked
          @pid = Process.pid
          @capture.stop if @on_demand
          @server.start(@directory || Remote.directory)
        rescue StandardError
          nil
        end

        def finish(error)
          return unless Process.pid == @pid

          flush if @batch
          GC.start if @gc
          @server.finish(Ending.describe(error))
        rescue StandardError
          nil
        end

        # What the program has printed comes before its last table.
        def flush
          $stdout.flush
        rescue SystemCallError, IOError
          # Closed by the program, or its reader is gone.
          nil
        end
      end
    end
  end
end
