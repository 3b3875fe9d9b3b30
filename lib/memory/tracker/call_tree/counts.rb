# frozen_string_literal: true

module Memory
  module Tracker
    class CallTree
      # How many objects: born, still there, and left standing by the latest major GC.
      class Counts
        # @return [Integer] objects born since the capture started
        attr_reader :allocated

        # @return [Integer] those of them that were not freed yet: in use, or garbage that no GC has swept
        attr_reader :live

        # @return [Integer] those of them that the latest major GC left standing
        attr_reader :retained

        # @param allocated [Integer]
        # @param live [Integer]
        # @param retained [Integer]
        def initialize(allocated, live, retained)
          @allocated = allocated
          @live = live
          @retained = retained
          freeze
        end

        # No objects at all.
        NONE = new(0, 0, 0)

        # @param other [Counts]
        # @return [Counts] both together
        def +(other)
          Counts.new(allocated + other.allocated, live + other.live, retained + other.retained)
        end

        # @param other [Counts] a part of these
        # @return [Counts] what is left without it
        def -(other)
          Counts.new(allocated - other.allocated, live - other.live, retained - other.retained)
        end

        # @return [Hash{Symbol => Integer}]
        def to_h
          { allocated: allocated, live: live, retained: retained }
        end

        # @return [Boolean] whether the other ones are as many
        def ==(other)
          other.is_a?(Counts) && to_h == other.to_h
        end
        alias eql? ==

        # @return [Integer]
        def hash
          to_h.hash
        end
      end
    end
  end
end
