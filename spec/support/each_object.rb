# frozen_string_literal: true

# Compares a capture with what `ObjectSpace.each_object` gives, class by class.
module EachObject
  CLASS_OF = Kernel.instance_method(:class)
  SINGLETON = Module.instance_method(:singleton_class?)
  # Since 4.0 each_object leaves out one class that it yielded before: RubyVM::FrozenCore, which the compiler uses.
  LEFT_OUT = RUBY_VERSION < "4.0" ? 0 : 1
  private_constant :CLASS_OF, :SINGLETON, :LEFT_OUT

  module_function

  # @param capture [Memory::Tracker::Capture] one that counts existing objects
  # @return [Hash{Class => Array<Integer>}] objects of exactly the class, and those of the capture, where they differ.
  #   Singleton classes are none of Class's
  def differences(capture)
    GC.start
    was_disabled = GC.disable
    counts = Hash.new(0).compare_by_identity
    # Once, so that the second time no object is made.
    count(counts)
    figures = capture.send(:figures)
    count(counts)
    counts[Class] += LEFT_OUT
    compare(figures, counts)
  ensure
    GC.enable unless was_disabled
  end

  def count(counts)
    counts.each_key { |klass| counts[klass] = 0 }
    ObjectSpace.each_object(BasicObject) do |object|
      klass = CLASS_OF.bind_call(object)
      counts[klass] += 1 unless klass.equal?(Class) && SINGLETON.bind_call(object)
    end
  end

  def compare(figures, counts)
    tracked = figures.each_slice(6).to_h { |klass, _id, allocated, freed,| [klass, allocated - freed] }
    (tracked.keys | counts.keys).filter_map do |klass|
      pair = [counts.fetch(klass, 0), tracked.fetch(klass, 0)]
      [klass, pair] unless pair.first == pair.last
    end.to_h
  end
end
