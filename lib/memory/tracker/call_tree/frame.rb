# frozen_string_literal: true

module Memory
  module Tracker
    class CallTree
      # A place in the program: one line of a method, a block or a file. What methods written in C, and those that
      # Ruby's core has in Ruby, allocate is allocated by the line that calls them: they have no frames of their own.
      class Frame
        # @return [String] the file; empty for what is no code, such as "(other)"
        attr_reader :path

        # @return [Integer] the line; 0 when it is not known
        attr_reader :lineno

        # @return [String] the method with its class, such as "Cart#add", or what else runs there
        attr_reader :label

        # @param path [String]
        # @param lineno [Integer]
        # @param label [String]
        # @param flags [Integer]
        def initialize(path, lineno, label, flags = 0)
          @path = path
          @lineno = lineno
          @label = label
          @flags = flags
          freeze
        end

        # @return [Boolean] whether the method is not the program's but Ruby's or an extension's: the whole path then,
        #   because no line of the program is on the stack
        def native?
          @flags.anybits?(Snapshot::NATIVE)
        end

        # @return [Boolean] whether this stands for no code, but for objects whose place is not known
        def pseudo?
          @flags.anybits?(Snapshot::PSEUDO)
        end

        # @return [String] as in a backtrace
        def to_s
          path.empty? ? label : "#{path}:#{lineno}:in '#{label}'"
        end

        # @return [String]
        def inspect
          "#<#{self.class} #{self}>"
        end

        # @return [Boolean] whether it is the same place
        def ==(other)
          other.is_a?(Frame) && lineno == other.lineno && label == other.label && path == other.path
        end
        alias eql? ==

        # @return [Integer]
        def hash
          [path, lineno, label].hash
        end
      end
    end
  end
end
