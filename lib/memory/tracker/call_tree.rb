# frozen_string_literal: true

require "json"
require "memory/tracker"

module Memory
  module Tracker
    # Where the objects of one class were made: their call paths, merged into a tree. It is a copy of the numbers at
    # one moment, and later allocations and frees do not change it.
    #
    # A path that is the beginning of a longer one keeps its own counts. Objects without a recorded path (allocated
    # while the class had a depth of 0) are in the counts of {#root} alone.
    #
    # A light capture knows of call paths only how many objects were allocated, by estimate, and what is live and
    # retained only of the class as a whole.
    class CallTree
      # What paths can be ordered by, and the key of a path that has it.
      ORDERS = { live: :count, retained: :retained, total: :total }.freeze

      # @return [String, nil] the name of the class
      attr_reader :class_name

      # @return [Node]
      attr_reader :root

      # @return [Snapshot, nil] what the numbers were taken from
      attr_reader :snapshot

      # @param snapshot [Snapshot]
      # @param class_id [Integer, nil] of a class in it; nil for a class that was never seen
      # @param filter [#call, nil] called with each {Frame}; those for which it gives false are left out of all paths
      # @return [CallTree]
      # @api private
      def self.from(snapshot, class_id, filter: nil)
        row = snapshot.rows.find { |each| each.id == class_id }
        nodes = row ? snapshot.send(:node_rows, class_id) : []
        new(class_name: row&.name, snapshot: snapshot) { |root| Builder.new(root, filter).build(row, nodes) }
      end

      # @api private
      def initialize(class_name: nil, snapshot: nil, inverted: false)
        @class_name = class_name
        @snapshot = snapshot
        @inverted = inverted
        @root = Node.new
        yield @root if block_given?
      end

      # @return [Boolean] whether callers come first
      def inverted?
        @inverted
      end

      # @return [Boolean] whether no object was ever seen
      def empty?
        root.total.new_count.zero?
      end

      # @return [Integer] objects allocated since the capture started, with or without a path
      def total_allocations
        root.total.new_count
      end

      # @return [Integer] those of them that were not freed
      def live_count
        root.total.live_count
      end

      # @return [Integer] those of them that the latest major GC left standing
      def retained_count
        root.total.retained_count
      end

      # @yieldparam path [Array<Frame>] the allocating frame first (in an inverted tree last)
      # @yieldparam counts [Record] of the objects with exactly this path
      # @return [self, Enumerator]
      def each_path
        return to_enum(:each_path) unless block_given?

        root.each_node do |node|
          yield node.path, node.self if node.frame && node.self.new_count.positive?
        end
        self
      end

      # The paths with most objects, as hashes: `:path`, the frames as strings; `:count`, live objects; `:retained`;
      # and `:total`, all that were allocated. In a light capture only the last is known, and the others are nil.
      #
      # @param limit [Integer, nil] how many at most; nil for all
      # @param by [Symbol] `:live`, `:retained` or `:total`; where that is equal, live and then total decide
      # @return [Array<Hash{Symbol => Array<String>, Integer}>]
      # @raise [ArgumentError] for another order
      def top_paths(limit: 10, by: :live)
        paths = each_path.map { |path, counts| { path: path.map(&:to_s), **sizes(counts) } }
        best(paths, limit, by)
      end

      # The frames that most objects were made through, as hashes: `:frame`, a string; `:count`, live objects;
      # `:retained`; and `:total`. An object counts once for each frame on its path, however often that is called.
      #
      # @param limit (see #top_paths)
      # @param by (see #top_paths)
      # @return [Array<Hash{Symbol => String, Integer}>]
      # @raise (see #top_paths)
      def hotspots(limit: 20, by: :live)
        frames = Hash.new(Record::NONE)
        each_path { |path, counts| path.uniq.each { |frame| frames[frame] += counts } }
        best(frames.map { |frame, counts| { frame: frame.to_s, **sizes(counts) } }, limit, by)
      end

      # @return [CallTree] the same paths the other way round: with callers first, or with the allocating lines first
      def invert
        CallTree.new(class_name: class_name, snapshot: snapshot, inverted: !inverted?) do |other|
          other.add(root.self)
          each_path { |path, counts| path.reverse.reduce(other) { |node, frame| node.child(frame) }.add(counts) }
        end
      end

      # Empties this tree: no paths, all counts 0. What it was taken from goes on counting and is not changed; to let
      # that begin anew, clear the capture or the sampler.
      #
      # @return [self]
      def clear!
        @root = Node.new
        self
      end

      # @return [Hash{Symbol => Object}] `:class` (its name), `:total_allocations`, `:live_count`, `:retained_count`,
      #   and all `:paths` as {#top_paths} has them
      def to_h
        { class: class_name, total_allocations: total_allocations, live_count: live_count,
          retained_count: retained_count, paths: top_paths(limit: nil) }
      end

      # @return [Hash{Symbol => Object}] as {#to_h}, with nothing in it that JSON cannot have
      def as_json(*)
        harmless(to_h)
      end

      # @return [String]
      def to_json(*arguments)
        as_json.to_json(*arguments)
      end

      # @return [String]
      def inspect
        "#<#{self.class} #{class_name} #{root.total.to_h}>"
      end

      # Enters what a snapshot has into a tree.
      # @api private
      class Builder
        # @param root [Node]
        # @param filter [#call, nil]
        def initialize(root, filter)
          @filter = filter
          @nodes = { nil => root }
          @frames = {}
        end

        # @param row [Snapshot::Row, nil] of the class
        # @param nodes [Array<Array>] below it, parents first
        # @return [void]
        def build(row, nodes)
          return unless row

          placed = nodes.reduce(Record::NONE) { |sum, node| sum + enter(*node) }
          @nodes[nil].add(row - placed)
        end

        private

        def enter(id, parent, *values)
          frame = Frame.new(*values.first(4))
          node = @nodes.fetch(parent)
          node = node.child(frame) if keep?(frame)
          @nodes[id] = node
          Record.new(*values.last(4)).tap { |counts| node.add(counts) }
        end

        def keep?(frame)
          @filter.nil? || @frames.fetch(frame) { @frames[frame] = @filter.call(frame) }
        end
      end
      private_constant :Builder

      private

      def sizes(counts)
        return { count: nil, retained: nil, total: counts.new_count } if snapshot&.light?

        { count: counts.live_count, retained: counts.retained_count, total: counts.new_count }
      end

      def best(entries, limit, order)
        key = ORDERS.fetch(order) { raise ArgumentError, "the order is one of #{ORDERS.keys.join(", ")}, not #{order}" }
        sorted = entries.sort_by { |entry| [key, :count, :total].map { |name| -entry[name].to_i } }
        limit ? sorted.first(limit) : sorted
      end

      def harmless(value)
        case value
        when Hash then value.transform_values { |each| harmless(each) }
        when Array then value.map { |each| harmless(each) }
        when String then value.scrub
        else value
        end
      end
    end
  end
end

# After the class, which is loaded on first use: its parts open it again.
require_relative "call_tree/frame"
require_relative "call_tree/node"
