# frozen_string_literal: true

require "objspace"
require_relative "../../support/heap"
require_relative "../../support/ruby_program"

RSpec.describe Memory::Tracker::Capture, "and what it keeps alive" do
  subject(:capture) { described_class.new(depth: 10) }

  after { capture.stop }

  def classes
    ObjectSpace.each_object(Class).count
  end

  def code
    GC.start
    ObjectSpace.count_imemo_objects.fetch(:imemo_iseq)
  end

  def collect
    3.times { GC.start }
  end

  def make_by_string(klass, name, line)
    maker = Object.new
    maker.instance_eval("def #{name}(k) = k.new", "made.rb", line) # rubocop:disable Style/EvalWithLocation
    maker.public_send(name, klass)
  end

  # What a stack still refers to by chance is not many.
  let(:few) { 300 }

  it "does not keep anonymous classes" do
    capture.start
    before = classes
    Heap.away do
      Array.new(10_000) { Class.new.new }
      nil
    end
    expect(capture.new_count).to be > 20_000
    collect
    expect(classes - before).to be < few
    expect(Heap.without_gc { capture.each.count }).to be < before
    expect(capture).to be_exact
  end

  it "does not keep methods that were made of strings, nor mistakes one for another that took its place" do
    klass = Class.new
    capture.start
    before = code
    Heap.away do
      3.times do |round|
        3000.times do |number|
          make_by_string(klass, "made_#{round}_#{number}", number + 1)
        end
        GC.start
      end
      nil
    end
    expect(capture[klass].new_count).to eq(9000)
    expect(code - before).to be < few * 3
    expect(capture.statistics).to include(lost: 0, dropped: 0)
  end

  it "gives call paths of code that was made of strings their true names" do
    klass = Class.new
    found = []
    capture.track(klass) { |_klass, event, path| found << path if event == :newobj }
    capture.start
    2000.times do |number|
      make_by_string(klass, "made_#{number}", number + 1)
      GC.start if (number % 500) == 499
    end
    capture.stop
    wrong = found.each_with_index.reject do |path, number|
      path.first(2).any? { |frame| frame.match?(/\Amade\.rb:#{number + 1}:in '.*made_#{number}'\z/) }
    end
    expect(found.size).to eq(2000)
    expect(wrong).to be_empty
  end

  it "holds tracked classes until they are untracked or the capture is gone" do
    capture.start
    kept = Heap.away do
      200.times { capture.track(Class.new) }
      ObjectSpace.each_object(Class).select { |klass| capture.tracking?(klass) }.map(&:object_id)
    end
    collect
    alive = ObjectSpace.each_object(Class).select { |klass| capture.tracking?(klass) }
    expect(alive.map(&:object_id)).to match_array(kept).and have_attributes(size: 200)
    before = classes
    alive.each { |klass| capture.untrack(klass) }
    alive.clear
    collect
    expect(before - classes).to be > 150
  end

  it "does not keep the objects of tracked classes" do
    klass = Class.new
    capture.track(klass) { nil }
    capture.start
    Heap.away do
      5000.times { klass.new }
      nil
    end
    collect
    expect(capture.count_for(klass)).to be < 20
  end

  it "does not keep classes when it is stopped" do
    before = classes
    Heap.away do
      capture.start
      Array.new(2000) { Class.new.new }
      capture.stop
      nil
    end
    collect
    expect(classes - before).to be < few
  end

  it "goes itself, with what it tracked, when nobody refers to it" do
    before = classes
    Heap.away do
      20.times do
        other = described_class.new
        100.times { other.track(Class.new) { nil } }
        other.start
        other.stop
      end
      nil
    end
    collect
    expect(classes - before).to be < few
  end

  it "can be moved before it is started" do
    result = RubyProgram.run(<<~RUBY)
      garbage = Array.new(100_000) { Object.new }
      captures = Array.new(100) { Memory::Tracker::Capture.new(existing: true) }
      garbage.clear
      Heap.shuffle
      captures.first(8).each(&:start)
      3.times { GC.start }
      p captures.first(8).map { |capture| Heap.differences(capture) }.uniq
    RUBY
    expect(result.out).to eq("[{}]\n"), result.to_s
  end

  it "uses places of dead classes again" do
    capture.start
    sizes = Array.new(6) do
      Heap.away do
        3000.times { Class.new.new }
        nil
      end
      collect
      capture.statistics[:bytes]
    end
    expect(sizes.last).to be < (sizes[1] * 1.5)
    expect(capture.new_count).to be > 36_000
  end
end
