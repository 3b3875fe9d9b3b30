# frozen_string_literal: true

require "objspace"
require_relative "../../support/heap"
require_relative "../../support/random_program"
require_relative "../../support/ruby_program"

RSpec.describe Memory::Tracker::Capture, "beside other tools" do
  subject(:capture) { described_class.new(depth: 6, existing: true) }

  let(:program) { RandomProgram.new }

  after { capture.stop }

  def expect_exact
    expect(program.classes.sum { |klass| capture[klass]&.new_count || 0 }).to be > 100
    expect(capture.inexact_reason).to be_nil
    expect(Heap.differences(capture)).to eq({})
  end

  # The VM tells nothing of what is freed while the standard library's hook runs, which now and then starts a GC.
  def expect_exact_or_told
    return expect_exact unless capture.inexact_reason

    expect(capture.inexact_reason).to match(/\Aat least \d+ frees were not reported while another tool's hook ran\z/)
  end

  it "is exact, or says why not, when the standard library's tracing starts before and ends after it" do
    ObjectSpace.trace_object_allocations do
      capture.start
      program.run(steps: 300)
      expect_exact_or_told
      object = program.classes.first.new
      expect(ObjectSpace.allocation_sourcefile(object)).to eq(__FILE__)
      capture.stop
    end
  end

  it "is exact, or says why not, when the standard library's tracing comes and goes meanwhile" do
    capture.start
    5.times do
      ObjectSpace.trace_object_allocations { program.run(steps: 60) }
      program.run(steps: 60)
    end
    expect_exact_or_told
  end

  it "says how many frees were hidden by another tool's hook, also when no address is used again" do
    result = RubyProgram.run(<<~RUBY)
      require #{File.join(SpecSupport::EXTENSIONS, "spec/support/nuisance/nuisance").dump}
      capture = Memory::Tracker::Capture.new.tap(&:start)
      Thread.new { Array.new(5_000) { Object.new } && nil }.join
      p capture.exact?
      Nuisance.collect_in_hook
      puts capture.inexact_reason
      GC.start
      3.times { GC.start }
      p capture.exact?
    RUBY
    first, reason, last = result.out.lines(chomp: true)
    expect([first, last]).to eq(%w[true false]), result.to_s
    expect(reason).to match(/\Aat least \d+ frees were not reported while another tool's hook ran\z/)
    expect(reason[/\d+/].to_i).to be_between(4_990, 100_000)
  end

  it "is exact beside a TracePoint whose block makes objects" do
    capture.start
    lines = []
    trace = TracePoint.new(:line, :call, :return, :c_call, :raise) { |point| lines << "#{point.path}:#{point.lineno}" }
    trace.enable { program.run(steps: 100, threads: 0) }
    expect(lines.size).to be > 100
    expect_exact
  end

  it "leaves other hooks in their place" do
    seen = 0
    trace = TracePoint.new(:call) { seen += 1 }
    trace.enable do
      capture.start
      capture.stop
      SpecSupport.now
    end
    expect(seen).to be > 0
  end

  it "is exact beside several captures that come and go" do
    capture.start
    others = Array.new(5) { |index| described_class.new(depth: index) }
    10.times do |round|
      others[round % 5].start
      program.run(steps: 20, threads: 2)
      others[(round + 2) % 5].stop
    end
    others.each(&:stop)
    expect_exact
  end

  it "is exact beside Coverage" do
    result = RubyProgram.run(<<~RUBY)
      require "coverage"
      Coverage.start
      capture = Memory::Tracker::Capture.new(existing: true)
      capture.start
      require "optparse"
      require "json"
      OptionParser.new.to_s
      Coverage.result
      p Heap.differences(capture), capture.inexact_reason
    RUBY
    expect(result.out).to eq("{}\nnil\n"), result.to_s
  end

  it "is exact in a program that runs with other settings of the GC" do
    # Below 1.0 the limit on old objects makes every GC a major one, and programs take minutes on some Rubies.
    environments = [{ "RUBY_GC_HEAP_GROWTH_FACTOR" => "1.03" }, { "RUBY_GC_HEAP_OLDOBJECT_LIMIT_FACTOR" => "1.0" }]
    results = environments.map do |environment|
      RubyProgram.run(<<~RUBY, env: environment)
        capture = Memory::Tracker::Capture.new(existing: true)
        capture.start
        RandomProgram.new(seed: #{RandomProgram.seed}).run(steps: 300)
        p Heap.differences(capture), capture.inexact_reason
      RUBY
    end
    expect(results.map(&:to_s)).to all(end_with("{}\nnil\n"))
  end

  it "is exact with the JIT compiler of this Ruby" do
    jit = RubyProgram.run("puts 1", "--yjit")
    skip "this Ruby has none" unless jit.status.success? && jit.err.empty?
    result = RubyProgram.run(<<~RUBY, "--yjit", "--yjit-call-threshold=2")
      capture = Memory::Tracker::Capture.new(existing: true, depth: 5)
      capture.start
      RandomProgram.new(seed: #{RandomProgram.seed}).run(steps: 500)
      p Heap.differences(capture), capture.inexact_reason
    RUBY
    expect(result.out).to eq("{}\nnil\n"), result.to_s
  end

  it "says that frees were missed when another tool hides them, and heals" do
    source = <<~RUBY
      require "objspace"
      capture = Memory::Tracker::Capture.new(existing: true)
      capture.start
      ObjectSpace.trace_object_allocations do
        GC.stress = true
        program = RandomProgram.new(seed: #{RandomProgram.seed}, classes: 5, kept: 10)
        enough = Thread.new do
          sleep 0.01 until GC.count > #{repetitions(500, thorough: 5000)}
          GC.stress = false
        end
        program.run(steps: 20, threads: 2)
        GC.stress = false
        enough.kill
      end
      # Addresses whose freeing was missed are found out when they are used again.
      GC.start
      kept = Array.new(200_000) { Object.new }
      p Heap.differences(capture).size <= 3 && (capture.exact? == capture.statistics[:lost].zero?)
      p kept.size
    RUBY
    # The standard library's own hook allocates inside of a GC, which ends some Rubies when the GC is stressed.
    result = Array.new(5).lazy.map { RubyProgram.run(source) }.find { |tried| !tried.err.include?("during_gc != 0") }
    expect(result&.out).to eq("true\n200000\n"), result.to_s
  end

  it "says that objects were born unseen when another tool makes them inside its hook" do
    result = RubyProgram.run(<<~RUBY)
      require #{File.join(SpecSupport::EXTENSIONS, "spec/support/nuisance/nuisance").dump}
      capture = Memory::Tracker::Capture.new
      capture.start
      made = Nuisance.allocate_in_hook { 10_000.times { Object.new } }
      puts made > 100, capture.inexact_reason
    RUBY
    expect(result.out).to match(/\Atrue\nat least \d+ objects were born unseen: in another tool's hook, .*\n\z/),
                          result.to_s
  end
end
