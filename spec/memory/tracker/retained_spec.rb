# frozen_string_literal: true

require_relative "../../support/heap"
require_relative "../../support/random_program"

RSpec.describe Memory::Tracker::Capture, "and what is retained" do
  subject(:capture) { described_class.new }

  let(:klass) { Class.new }

  before { klass && capture.start }

  after { capture.stop }

  def retained
    capture.retained_count_for(klass)
  end

  # @return [Hash] the entries, the newest last; the oldest goes
  def fill(cache, count, limit: 4000)
    @key ||= 0
    count.times do
      cache[@key += 1] = klass.new
      cache.shift if cache.size > limit
    end
  end

  it "knows nothing before the first major GC" do
    kept = Array.new(10) { klass.new }
    expect(retained).to eq(0)
    GC.start
    expect(retained).to eq(kept.size)
  end

  it "stays at what a cache holds, however often its entries change" do
    cache = {}
    seen = Array.new(6) do
      fill(cache, 9000)
      3.times { GC.start(full_mark: false) }
      GC.start
      retained
    end
    expect(seen).to all(be_between(4000, 4010))
    expect(seen.last - seen.first).to be_between(-5, 5)
    expect(capture.count_for(klass)).to be_between(4000, 4010)
  end

  it "does not change by minor GCs" do
    fill(cache = {}, 9000)
    GC.start
    before = retained
    minors = GC.stat(:minor_gc_count)
    GC.disable
    14.times do
      fill(cache, 2000)
      GC.start(full_mark: false)
    end
    GC.enable
    # Ruby may make a major GC of one of them, which finds the same.
    expect(GC.stat(:minor_gc_count) - minors).to be > 10
    expect(retained).to be_within(5).of(before)
  end

  it "grows by what leaks" do
    leak = []
    seen = Array.new(5) do
      777.times do
        leak << klass.new
        9.times { klass.new }
      end
      GC.start
      retained
    end
    expect(seen.each_cons(2).map { |before, after| after - before }).to all(be_between(777 - 5, 777 + 5))
    expect(seen.last).to be_between(leak.size, leak.size + 5)
  end

  it "goes down when the program lets go" do
    kept = Array.new(5000) { klass.new }
    GC.start
    expect(retained).to eq(kept.size)
    kept.pop while kept.size > 10
    GC.start
    expect(retained).to be_between(kept.size, 20)
  end

  it "is what the heap holds straight after a full GC, for random work" do
    program = RandomProgram.new
    3.times do
      program.run(steps: 300)
      GC.start
      Heap.without_gc do
        heap = HeapWalk.counts
        there = program.classes.to_h { |each| [each, heap.fetch(each, 0)] }
        expect(program.classes.to_h { |each| [each, capture.retained_count_for(each)] }).to eq(there)
      end
    end
    expect(program.classes.sum { |each| capture.retained_count_for(each) }).to be > 50
  end

  it "is the same with call paths" do
    deep = described_class.new(depth: 10).tap(&:start)
    kept = Array.new(300) { klass.new }
    kept.concat(Array.new(200) { klass.new })
    GC.start
    kept.concat(Array.new(100) { klass.new })
    expect(deep.retained_count_for(klass)).to eq(500)
    expect(deep.snapshot.rows.sum(&:retained_count)).to eq(deep.snapshot.facts[:retained_count])
    expect(kept.size).to eq(deep.count_for(klass))
    deep.stop
  end

  it "is exact after GC.start" do
    Array.new(10) { klass.new }
    GC.start
    expect(capture.snapshot.facts).to include(retained_bound: false)
  end

  it "counts what was there before, when that is asked for" do
    before = Array.new(50) { klass.new }
    all = described_class.new(existing: true).tap(&:start)
    GC.start
    expect(all.retained_count_for(klass)).to eq(before.size)
    all.stop
  end

  describe "after major GCs that ran by themselves" do
    # The cache stays as large as it is; what is beside it grows until a major GC has come.
    def work_until_major(cache)
      first = GC.stat(:major_gc_count)
      ballast = []
      until GC.stat(:major_gc_count) > first
        fill(cache, 500)
        ballast << ("x" * 500_000)
        raise "there was no major GC" if ballast.size > 2000
      end
    end

    it "is an upper bound, and says so" do
      fill(cache = {}, 5000)
      bounds = Array.new(4) do
        work_until_major(cache)
        # Its sweep may go on still; the next GC ends that first.
        GC.start(full_mark: false)
        expect(retained).to be >= cache.size
        capture.snapshot.facts[:retained_bound]
      end
      expect(bounds).to include(true)
      GC.start
      expect(retained).to be_between(cache.size, cache.size + 10)
      expect(capture.snapshot.facts[:retained_bound]).to be(false)
    end
  end

  it "stays what it was after the stop" do
    kept = Array.new(20) { klass.new }
    GC.start
    capture.stop
    kept.clear
    GC.start
    expect(retained).to eq(20)
  end
end
