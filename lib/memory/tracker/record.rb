# frozen_string_literal: true

module Memory
  module Tracker
    # How many objects there were of a class, or with a call path, when it was asked for.
    class Record
      # @return [Integer] objects allocated since the capture started
      attr_reader :new_count

      # @return [Integer] those of them that have been freed
      attr_reader :free_count

      # @return [Integer] objects allocated before the latest major GC that it left standing
      attr_reader :retained_count

      # @return [Integer, nil] bytes of the slots of all objects allocated since the capture started: what they take
      #   in the heap's pages, without what they have allocated outside of them; nil in a light capture, which does not
      #   know
      attr_reader :allocated_bytes

      # @param new_count [Integer]
      # @param free_count [Integer]
      # @param retained_count [Integer]
      # @param allocated_bytes [Integer, nil]
      def initialize(new_count, free_count, retained_count, allocated_bytes = nil)
        @new_count = new_count
        @free_count = free_count
        @retained_count = retained_count
        @allocated_bytes = allocated_bytes
        freeze
      end

      # No objects at all.
      NONE = new(0, 0, 0, 0)

      # @param other [Record]
      # @return [Record] both together
      def +(other)
        combine(other, :+)
      end

      # @param other [Record] a part of these
      # @return [Record] what is left without it
      def -(other)
        combine(other, :-)
      end

      # @return [Integer] objects not freed yet: those in use, and garbage that no GC has swept
      def live_count
        new_count - free_count
      end

      # @return [Hash{Symbol => Integer, nil}]
      def to_h
        { new_count: new_count, free_count: free_count, live_count: live_count, retained_count: retained_count,
          allocated_bytes: allocated_bytes }
      end

      # @return [Boolean] whether the other record has the same counts
      def ==(other)
        other.is_a?(Record) && to_h == other.to_h
      end
      alias eql? ==

      # @return [Integer]
      def hash
        to_h.hash
      end

      private

      def combine(other, operation)
        values = %i[new_count free_count retained_count allocated_bytes].map do |name|
          own = public_send(name)
          its = other.public_send(name)
          own.public_send(operation, its) if own && its
        end
        Record.new(*values)
      end
    end
  end
end
