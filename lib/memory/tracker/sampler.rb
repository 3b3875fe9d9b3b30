# frozen_string_literal: true

require "io/wait"
require "memory/tracker"

module Memory
  module Tracker
    # Watches classes grow, from sample to sample, and finds out where the objects of those that do are made.
    #
    # All classes are counted. Call paths are recorded only for classes under analysis: those given to
    # {#track_with_analysis}, and those that have grown often enough. It may be used by several threads.
    class Sampler
      # What may be done before each sample, so that less garbage is taken for growth.
      COLLECTIONS = {
        nil => -> {},
        minor: -> { GC.start(full_mark: false) },
        full: -> { GC.start }
      }.freeze

      # What a capture tells of each class in its figures: the class, its id, new, free and retained counts, and bytes.
      FIGURES = 6
      private_constant :FIGURES

      # @return [Capture] what counts
      attr_reader :capture

      # @return [Integer] frames that are recorded for a class under analysis
      attr_reader :depth

      # @return [#call, nil] which frames paths are shown with
      attr_reader :filter

      # @return [Integer] in how many samples a class must have grown until its analysis begins by itself
      attr_reader :increases_threshold

      # @return [Integer] objects; a class has grown when it has more than that above its maximum so far
      attr_reader :threshold

      # @param depth [Integer] frames to record for classes under analysis, 1 to 128
      # @param filter [#call, nil] called with each {CallTree::Frame} when paths are read; those for which it gives
      #   false are left out. Nothing is by default
      # @param increases_threshold [Integer]
      # @param threshold [Integer]
      # @param gc [nil, :minor, :full] which GC to run before each sample
      # @param memory_limit [Integer] bytes, as for {Capture#initialize}
      # @raise [ArgumentError] for values out of range
      def initialize(depth: 10, filter: nil, increases_threshold: 10, threshold: 1000, gc: nil,
                     memory_limit: Capture::MEMORY_LIMIT)
        check(depth, filter, increases_threshold, threshold, gc)
        @depth = depth
        @filter = filter
        @increases_threshold = increases_threshold
        @threshold = threshold
        @collect = COLLECTIONS.fetch(gc)
        @capture = Capture.new(memory_limit: memory_limit)
        @blocks = {}.compare_by_identity
        @analysed = {}.compare_by_identity
        @lock = Mutex.new
        forget
      end

      # Starts counting, from zero.
      # @return [Boolean] false if it was running already
      # @raise (see Capture#start)
      def start
        capture.start.tap { |started| @lock.synchronize { forget } if started }
      end

      # Stops counting, and makes {#run} return. The numbers stay readable. May be called by any thread, and in a signal
      # handler.
      # @return [Boolean] false if it was not running
      def stop
        @clock&.stop
        capture.stop
      end
      alias stop! stop

      # @return [Boolean]
      def running?
        capture.running?
      end

      # Holds a class, and optionally calls a block for its objects, as {Capture#track} does.
      # @param klass [Class]
      # @return [self]
      # @raise [TypeError] for what is not a Class
      # @raise [ArgumentError] for a singleton class: objects count for the class that it is of
      def track(klass, &block)
        @lock.synchronize do
          capture.track(klass, depth: @analysed[klass], &block)
          @blocks[klass] = block
        end
        self
      end

      # Records call paths for a class, of objects that are allocated from now on. Before the start or while it runs.
      # @param klass [Class]
      # @return [self]
      # @raise [TypeError] for what is not a Class
      # @raise [ArgumentError] for a singleton class
      def track_with_analysis(klass)
        @lock.synchronize { analyse(klass) }
        self
      end

      # Drops the block of a class and records no more call paths for it. It goes on being counted.
      # @param klass [Class]
      # @return [Boolean] whether it was tracked
      # @raise [TypeError] for what is not a Class
      def untrack(klass)
        @lock.synchronize do
          @blocks.delete(klass)
          @analysed.delete(klass)
          capture.untrack(klass)
        end
      end

      # @param klass [Class]
      # @return [Boolean] whether it is tracked, with or without analysis
      # @raise [TypeError] for what is not a Class
      def tracking?(klass)
        capture.tracking?(klass)
      end

      # @param klass [Class]
      # @return [Boolean] whether its call paths are being recorded
      def analysing?(klass)
        @analysed.key?(klass)
      end

      # @param klass [Class]
      # @return [Integer] live objects of exactly this class
      # @raise (see Capture#count_for)
      def count(klass)
        capture.count_for(klass)
      end

      # @param klass [Class]
      # @return [CallTree] where its objects were made, as far as it was under analysis then
      # @raise (see Capture#call_tree)
      def call_tree(klass)
        capture.call_tree(klass, filter: filter)
      end

      # @param klass [Class]
      # @param limit [Integer, nil] how many paths at most; nil for all
      # @return [Hash{Symbol => Object}] `:live_count`, `:retained_count` and `:total_allocations` (Integers), and
      #   `:top_paths` and `:hotspots` as {CallTree} has them
      # @raise (see Capture#call_tree)
      def statistics(klass, limit: 10)
        tree = call_tree(klass)
        { live_count: tree.live_count, retained_count: tree.retained_count,
          total_allocations: tree.total_allocations, top_paths: tree.top_paths(limit: limit),
          hotspots: tree.hotspots }
      end

      # @return [Hash{Class => Hash}] {#statistics} of all classes that are tracked or under analysis, by identity
      def all_statistics
        tracked = @lock.synchronize { @blocks.merge(@analysed) }
        tracked.each_key.with_object({}.compare_by_identity) { |klass, all| all[klass] = statistics(klass) }
      end

      # Forgets how a class has grown: its next sample is compared with what it has then. Its counts, and those of its
      # call paths, go on; only all classes together can begin anew, by {#clear_all!}.
      # @param klass [Class]
      # @return [self]
      # @raise [TypeError] for what is not a Class
      def clear(klass)
        id = capture.send(:class_id, klass)
        @lock.synchronize { @samples[id] = Sample.new(capture, id, ClassName.of(klass), nil) } if id
        self
      end

      # Counts all classes and call paths from zero again, and forgets how classes have grown. What is tracked and
      # what is under analysis stays so.
      # @return [self]
      def clear_all!
        @lock.synchronize do
          capture.clear
          forget
        end
        self
      end

      # @return [Hash{Class => Sample}] the latest sample of each class that is still there, by identity
      def samples
        known = @lock.synchronize { @samples.dup }
        capture.each_with_object({}.compare_by_identity) do |(klass, _record), samples|
          sample = known[capture.send(:class_id, klass)]
          samples[klass] = sample if sample
        end
      end

      # Takes a sample of all classes. A class has grown when it has more live objects than ever before, by more than
      # the threshold; after {#increases_threshold} samples in which it had, its analysis begins.
      # @yieldparam sample [Sample] of each class
      # @yieldparam increased [Boolean] whether it has grown
      # @return [self]
      def sample!(&block)
        @collect.call
        taken = @lock.synchronize { take_samples }
        taken.each { |sample| yield sample, sample.increased? } if block
        self
      end

      # Takes a sample at an interval, until {#stop} or {#stop!} is called by another thread, by the block or by a
      # signal handler. Starts counting if need be, and has it stopped when it returns.
      # @param interval [Numeric] seconds
      # @yieldparam sample [Sample] of each class that has grown
      # @return [self]
      # @raise [ArgumentError] for an interval that is not positive
      # @raise [Error] when it runs already in another thread
      def run(interval: 60, &block)
        raise ArgumentError, "interval must be more than 0 seconds, not #{interval}" unless interval.positive?

        clock = begin_run
        start
        clock.run(interval) { sample! { |sample, increased| block.call(sample) if increased && block } }
        self
      ensure
        end_run if clock
      end

      # @return [String]
      def inspect
        "#<#{self.class} #{running? ? "running" : "stopped"}, #{@analysed.size} classes under analysis>"
      end

      private

      def check(depth, filter, increases_threshold, threshold, collection)
        raise ArgumentError, "depth must be between 1 and 128 frames, not #{depth}" unless (1..128).cover?(depth)
        raise ArgumentError, "filter must respond to call" unless filter.nil? || filter.respond_to?(:call)
        raise ArgumentError, "increases_threshold must be at least 1" unless increases_threshold.positive?
        raise ArgumentError, "threshold must not be negative" if threshold.negative?
        return if COLLECTIONS.key?(collection)

        raise ArgumentError, "gc must be nil, :minor or :full, not #{collection.inspect}"
      end

      def forget
        @samples = {}
        @sampled = false
      end

      def analyse(klass)
        capture.track(klass, depth: depth, &@blocks[klass])
        @analysed[klass] = depth
      end

      # Little is allocated here, so that sampling does not look like growth itself.
      def take_samples
        figures = capture.send(:figures)
        known = @samples
        @samples = {}
        0.step(figures.size - 1, FIGURES) do |index|
          take_sample(known, figures[index], figures[index + 1], figures, index) unless own?(figures[index])
        end
        @sampled = true
        @samples.values
      end

      def take_sample(known, klass, id, figures, index)
        sample = @samples[id] = known[id] || first_sample(id, klass)
        sample.rename(ClassName.given(klass))
        sample.update(figures[index + 2] - figures[index + 3], figures[index + 4], threshold)
        analyse(klass) if due?(sample) && !analysing?(klass)
      end

      # In the first sample nothing is known of what was before. A class that turns up later had no objects then.
      def first_sample(id, klass)
        Sample.new(capture, id, ClassName.of(klass), @sampled ? 0 : nil)
      end

      def due?(sample)
        sample.increased? && sample.increases >= increases_threshold
      end

      def own?(klass)
        ClassName.given(klass)&.start_with?("Memory::Tracker::")
      end

      def end_run
        @clock = nil
        capture.stop
      end

      def begin_run
        @lock.synchronize do
          raise Error, "this sampler runs already" if @clock&.here?

          @clock&.close
          @clock = Clock.new
        end
      end
    end
  end
end

# After the class, which is loaded on first use: its parts open it again.
require_relative "sampler/clock"
require_relative "sampler/sample"
