# frozen_string_literal: true

module Memory
  module Tracker
    class CallTree
      # A frame in the tree of call paths. The root has none; below it stand the allocating lines, below each of them
      # its callers. In an inverted tree it is the other way round.
      class Node
        # @return [Frame, nil] nil for the root
        attr_reader :frame

        # @return [Node, nil] the frame that this one has called; nil for the root
        attr_reader :parent

        # @!attribute [r] self
        #   @return [Record] objects whose recorded path ends here

        # @param frame [Frame, nil]
        # @param parent [Node, nil]
        def initialize(frame = nil, parent = nil)
          @frame = frame
          @parent = parent
          @children = {}
          @own = Record::NONE
          @total = nil
        end

        # @return [Array<Node>] the callers, those with most live objects first
        def children
          @children.values.sort_by do |node|
            [-node.total.live_count, -node.total.retained_count, -node.total.new_count]
          end
        end

        define_method(:self) { @own }

        # @return [Record] objects whose recorded path ends here or below
        def total
          @total ||= @children.each_value.reduce(@own) { |sum, node| sum + node.total }
        end

        # @return [Array<Frame>] from the root's child to this node; empty for the root
        def path
          path = []
          node = self
          while node.frame
            path.unshift(node.frame)
            node = node.parent
          end
          path
        end

        # @return [Boolean]
        def leaf?
          @children.empty?
        end

        # @yieldparam node [Node] this node, then all below it, parents first
        # @return [self, Enumerator]
        def each_node(&block)
          return to_enum(:each_node) unless block

          yield self
          @children.each_value { |node| node.each_node(&block) }
          self
        end

        # @return [String]
        def inspect
          "#<#{self.class} #{frame || "root"} #{total.to_h}>"
        end

        # Only while a tree is built: totals are kept once they were asked for.
        # @api private
        # @param frame [Frame]
        # @return [Node] the child with this frame
        def child(frame)
          @children[frame] ||= Node.new(frame, self)
        end

        # @api private
        # @param counts [Record] further objects whose path ends here
        # @return [void]
        def add(counts)
          @own += counts
        end
      end
    end
  end
end
