# frozen_string_literal: true

require_relative "../../support/ruby_program"

RSpec.describe Memory::Tracker::Capture, "and its limits" do
  it "refuses a capture too many, and takes one again when another has stopped" do
    captures = []
    expect do
      loop { captures << described_class.new.tap(&:start) }
    end.to raise_error(Memory::Tracker::LimitError, /\d+ captures run already, which is as many as there can be/)
    expect(captures.size).to be > 4
    refused = described_class.new
    expect { refused.start }.to raise_error(Memory::Tracker::LimitError)
    expect(refused).not_to be_running
    captures.pop.stop
    expect(refused.start).to be(true)
  ensure
    [refused, *captures].compact.each(&:stop)
  end

  it "has errors that are all of one kind" do
    expect(Memory::Tracker::LimitError.ancestors).to include(Memory::Tracker::Error)
    expect(Memory::Tracker::Error.superclass).to be(StandardError)
  end

  it "has no snapshot before the start" do
    expect { described_class.new.snapshot }.to raise_error(Memory::Tracker::Error, /never started/)
  end

  it "goes on counting with call paths that are deeper than it records" do
    capture = described_class.new(depth: 128)
    klass = Class.new
    dive = ->(depth) { depth.zero? ? klass.new : dive.call(depth - 1) }
    capture.start
    objects = Array.new(50) { dive.call(500) }
    expect(capture.count_for(klass)).to eq(objects.size)
    expect(capture).to be_exact
  ensure
    capture.stop
  end

  describe "with code that never repeats" do
    let(:capture) { described_class.new(depth: 10) }
    let(:crate) { Class.new }

    before { capture.start }
    after { capture.stop }

    def pack_once(owner, number)
      owner.class_eval("def pack_#{number}(crate) = crate.new", "goods.rb", number) # rubocop:disable Style/EvalWithLocation
      owner.new.public_send("pack_#{number}", crate)
      owner.remove_method("pack_#{number}")
    end

    it "keeps its memory in bounds, and counts everything" do
      methods = repetitions(50_000, thorough: 1_500_000)
      owner = Class.new
      1.upto(methods) { |number| pack_once(owner, number) }
      statistics = capture.statistics
      report("#{methods} methods: #{statistics}")
      expect(capture[crate].new_count).to eq(methods)
      expect(statistics[:dropped]).to eq(0)
      # What one method leaves behind, with the garbage of this process, or what the limits of all tables come to.
      expect(statistics[:bytes]).to be < [methods * 3_000, 400 << 20].min
      expect(statistics[:nodes]).to be <= 2 << 20
    end

    # What a long run has come to; the usual one has nothing to tell.
    def report(text)
      RSpec.configuration.reporter.message(text) if ENV.key?("MEMORY_TRACKER_THOROUGH")
    end
  end

  describe "with a memory limit" do
    let(:limit) { 8 << 20 }
    let(:capture) { described_class.new(depth: 5, memory_limit: limit) }

    after { capture.stop }

    it "has one by default, and refuses what is none" do
      expect(described_class.new.memory_limit).to eq(128 << 20)
      expect(capture.memory_limit).to eq(8 << 20)
      [0, -1, (8 << 20) - 1, 2**70].each do |bytes|
        expect { described_class.new(memory_limit: bytes) }
          .to raise_error(ArgumentError, /\Amemory_limit must be from 8388608 to \d+ bytes, not #{bytes}\z/)
      end
      expect { described_class.new(memory_limit: "64M") }.to raise_error(TypeError)
    end

    it "has the one that was given to a sampler or the middleware" do
      require "memory/tracker/sampler"
      require "memory/tracker/rack"
      expect(Memory::Tracker::Sampler.new(memory_limit: 64 << 20).capture.memory_limit).to eq(64 << 20)
      expect(Memory::Tracker::Rack.new(nil, memory_limit: 64 << 20).sampler.capture.memory_limit).to eq(64 << 20)
      expect { Memory::Tracker::Sampler.new(memory_limit: 1) }.to raise_error(ArgumentError, /memory_limit/)
    end

    # In a process of its own, whose heap has room in the map.
    it "counts what is allocated on call paths without room under (other)" do
      result = RubyProgram.run(<<~RUBY)
        class Crate; end
        capture = Memory::Tracker::Capture.new(depth: 5, memory_limit: #{limit})
        shelf = []
        wood = "->(depth, &block) { depth.zero? ? block.call : shelf[(depth * 7 + %d) %% 60].call(depth / 2, &block) }"
        60.times { |number| shelf << eval(format(wood, number), binding, "shelf.rb", number + 1) }
        pack = Array.new(2_000) { |line| eval("-> { Crate.new }", binding, "pack.rb", line + 1) }
        capture.start
        kept = Array.new(40_000) { |number| shelf[number % 60].call(1 + (number / 60 % 40), &pack[number % 2_000]) }
        tree = capture.call_tree(Crate)
        other = tree.top_paths(limit: nil).find { |path| path[:path].first.include?("(other)") }
        p [kept.size, capture[Crate].new_count, tree.total_allocations].uniq
        p capture.snapshot.facts[:paths_dropped] > 10_000, other[:total] > 10_000
        p capture.statistics[:bytes] <= #{limit}, capture.inexact_reason
      RUBY
      expect(result.out).to eq("[40000]\ntrue\ntrue\ntrue\nnil\n"), result.to_s
    end

    it "counts objects of classes without room, and does not say 0 of such a class" do
      capture.start
      kept = Array.new(40_000) { Class.new.new }
      expect { kept.each { |object| capture.count_for(object.class) } }
        .to raise_error(Memory::Tracker::LimitError, /found no room within the memory limit of 8 MB/)
      snapshot = capture.snapshot
      facts = snapshot.facts
      expect(facts[:classes_dropped]).to be > 10_000
      expect(snapshot.rows.find { |row| row.name == "(classes not recorded)" }.new_count).to eq(facts[:classes_dropped])
      recorded = snapshot.rows.count { |row| row.anonymous? && row.new_count == 1 }
      expect(recorded).to be_between(4_000, kept.size)
      expect(capture.statistics[:bytes]).to be <= limit
    end

    it "says which objects its map had no room for, and is right about the others" do
      klass = Class.new
      capture.start
      kept = Array.new(3_000_000) { klass.new }
      dropped = capture.statistics[:dropped]
      expect(dropped).to be > 100_000
      expect(capture.count_for(klass)).to be_within(1000).of(kept.size - dropped)
      expect(capture.inexact_reason)
        .to match(/\Athe memory limit of 8 MB is reached: \d+ objects could not be recorded\z/)
      expect(capture.statistics[:bytes]).to be <= limit
    end

    # The heap is there before, so what grows is what the capture takes; a JIT would take gigabytes for the code.
    def grown(settings)
      out = RubyProgram.run(<<~RUBY, env: { "RUBYOPT" => nil }).out
        def resident = File.read("/proc/self/status")[/^VmRSS:\\s+(\\d+)/, 1].to_i
        kept = Array.new(60_000) { Class.new.new } + Array.new(2_000_000) { Object.new }
        GC.start
        before = resident
        settings = #{settings.inspect}
        Memory::Tracker::Capture.new(existing: true, depth: 5, **settings).start if settings
        kept.concat(Array.new(20_000) { |line| eval("Object.new", nil, "line.rb", line + 1) })
        puts resident - before
      RUBY
      Integer(out) >> 10
    end

    it "takes no more of the process's memory, either" do
      untracked = grown(nil)
      expect(grown({}) - untracked).to be_between(30, 140)
      expect(grown({ memory_limit: limit }) - untracked).to be < 16
    end
  end
end
