# frozen_string_literal: true

module Memory
  module Tracker
    # Counts allocations and frees of all objects, class by class, from the moment it is started.
    #
    # An object belongs to the real class it was allocated with: singleton classes do not count, subclasses count for
    # themselves. Several captures may run at a time.
    #
    # @!method start
    #   Starts counting, from zero.
    #   @return [Boolean] false if it was running already
    #   @raise [Error] when this Ruby cannot be tracked, or when called outside the main Ractor
    #   @raise [LimitError] when too many captures run
    #
    # @!method stop
    #   Stops counting. The numbers stay readable as they are. Events that wait for a block are delivered first, unless
    #   a block takes more than five seconds; what is left then follows when it returns.
    #   @return [Boolean] false if it was not running
    #
    # @!method running?
    #   @return [Boolean]
    #
    # @!method clear
    #   Counts from zero again. Objects that are there already no longer count (unless `existing` was asked for).
    #   @return [self]
    #
    # @!method untrack(klass)
    #   Drops the block and the depth that were given for a class. It goes on being counted, like every class.
    #   @param klass [Class]
    #   @return [Boolean] whether it was tracked
    #   @raise [TypeError] for what is not a Class
    #
    # @!method tracking?(klass)
    #   @param klass [Class]
    #   @return [Boolean]
    #
    # @!method count_for(klass)
    #   How many objects of exactly this class are live. Takes the same short time however large the heap is, but in a
    #   light capture, which walks over the heap for it.
    #   @param klass [Class]
    #   @return [Integer]
    #   @raise [TypeError] for what is not a Class
    #   @raise [LimitError] when the class could not be recorded
    #
    # @!method retained_count_for(klass)
    #   How many objects of exactly this class were left standing by the latest major GC.
    #   @param klass [Class]
    #   @return [Integer]
    #   @raise (see #count_for)
    #
    # @!method [](klass)
    #   @param klass [Class]
    #   @return [Record, nil] nil for a class of which no object was seen
    #   @raise (see #count_for)
    #
    # @!method new_count
    #   @return [Integer] objects of all classes allocated since the start
    # @!method free_count
    #   @return [Integer] those of them that were freed
    # @!method live_count
    #   @return [Integer] those of them that were not freed yet
    # @!method retained_count
    #   @return [Integer] those of them that the latest major GC left standing
    #
    # @!method snapshot
    #   @return [Snapshot] all numbers as they are now
    #   @raise [Error] when it was never started
    #
    # @!method exact?
    #   @return [Boolean] whether every allocation and every free since the start was seen; never so in a light capture
    #
    # @!method inexact_reason
    #   @return [String, nil] why the numbers are not exact, as a sentence
    #
    # @!method statistics
    #   What the capture itself takes and what it could not do.
    #   @return [Hash{Symbol => Integer}] `:bytes` it holds; `:lost` frees that were not reported when they
    #     happened; `:dropped` objects, `:paths_dropped` call paths and `:classes_dropped` allocations of classes that
    #     could not be recorded; `:events_dropped` for which no block was called; `:heard` allocations that were heard
    #     of in this process, for whatever capture; `:asked` stacks that the virtual machine was asked for, because
    #     their call path was not known; `:jobs` that the virtual machine was asked to run, in this process, for
    #     whatever capture; `:classes`, `:nodes` and `:frames` known
    class Capture
      include Enumerable

      # @return [Integer] frames of a call path that are recorded for every class, or for the chosen ones; 0: none
      attr_reader :depth

      # What a capture hears of.
      MODES = %i[exact light].freeze

      # @return [Symbol] `:exact` or `:light`
      attr_reader :mode

      # @return [Integer] bytes that it may take in all
      attr_reader :memory_limit

      # A capture of mode `:light` hears of nothing most of the time, and so costs next to nothing. Its numbers come
      # from a walk over the heap whenever they are asked for (some milliseconds for a million objects; a sweep that is
      # under way is ended first), and from some thousand allocations after each walk:
      #
      # - live counts are exact, of all objects there are; retained counts are what stood at the first walk after a
      #   major GC, an upper bound
      # - new and freed counts of all classes together are the VM's; those of one class are estimates
      # - of call paths only allocations are known, by estimate: in a {CallTree} as many are freed, and none is live or
      #   retained
      #
      # @param mode [Symbol] `:exact` or `:light`
      # @param depth [Integer] how many frames of the call path to record for every object, 0 to 128
      # @param existing [Boolean] whether objects allocated before the start count too; in a light capture they always
      #   do
      # @param path_interval [Integer] record the call path of every nth object of a class only: counts of the class
      #   stay exact, a {CallTree} has a sample
      # @param classes [Array<String>] names of the classes whose call paths are recorded, as `Module#name` has them;
      #   empty: those of all classes are. A class of such a name need not be there yet: its paths are recorded from
      #   its first object on, if it has its name by then, else soon after it was given one
      # @param memory_limit [Integer] bytes that the capture may take in all, {MEMORY_LEAST} or more. Beyond it new call
      #   paths count under "(other)" and new classes under "(classes not recorded)"; objects of a heap whose map finds
      #   no room are not counted, and {#inexact_reason} tells so
      # @raise [ArgumentError] for a depth, interval or limit out of range, for classes without a depth, for another
      #   mode, and for an interval in a light capture, which takes its samples by itself
      # @raise [TypeError] for classes that are not told by a String
      def initialize(mode: :exact, depth: 0, existing: false, path_interval: 1, classes: [],
                     memory_limit: MEMORY_LIMIT)
        check_mode(mode, path_interval)
        configure(mode == :light, depth, existing, path_interval, memory_limit, classes)
        raise ArgumentError, "call paths of chosen classes take a depth of at least 1" if depth.zero? && !classes.empty?

        @mode = mode
        @depth = depth
        @memory_limit = memory_limit.to_int
      end

      # Holds a class, and optionally records call paths for it or calls a block for its objects.
      #
      # The block is called soon after each event, in the order of events, with the class, the event (`:newobj` or
      # `:freeobj`) and the call path at the allocation. Objects that the block itself allocates are not reported. Where
      # events wait in thousands, the threads that allocate let blocks run; beyond 65,536 further ones are dropped.
      #
      # Blocks are called by a thread of their own, named "memory-tracker blocks", from the first event on until no
      # running capture has a block; in a forked child by another. What a block raises is warned about once, and events
      # go on; SystemExit and SignalException are raised in the main thread. When the program kills
      # the thread, another calls the blocks for what comes after. At the end of the program events that wait are
      # delivered first, for at most five seconds. `Thread.list` has this thread while it is there, and Ruby then does
      # not report a deadlock of all other threads.
      #
      # @param klass [Class]
      # @param depth [Integer, nil] frames to record for this class, 0 to 128; nil: the capture's depth
      # @yieldparam klass [Class]
      # @yieldparam event [Symbol]
      # @yieldparam call_path [Array<String>] the allocating frame first; empty without call paths
      # @return [self]
      # @raise [TypeError] for what is not a Class
      # @raise [ArgumentError] for a depth out of range, for a singleton class, and for a block in a light capture
      def track(klass, depth: nil, &block)
        track_class(klass, depth, block)
      end

      # Where the objects of a class were made, as far as call paths are recorded for it.
      #
      # @param klass [Class]
      # @param filter [#call, nil] called with each {CallTree::Frame}; those for which it gives false are left out
      # @return [CallTree] an empty one when no object of the class was seen
      # @raise [TypeError] for what is not a Class
      # @raise [Error] when it was never started
      def call_tree(klass, filter: nil)
        # The snapshot first: a class that it has is known.
        snapshot = self.snapshot
        CallTree.from(snapshot, class_id(klass), filter: filter)
      end

      # @yieldparam klass [Class] every class of which an object was seen and which is still there
      # @yieldparam record [Record]
      # @return [self, Enumerator]
      def each(&block)
        return to_enum unless block

        # Class, id and counts, for each class.
        figures.each_slice(6) { |klass, _id, *counts| block.call(klass, Record.new(*counts)) }
        self
      end

      # @return [String]
      def inspect
        "#<#{self.class} #{running? ? "running" : "stopped"}, #{live_count} live objects>"
      end

      private

      def check_mode(mode, path_interval)
        raise ArgumentError, "mode must be :exact or :light, not #{mode.inspect}" unless MODES.include?(mode)
        return unless mode == :light && path_interval != 1

        raise ArgumentError, "a light capture takes its samples by itself, and no path_interval"
      end
    end
  end
end
