# frozen_string_literal: true

SpecSupport.require_extension("spec/support/heap_walk") unless defined?(HeapWalk)

# Compares captures with the heap as it is.
module Heap
  module_function

  # @return [Hash] where a capture that counts existing objects differs from the whole heap: class by class, and all
  def differences(capture)
    HeapWalk.differences(capture)
  end

  # @param before [Hash{Class => Integer}] objects that were allocated before the start and are still there
  # @return [Hash{Class => Array}] heap and capture, where they differ for these classes
  def differences_for(capture, classes, before: {})
    without_gc do
      walk = HeapWalk.counts
      there = ->(klass) { walk.fetch(klass, 0) - before.fetch(klass, 0) }
      pairs = classes.to_h { |klass| [klass, [there.call(klass), capture.count_for(klass)]] }
      pairs.reject { |_klass, (in_heap, counted)| in_heap == counted }
    end
  end

  # @return [Integer] objects of exactly this class
  def count(klass)
    HeapWalk.counts.fetch(klass, 0)
  end

  # @return [Hash{Class => Integer}] bytes of the slots of all objects of each class
  def bytes
    HeapWalk.bytes
  end

  # Runs the block with nothing dying: what is garbage already is swept first.
  def without_gc
    was_disabled = GC.disable
    yield
  ensure
    GC.enable unless was_disabled
  end

  # Moves as many objects as can be moved.
  def shuffle
    return unless GC.respond_to?(:compact)

    GC.compact
    return unless GC.respond_to?(:verify_compaction_references)

    option = RUBY_VERSION < "3.2" ? :double_heap : :expand_heap
    # Once is enough, and each time the heap is twice as large.
    GC.verify_compaction_references(toward: :empty, option => !@expanded)
    @expanded = true
  rescue NotImplementedError
    GC.start
  end

  # Overwrites what is left on the stack of values that are no more in use, so that they are not taken for used.
  def clean_stack(depth = 60)
    depth.zero? ? nil.to_a : clean_stack(depth - 1)
  end

  # Runs the block deep in another thread, whose stack is gone afterwards.
  def away(&)
    Thread.new(&).value
  end
end
