# frozen_string_literal: true

module Memory
  module Tracker
    class Sampler
      # How the objects of one class have developed over the samples taken. It does not hold the class.
      class Sample
        # How the name of a class begins that is a constant's, and stays.
        CONSTANT = /\A[A-Z]/
        private_constant :CONSTANT

        # @return [Integer] tells classes of the same name apart
        attr_reader :id

        # @return [String] the name of the class
        attr_reader :name

        # @return [Integer] live objects when the latest sample was taken
        attr_reader :live_count

        # @return [Integer] objects left standing by the latest major GC before that
        attr_reader :retained_count

        # @return [Integer] the number of live objects that growth is measured from: it only ever rises, and then by
        #   more than the threshold
        attr_reader :maximum

        # @return [Integer] by how much the latest sample was more than the maximum before it; 0 without growth
        attr_reader :growth

        # @return [Integer] in how many samples the class had grown
        attr_reader :increases

        # @return [Integer] how many samples there were
        attr_reader :sample_count

        # @param capture [Capture]
        # @param id [Integer] of the class in the capture
        # @param name [String]
        # @param maximum [Integer, nil] nil: whatever the first sample has
        def initialize(capture, id, name, maximum)
          @capture = capture
          @id = id
          @name = name
          @maximum = maximum
          @live_count = @retained_count = @growth = @increases = @sample_count = 0
        end

        # Takes the name that the class has by now, when it had none yet, or one of a module without a name.
        # @api private
        # @param name [String, nil] nil: none yet
        # @return [void]
        def rename(name)
          @name = name if name && !@name.match?(CONSTANT)
        end

        # Takes note of the class's counts.
        # @api private
        # @param live_count [Integer]
        # @param retained_count [Integer]
        # @param threshold [Integer]
        # @return [self]
        def update(live_count, retained_count, threshold)
          @sample_count += 1
          @live_count = live_count
          @retained_count = retained_count
          @maximum ||= live_count
          @growth = live_count > maximum + threshold ? live_count - maximum : 0
          return self unless increased?

          @maximum = live_count
          @increases += 1
          self
        end

        # @return [Boolean] whether the class had grown in the latest sample
        def increased?
          growth.positive?
        end

        # @return [Class, nil] the class itself; nil when it is not there any more
        def target
          place = @capture.send(:figures).each_slice(FIGURES).find { |_klass, class_id| class_id == id }
          place&.first
        end

        # @return [Hash{Symbol => Object}]
        def to_h
          { name: name, live_count: live_count, retained_count: retained_count, maximum: maximum, growth: growth,
            increases: increases, sample_count: sample_count }
        end
        alias as_json to_h

        # @return [String]
        def inspect
          "#<#{self.class} #{name} #{live_count} live, grown #{increases} times>"
        end
      end
    end
  end
end
