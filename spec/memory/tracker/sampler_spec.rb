# frozen_string_literal: true

RSpec.describe Memory::Tracker::Sampler do
  let(:sampler) { described_class.new(depth: 5, increases_threshold: 3, threshold: 50, gc: :full) }
  let(:crate) { stub_const("Crate", Class.new) }
  let(:kept) { [] }

  after { sampler.stop }

  def leak(count = 100)
    count.times { kept << crate.new }
  end

  it "counts without call paths" do
    sampler.start
    leak
    expect(sampler.count(crate)).to eq(100)
    expect(sampler.statistics(crate)).to include(live_count: 100, total_allocations: 100, top_paths: [], hotspots: [])
  end

  it "records call paths for a class under analysis, asked for before the start or later" do
    sampler.track_with_analysis(crate)
    sampler.start
    leak(10)
    other = stub_const("Barrel", Class.new)
    sampler.track_with_analysis(other)
    7.times { kept << other.new }
    expect(sampler.statistics(crate)[:top_paths].first).to include(count: 10)
    expect(sampler.statistics(other)[:top_paths].first).to include(count: 7)
    expect(sampler.statistics(other)[:top_paths].first[:path].join).to include("#{__FILE__}:#{__LINE__ - 3}")
    expect(sampler.all_statistics.keys).to contain_exactly(crate, other)
  end

  it "shows as many frames as it was told" do
    sampler.track_with_analysis(crate)
    sampler.start
    leak(1)
    expect(sampler.statistics(crate)[:top_paths].first[:path].size).to eq(5)
  end

  it "applies the filter when paths are read" do
    plain = described_class.new(filter: ->(frame) { frame.path == __FILE__ })
    plain.track_with_analysis(crate)
    plain.start
    leak(3)
    path = plain.statistics(crate)[:top_paths].first[:path]
    expect(path).to all(start_with(__FILE__))
    expect(plain.capture.call_tree(crate).hotspots.map { |spot| spot[:frame] }).to include(/rspec/)
  ensure
    plain.stop
  end

  describe "#sample!" do
    it "tells of each class whether it has grown beyond its maximum by more than the threshold" do
      leak(200)
      sampler.start
      leak(200)
      expect(grown).not_to include("Crate")
      leak(50)
      expect(grown).not_to include("Crate")
      leak(1)
      expect(grown).to include("Crate")
      expect(sampler.samples[crate]).to have_attributes(live_count: 251, maximum: 251, growth: 51, increases: 1)
      expect(sampler.samples[crate].target).to be(crate)
      expect(grown).not_to include("Crate")
    end

    it "takes a class that turns up later to have grown from nothing" do
      sampler.start
      grown
      leak(60)
      expect(grown).to include("Crate")
    end

    it "does not take a cache that is full for growth" do
      sampler.start
      cache = Array.new(1000) { crate.new }
      sampler.sample!
      increases = Array.new(10) do
        500.times { |index| cache[index] = crate.new }
        grown.include?("Crate")
      end
      expect(increases).to all(be(false))
    end

    def grown
      names = []
      sampler.sample! { |sample, increased| names << sample.name if increased }
      names
    end
  end

  it "begins the analysis of a class by itself when it has grown often enough" do
    sampler.start
    sampler.sample!
    2.times { grow }
    expect(sampler.analysing?(crate)).to be(false)
    expect(sampler.statistics(crate)[:top_paths]).to be_empty
    grow
    expect(sampler.analysing?(crate)).to be(true)
    leak(30)
    expect(sampler.statistics(crate)[:top_paths].sum { |path| path[:count] }).to eq(30)
  end

  def grow
    leak
    sampler.sample!
  end

  it "does not hold classes that it only counts, nor report its own objects" do
    sampler.start
    # In a thread, so that nothing of it stays on a stack, where the GC would find the last of these hashes.
    Thread.new do
      500.times do
        Class.new.new
        sampler.samples
      end
      nil
    end.join
    sampler.sample!
    GC.start
    sampler.sample!
    anonymous = sampler.samples.keys.count { |klass| klass.name.nil? }
    expect(anonymous).to be < 400
    expect(sampler.samples.keys.map(&:name).compact).not_to include(/Memory::Tracker/)
  end

  it "calls no method of a class that it counts, tracks or analyses" do
    touchy = stub_const("Touchy", Class.new)
    called = []
    %i[name to_s inspect hash == eql? class].each do |method|
      touchy.define_singleton_method(method) { |*| (called << method) && raise("#{method} was called") }
    end
    sampler.track_with_analysis(touchy)
    sampler.track(touchy)
    sampler.start
    grown = Array.new(3) do
      200.times { kept << touchy.new }
      [].tap { |names| sampler.sample! { |sample, increased| names << sample.name if increased } }
    end
    expect(grown.drop(1)).to all(include("Touchy"))
    # Matchers call methods of what they compare.
    all = [sampler.samples, sampler.all_statistics].map { |hash| hash.keys.any? { |klass| klass.equal?(touchy) } }
    expect([all, called]).to eq([[true, true], []])
    sampler.clear(touchy)
    expect(sampler.inspect).to include("1 classes under analysis")
  end

  it "has the name that a class was given after its first sample" do
    late = Class.new
    outer = Module.new
    inner = outer.const_set(:Inner, Class.new)
    kept.push(late.new, inner.new)
    sampler.start
    kept.push(late.new, inner.new)
    sampler.sample!
    names = -> { sampler.samples.values_at(late, inner).map(&:name) }
    expect(names.call).to match([/\A#<Class:0x\h+>\z/, /\A#<Module:0x\h+>::Inner\z/])
    stub_const("Late", late)
    stub_const("Outer", outer)
    sampler.sample!
    expect(names.call).to eq(%w[Late Outer::Inner])
  end

  it "refuses a singleton class, whose objects count for the class it is of" do
    block = proc {}
    singleton = crate.new.singleton_class
    [-> { sampler.track(singleton, &block) }, -> { sampler.track_with_analysis(singleton) }].each do |track|
      expect(&track).to raise_error(ArgumentError, "can't track singleton class")
    end
    expect([sampler.tracking?(singleton), sampler.untrack(singleton)]).to eq([false, false])
  end

  it "keeps the block of a class whose analysis begins" do
    events = []
    sampler.track(crate) { |_klass, event, path| events << [event, path.size] }
    sampler.start
    sampler.track_with_analysis(crate)
    leak(1)
    SpecSupport.eventually("the event") { events.any? }
    expect(events.first).to eq([:newobj, 5])
    expect(sampler.tracking?(crate)).to be(true)
    expect(sampler.untrack(crate)).to be(true)
    expect(sampler.tracking?(crate)).to be(false)
  end

  describe "#run" do
    it "samples until another thread stops it" do
      grown = Queue.new
      thread = Thread.new { sampler.run(interval: 0.02) { |sample| grown << sample.name } }
      SpecSupport.eventually("the first sample") { sampler.samples.any? }
      leak
      SpecSupport.eventually("growth") { !grown.empty? && grown.pop == "Crate" }
      expect(sampler.stop!).to be(true)
      expect(thread.join(10)).to be(thread)
      expect(sampler).not_to be_running
      expect(sampler.count(crate)).to eq(100)
    end

    it "is not held up by a long interval" do
      thread = Thread.new { sampler.run(interval: 3600) }
      SpecSupport.eventually("the start") { sampler.running? && thread.status == "sleep" }
      sampler.stop
      expect(thread.join(10)).to be(thread)
    end

    it "can be stopped by a signal handler, and by its own block" do
      previous = trap(:USR2) { sampler.stop! }
      thread = Thread.new { sampler.run(interval: 3600) }
      SpecSupport.eventually("the start") { sampler.running? && thread.status == "sleep" }
      Process.kill(:USR2, Process.pid)
      expect(thread.join(10)).to be(thread)
      stopped_by_block = Thread.new { sampler.run(interval: 0.02) { sampler.stop } }
      SpecSupport.eventually("growth") { leak && stopped_by_block.join(0.02) }
    ensure
      trap(:USR2, previous)
    end

    it "runs once at a time, also in a forked child, and again after it has ended" do
      thread = Thread.new { sampler.run(interval: 3600) }
      SpecSupport.eventually("the start") { sampler.running? && thread.status == "sleep" }
      expect { sampler.run }.to raise_error(Memory::Tracker::Error, /already/)
      child = fork { exit!(child_runs?) }
      expect(Process.wait2(child).last.exitstatus).to eq(0)
      expect(thread.alive?).to be(true)
      sampler.stop
      thread.join(10)
      expect(Thread.new { sampler.run(interval: 0.02) { sampler.stop } }).to be_alive
    end

    def child_runs?
      own = Thread.new { sampler.run(interval: 0.02) { sampler.stop } }
      SpecSupport.eventually("growth") { leak && own.join(0.02) }
      true
    end

    it "refuses an interval that is none" do
      expect { sampler.run(interval: 0) }.to raise_error(ArgumentError, /interval/)
    end
  end

  describe "#clear_all!" do
    it "counts from zero, and keeps what is under analysis" do
      sampler.track_with_analysis(crate)
      sampler.start
      leak(20)
      sampler.sample!
      sampler.clear_all!
      expect(sampler.samples).to be_empty
      expect(sampler.statistics(crate)).to include(live_count: 0, top_paths: [])
      leak(4)
      expect(sampler.statistics(crate)[:top_paths].first).to include(count: 4)
    end
  end

  describe "#clear" do
    it "forgets how one class has grown, and goes on counting it" do
      sampler.start
      sampler.sample!
      grow
      sampler.clear(crate)
      expect(sampler.samples[crate]).to have_attributes(increases: 0)
      grow
      expect(sampler.samples[crate]).to have_attributes(increases: 0, live_count: 200)
    end
  end

  it "starts once, and from zero again after it was stopped" do
    expect(sampler.start).to be(true)
    expect(sampler.start).to be(false)
    leak
    expect(sampler.stop).to be(true)
    expect(sampler.stop).to be(false)
    expect(sampler.count(crate)).to eq(100)
    sampler.start
    expect(sampler.count(crate)).to eq(0)
  end

  it "refuses options that make no sense" do
    { depth: 0, increases_threshold: 0, threshold: -1, gc: :major, filter: :all }.each do |option, value|
      expect { described_class.new(option => value) }.to raise_error(ArgumentError)
    end
    expect { sampler.track_with_analysis(Kernel) }.to raise_error(TypeError)
    expect { sampler.track(1) }.to raise_error(TypeError)
  end
end
