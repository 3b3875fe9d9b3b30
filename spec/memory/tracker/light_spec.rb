# frozen_string_literal: true

require_relative "../../support/heap"
require_relative "../../support/random_program"
require_relative "../../support/ruby_program"

RSpec.describe Memory::Tracker::Capture, "that is light" do
  subject(:capture) { described_class.new(mode: :light) }

  let(:program) { RandomProgram.new }

  after do
    capture.stop
    GC.stress = false
  end

  # More than any window takes.
  def fill_window
    200_000.times { +"" }
  end

  def heard
    capture.statistics.fetch(:heard)
  end

  it "counts what stands, of all objects there are" do
    before = Array.new(10) { Class.new.new }
    capture.start
    expect(Heap.differences(capture)).to eq({})
    expect(capture.count_for(before.first.class)).to eq(1)
  end

  it "is exact about that for eight threads" do
    capture.start
    program.run(steps: 500)
    expect(Heap.differences(capture)).to eq({})
    program.drop_all
    GC.start
    expect(Heap.differences(capture)).to eq({})
  end

  it "is exact about that while objects move" do
    capture.start
    5.times do
      program.run(steps: 200, threads: 0)
      Heap.shuffle
      expect(Heap.differences(capture)).to eq({})
    end
  end

  it "is exact about that with a GC at every allocation" do
    result = RubyProgram.run(<<~RUBY)
      capture = Memory::Tracker::Capture.new(mode: :light)
      capture.start
      program = RandomProgram.new(seed: #{RandomProgram.seed}, classes: 30, kept: 50)
      program.run(steps: 300)
      GC.stress = true
      program.run(steps: 60, threads: 0) { |random| capture.live_count if random.rand(10).zero? }
      GC.stress = false
      p Heap.differences(capture)
    RUBY
    expect(result.out).to eq("{}\n"), result.to_s
  end

  it "takes the place of what died for what it is" do
    capture.start
    classes = Array.new(5) do
      klass = Class.new
      fill_window
      kept = Array.new(7) { klass.new }
      counted = capture.count_for(klass)
      GC.start
      [counted, capture.count_for(klass), kept.size, capture[Class.new]]
    end
    expect(classes).to all(eq([7, 7, 7, nil]))
  end

  it "does not keep anonymous classes, nor records of them" do
    capture.start
    Heap.away do
      Array.new(3000) { Class.new.new }.size
    end
    capture.live_count
    peak = capture.statistics.fetch(:classes)
    before = ObjectSpace.each_object(Class).count
    4.times { GC.start }
    expect(before - ObjectSpace.each_object(Class).count).to be > 2000
    capture.live_count
    expect(peak - capture.statistics.fetch(:classes)).to be > 2000
    expect(Heap.differences(capture)).to eq({})
  end

  it "hears of nothing once a window has closed, however long nobody reads" do
    capture.start
    before = heard
    fill_window
    eventually("the end of the window") do
      count = heard
      fill_window
      heard == count
    end
    expect(heard - before).to be > 1000
  end

  it "hears of nothing any more when it was stopped" do
    capture.start
    capture.stop
    expect { fill_window }.not_to(change { heard })
  end

  it "has the VM's own sums" do
    capture.start
    GC.start
    new = capture.new_count
    free = capture.free_count
    fill_window
    GC.start
    expect(capture.new_count - new).to be_within(5000).of(200_000)
    expect(capture.free_count - free).to be_within(5000).of(200_000)
    snapshot = capture.snapshot.facts
    expect(snapshot[:live_count]).to eq(snapshot[:new_count] - snapshot[:free_count])
  end

  it "estimates what was born of a class" do
    klass = Class.new
    capture.start
    1000.times do
      300.times { klass.new }
      100.times { +"" }
    end
    expect(capture[klass].new_count).to be_within(30_000).of(300_000)
    expect(capture[klass].free_count).to be > 0
  end

  it "counts what grew as born, be there samples of it or not" do
    klass = Class.new
    capture.start
    fill_window
    kept = Array.new(1234) { klass.new }
    record = capture[klass]
    expect(record.live_count).to eq(kept.size)
    expect(record.new_count).to be >= kept.size
  end

  it "has retained what stood at the first look after a major GC" do
    klass = Class.new
    capture.start
    kept = Array.new(100) { klass.new }
    expect(capture.retained_count_for(klass)).to eq(0)
    Heap.away { Array.new(100) { klass.new }.size }
    GC.start
    expect(capture.retained_count_for(klass)).to be_between(100, 105)
    Heap.away { Array.new(100) { klass.new }.size }
    expect(capture.retained_count_for(klass)).to be_between(100, 105)
    kept.clear
    expect(capture.snapshot.facts.fetch(:retained_bound)).to be(true)
  end

  describe "with call paths" do
    subject(:capture) { described_class.new(mode: :light, depth: 3) }

    def often(klass)
      klass.new
    end

    def seldom(klass)
      klass.new
    end

    def make_by_string(klass, name, line)
      maker = Object.new
      maker.instance_eval("def #{name}(k) = k.new", "made", line) # rubocop:disable Style/EvalWithLocation
      maker.public_send(name, klass)
    end

    it "shares births out among call paths, of which nothing else is known" do
      klass = Class.new
      capture.start
      90_000.times { |n| (n % 3).zero? ? seldom(klass) : often(klass) }
      tree = capture.call_tree(klass)
      totals = tree.top_paths(by: :total).group_by { |path| path[:path].join[/often|seldom/] }
                   .transform_values { |paths| paths.sum { |path| path[:total] } }
      expect(totals["often"]).to be_within(8000).of(60_000)
      expect(totals["seldom"]).to be_within(8000).of(30_000)
      expect(tree.top_paths.flat_map { |path| path.values_at(:count, :retained) }).to all(be_nil)
      row = tree.snapshot.rows.find { |each| each.id == capture.send(:class_id, klass) }
      expect(tree.live_count).to eq(row.live_count)
    end

    it "says what is estimated, and from how much" do
      capture.start
      fill_window
      snapshot = capture.snapshot
      expect(snapshot).to be_light
      expect(snapshot.facts[:sampled_of]).to be > snapshot.facts[:sampled]
      expect(snapshot.facts[:sampled]).to be > 1000
      expect(capture).not_to be_exact
      expect(capture.inexact_reason).to match(/\Alive is exact, .* estimated from \d+ of \d+\z/)
    end

    it "does not mistake methods that were made of strings for others that took their place" do
      klass = Class.new
      capture.start
      300.times do |number|
        Heap.away { make_by_string(klass, "made_#{number}", number + 1) }
        GC.start if (number % 20).zero?
        capture.live_count
      end
      paths = capture.call_tree(klass).top_paths(limit: nil, by: :total).map { |path| path[:path].join(" ") }
      named = paths.filter_map { |path| path.match(/made:(\d+):in '(?:\S+#)?made_(\d+)'/) }
      expect(named.size).to be > 20
      expect(named).to all(satisfy { |match| match[1].to_i == match[2].to_i + 1 })
    end

    it "takes call paths of chosen classes" do
      klass = Class.new
      capture.track(klass, depth: 1)
      capture.start
      1000.times { often(klass) }
      expect(capture.call_tree(klass).top_paths(by: :total).map { |path| path[:path].size }.uniq).to eq([1])
    end
  end

  it "keeps its numbers when it was stopped" do
    klass = Class.new
    capture.start
    kept = Array.new(50) { klass.new }
    capture.stop
    live = capture.live_count
    kept.push(klass.new)
    expect(capture.count_for(klass)).to eq(50)
    expect(capture.to_h.fetch(klass).live_count).to eq(50)
    expect(capture.live_count).to eq(live)
  end

  it "starts and stops again, beside an exact one" do
    exact = described_class.new(existing: true)
    exact.start
    3.times do
      capture.start
      program.run(steps: 100, threads: 2)
      expect(Heap.differences(capture)).to eq({})
      capture.stop
    end
    expect(Heap.differences(exact)).to eq({})
    expect(exact.inexact_reason).to be_nil
  ensure
    exact.stop
  end

  it "counts from zero again" do
    capture.start
    fill_window
    capture.clear
    expect(capture.free_count).to be < 1000
    expect(Heap.differences(capture)).to eq({})
  end

  it "goes on in a forked child" do
    skip "this system has no fork" unless Process.respond_to?(:fork)
    capture.start
    program
    pid = fork do
      program.run(steps: 100)
      GC.start
      exit!(Heap.differences(capture).empty? && capture.running? ? 0 : 1)
    end
    expect(Process.wait2(pid).last).to be_success
    expect(Heap.differences(capture)).to eq({})
  end

  it "leaves the heap alone while other Ractors run, and says so" do
    skip "this Ruby has no Ractors" unless defined?(Ractor)
    result = RubyProgram.run(<<~RUBY)
      capture = Memory::Tracker::Capture.new(mode: :light)
      capture.start
      ractor = Ractor.new { Ractor.receive }
      reason = capture.inexact_reason
      ractor.send(:end)
      ractor.respond_to?(:value) ? ractor.value : ractor.take
      sleep 0.01 until Ractor.count == 1
      puts reason, capture.inexact_reason
    RUBY
    expect(result.out).to match(/while other Ractors run.*\nlive is exact/), result.to_s
  end

  it "refuses what it cannot do" do
    expect { described_class.new(mode: :fast) }.to raise_error(ArgumentError, /mode must be :exact or :light/)
    expect { described_class.new(mode: :light, path_interval: 2) }.to raise_error(ArgumentError, /path_interval/)
    expect { capture.track(String) { nil } }.to raise_error(ArgumentError, /does not hear of every object/)
  end
end
