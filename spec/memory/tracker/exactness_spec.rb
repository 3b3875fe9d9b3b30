# frozen_string_literal: true

require "objspace"
require_relative "../../support/heap"
require_relative "../../support/random_program"
require_relative "../../support/ruby_program"

# Every number is held against a walk over the heap. TRACKER_SEED=n repeats a run.
RSpec.describe Memory::Tracker::Capture, "against the heap as it is" do
  let(:all) { described_class.new(existing: true) }
  let(:since) { described_class.new(depth: 10) }
  let(:captures) { [all, since] }
  let(:program) { RandomProgram.new }
  let(:a_capture) { captures.last }

  before(:context) { RSpec.configuration.reporter.message("TRACKER_SEED=#{RandomProgram.seed}") }

  before { captures.each(&:start) }

  after do
    captures.each(&:stop)
    GC.enable
    GC.stress = false
    GC.auto_compact = false if GC.respond_to?(:auto_compact=)
  end

  def expect_exact(classes = program.classes)
    captures.each { |capture| expect(capture.inexact_reason).to be_nil }
    expect(Heap.differences(all)).to eq({}) if captures.include?(all)
    expect(Heap.differences_for(since, classes)).to eq({}) if captures.include?(since)
  end

  # Some of it must be there, or nothing has been compared.
  def expect_work(classes = program.classes)
    expect(classes.sum { |klass| a_capture.count_for(klass) }).to be > 30
    expect(a_capture.each.sum { |_klass, record| record.free_count }).to be > 1000
  end

  shared_examples "exact" do
    it "is exact for random work in one thread, at any time" do
      program.run(steps: 3000, threads: 0) { |random| expect_exact if random.rand(10).zero? }
      expect_work
      expect_exact
    end

    it "is exact for eight threads" do
      program.run(steps: 1500)
      expect_work
      expect_exact
      program.drop_all
      GC.start
      expect_exact
    end

    it "is exact while objects move" do
      program.run(steps: 1000) { |random| GC.compact if random.rand(20).zero? }
      3.times do
        Heap.shuffle
        expect_exact
        program.run(steps: 100)
      end
      expect_work
      expect_exact
    end

    it "is exact while the GC moves objects by itself" do
      skip "this Ruby cannot compact" unless GC.respond_to?(:auto_compact=)
      GC.auto_compact = true
      program.run(steps: 1000) { |random| GC.start if random.rand(10).zero? }
      GC.auto_compact = false
      expect_work
      expect_exact
    end

    it "is exact with a GC at every allocation" do
      options = captures.map { |capture| capture == all ? { existing: true } : { depth: 10 } }
      # In a small process, where a GC takes little time.
      result = RubyProgram.run(<<~RUBY)
        captures = #{options}.map { |options| Memory::Tracker::Capture.new(**options) }
        captures.each(&:start)
        program = RandomProgram.new(seed: #{RandomProgram.seed}, classes: 30, kept: 50)
        program.run(steps: 300)
        GC.stress = true
        enough = Thread.new do
          sleep 0.01 until GC.count > #{repetitions(1000, thorough: 10_000)}
          GC.stress = false
        end
        program.run(steps: 20)
        GC.stress = false
        enough.kill
        captures.zip(#{options}) do |capture, options|
          p options[:existing] ? Heap.differences(capture) : Heap.differences_for(capture, program.classes)
          p capture.inexact_reason
        end
        p GC.count > 1000
      RUBY
      expect(result.out.lines).to eq([*(%W[{}\n nil\n] * captures.size), "true\n"]), result.to_s
    end

    it "is exact for objects whose finalizers run and whose classes die" do
      Heap.away do
        2000.times do
          klass = Class.new(program.classes.first)
          ObjectSpace.define_finalizer(klass.new, proc {})
          klass.new.singleton_class
        end
        nil
      end
      3.times { GC.start }
      expect_exact
    end
  end

  context "with two captures" do
    include_examples "exact"
  end

  # Events go ways of their own when there is only one.
  context "with one capture that counts" do
    let(:captures) { [all] }

    include_examples "exact"
  end

  # Of what is freed by a GC that its hook starts the VM tells nobody: every GC is asked for, outside of hooks.
  it "is exact beside the standard library's own tracing" do
    GC.disable
    ObjectSpace.trace_object_allocations do
      program.run(steps: 600) { |random| GC.start if random.rand(5).zero? }
      GC.compact if GC.respond_to?(:compact)
      program.run(steps: 100)
      expect_work
      expect_exact
    end
    expect_exact
  end

  it "is exact when another capture starts and stops meanwhile" do
    program.run(steps: 400) do
      other = described_class.new(depth: 3, existing: true).tap(&:start)
      expect(other).to be_running
      other.stop
    end
    expect_exact
  end

  it "is exact for objects that were born before the start" do
    captures.each(&:stop)
    early = program.classes.to_h { |klass| [klass, Array.new(40) { klass.new }] }
    captures.each(&:start)
    program.run(steps: 300)
    expect(Heap.differences(all)).to eq({})
    expect(Heap.differences_for(since, program.classes, before: early.transform_values(&:size))).to eq({})
    early.each_value(&:clear)
    GC.start
    expect(Heap.differences(all)).to eq({})
    expect(since.each.map { |_klass, record| record.live_count }.min).to be >= 0
  end

  it "knows the bytes of the slots of all that was allocated" do
    GC.disable
    classes = [String, Array, Hash, Object].map { |klass| Class.new(klass) }
    text, list, table, plain = classes
    kept = Array.new(600) do |size|
      object = plain.new
      (size % 40).times { |number| object.instance_variable_set(:"@v#{number}", number) }
      [text.new("x" * size), list.new(size % 90), table.new, object]
    end
    expect(classes.map { |klass| since[klass].allocated_bytes }).to eq(Heap.bytes.values_at(*classes))
    expect(all[text].allocated_bytes).to eq(since[text].allocated_bytes)
    expect(since.call_tree(text).root.total.allocated_bytes).to eq(since[text].allocated_bytes)
    snapshot = since.snapshot
    expect(snapshot.rows.sum(&:allocated_bytes)).to eq(snapshot.facts[:allocated_bytes])
    expect(since[table].allocated_bytes).to be > 600 * 40 if RUBY_VERSION >= "3.3"
    expect(kept.size).to eq(600)
  end

  describe "leave the program alone that starts them" do
    zjit = defined?(RubyVM::ZJIT) && RubyVM::ZJIT.respond_to?(:enabled?)

    [[], *([%w[--zjit]] if zjit)].each do |options|
      it "with its local variables and its own constants#{", under #{options.first}" unless options.empty?}" do
        result = RubyProgram.run(<<~RUBY, *options, env: { "RUBYOPT" => nil })
          class Bare < BasicObject
            def start(capture)
              holder = maker = before = compiled = [7]
              capture.start
              ::Kernel.p([holder, maker, before, compiled].uniq)
            end
          end
          Bare.new.start(Memory::Tracker::Capture.new)
        RUBY
        expect(result.out).to eq("[[7]]\n"), result.to_s
      end
    end
  end

  it "leaves no file of its own among those that Coverage tells of" do
    # It runs before the library is loaded.
    program = <<~RUBY
      require "coverage"
      Coverage.start
      require "memory/tracker"
      Memory::Tracker::Capture.new.start
      p Coverage.result.keys.grep(/internal/)
    RUBY
    paths = $LOAD_PATH.flat_map { |path| ["-I", path] }
    out, status = Open3.capture2e({ "RUBYOPT" => nil }, RbConfig.ruby, "--disable-gems", *paths, "-e", program)
    expect([out, status.success?]).to eq(["[]\n", true])
  end

  # A Ruby 4.1 under development has no events for what its ZJIT allocates, and does not count it either.
  it "is exact with ZJIT, or says that it is not", if: defined?(RubyVM::ZJIT) && RubyVM::ZJIT.respond_to?(:enabled?) do
    result = RubyProgram.run(<<~RUBY, "--zjit", env: { "RUBYOPT" => nil })
      def make = []
      capture = Memory::Tracker::Capture.new(existing: true)
      capture.start
      10_000.times { make }
      kept = Array.new(10_000) { make }
      exact = [Heap.differences(capture), capture.inexact_reason] == [{}, nil]
      GC.start
      puts exact || capture.inexact_reason, kept.size
    RUBY
    expect(result.out).to match(/\A(?:true|ZJIT of this Ruby allocates objects without an event.*)\n10000\n\z/),
                          result.to_s
  end

  it "keeps exact numbers after the stop, whatever happens then" do
    program.run(steps: 500)
    was_disabled = GC.disable
    walk = HeapWalk.counts
    since.stop
    GC.enable unless was_disabled
    expected = program.classes.to_h { |klass| [klass, walk.fetch(klass, 0)] }
    program.run(steps: 300)
    program.drop_all
    Heap.shuffle
    expect(program.classes.to_h { |klass| [klass, since.count_for(klass)] }).to eq(expected)
  end
end
