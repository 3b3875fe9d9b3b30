# frozen_string_literal: true

require "logger"
require "memory/tracker"

module Memory
  module Tracker
    # Rack middleware that watches a web application from within: a background thread takes a sample at an interval,
    # and logs each class that has grown, with the lines that its objects came from once these are recorded.
    #
    #     require "memory/tracker/rack"
    #     use Memory::Tracker::Rack, interval: 60, classes: [Hash]
    #
    # Sampling begins with the first request of a process, so each worker of a forking server watches itself.
    # It never fails a request: what goes wrong is logged.
    class Rack
      # @return [Sampler]
      attr_reader :sampler

      # @param app [#call]
      # @param logger [Logger, nil] nil: the one of the first request (`rack.logger`), else stderr
      # @param interval [Numeric] seconds between samples
      # @param classes [Array<Class>] under analysis from the start, without waiting until they have grown
      # @param paths [Integer] how many call paths to log for a class
      # @param options [Hash{Symbol => Object}] for {Sampler#initialize}
      # @raise [ArgumentError] for values out of range
      # @raise [TypeError] for what is not a Class
      def initialize(app, logger: nil, interval: 60, classes: [], paths: 3, **options)
        raise ArgumentError, "interval must be more than 0 seconds, not #{interval}" unless interval.positive?

        @app = app
        @logger = logger
        @interval = interval
        @paths = paths
        @sampler = Sampler.new(**options)
        classes.each { |klass| @sampler.track_with_analysis(klass) }
        @lock = Mutex.new
        @pid = nil
      end

      # @param env [Hash{String => Object}]
      # @return [Array] the application's response
      def call(env)
        begin_sampling(env) unless @pid == Process.pid
        @app.call(env)
      end

      # Ends sampling in this process for good.
      # @return [void]
      def stop
        @lock.synchronize { @pid = Process.pid }
        # The thread may be about to begin, and then has not heard of it.
        loop do
          @sampler.stop
          break if @thread.nil? || @thread.join(0.05)
        end
      end

      private

      # A thread does not survive a fork, but the number of its process does.
      def begin_sampling(env)
        @lock.synchronize do
          return if @pid == Process.pid

          @pid = Process.pid
          @logger ||= env["rack.logger"] || own_logger
          @thread = Thread.new { sample }
          @thread.name = "memory-tracker sampler"
        end
      rescue StandardError => e
        complain("does not sample: #{e.message}")
      end

      def own_logger = ::Logger.new($stderr, progname: "memory-tracker")

      # A logger of the application's may fail, too.
      def complain(problem)
        (@logger || own_logger).error("memory-tracker #{problem}")
      rescue StandardError
        nil
      end

      def sample
        @sampler.run(interval: @interval) { |sample| @logger.warn(report(sample)) }
      rescue StandardError => e
        complain("stops sampling: #{e.message}")
      end

      def report(sample)
        line = "#{sample.name} has grown by #{sample.growth} to #{sample.live_count} live objects, " \
               "#{sample.retained_count} of them retained"
        klass = sample.target
        return line unless klass && @sampler.analysing?(klass)

        paths = @sampler.statistics(klass, limit: @paths)[:top_paths]
        [line, *paths.map { |path| "  #{path[:count]} from #{path[:path].join("\n    ")}" }].join("\n")
      end
    end
  end
end
