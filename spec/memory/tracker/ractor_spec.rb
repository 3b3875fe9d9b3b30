# frozen_string_literal: true

require_relative "../../support/ruby_program"

# Up to Ruby 3.4 hooks belong to one Ractor, on 4.0 to all, and from 4.1 on others are not counted. What is not counted
# must be said, and nothing else.
RSpec.describe Memory::Tracker::Capture, "in a program with Ractors" do
  before { skip "this Ruby has no Ractors" unless defined?(Ractor) }

  let(:all_are_counted) { RUBY_VERSION >= "4" && RUBY_VERSION < "4.1" }

  def run(source)
    RubyProgram.run(<<~RUBY)
      class Ractor
        alias value take unless method_defined?(:value)
      end
      class Kept
      end
      capture = Memory::Tracker::Capture.new
      capture.start
      #{source}
    RUBY
  end

  it "stays exact as long as they make nothing but what the main one sees" do
    result = run("1000.times { Kept.new }; p capture.exact?, capture[Kept].new_count")
    expect(result.out).to eq("true\n1000\n"), result.to_s
  end

  it "says that it is not exact when objects are born in one" do
    result = run(<<~RUBY)
      Ractor.new { 5000.times { Object.new }; 1 }.value
      puts capture.exact?, capture.snapshot.exact?, capture.inexact_reason.to_s, capture.snapshot.facts[:inexact_reason]
      capture.stop
      puts capture.exact?
    RUBY
    expect(result.status).to be_success, result.to_s
    skip "those of all Ractors are counted here" if all_are_counted
    lines = result.out.lines.map(&:chomp)
    expect(lines.values_at(0, 1, 4)).to eq(%w[false false false]), result.to_s
    expect(lines[2]).to match(/\Aat least \d+ objects were born unseen: in another tool's hook, a Ractor, or /)
  end

  # Allocates in three Ractors while the main one does what is given, and prints what is wrong, round by round.
  def run_beside(work, rounds: 12, start: "capture.start", seconds: 60)
    source = <<~RUBY
      class Elsewhere
      end
      class Tracked
      end
      blocks = 0
      other = Memory::Tracker::Capture.new(depth: 6)
      other.track(Tracked) { |_, event| blocks += 1 if event == :newobj }
      other.start
      #{rounds}.times do |round|
        #{start}
        ractors = Array.new(3) do |number|
          Ractor.new(number) do |n|
            200.times do |index|
              Elsewhere.new
              Array.new(20) { |each| [each.to_s, { n => each }] }
              eval("def self.made_\#{n}_\#{index % 7}(a) = [a, a.to_s]; made_\#{n}_\#{index % 7}(3)")
              Class.new.new if index % 10 == 0
              GC.start(full_mark: false) if index % 100 == 50
            end
          end
        end
        #{work}
        ractors.each(&:value)
        Kept.new
        reasons = [capture.inexact_reason, other.inexact_reason].compact
        p [round, capture.count_for(Kept), capture[Elsewhere]&.new_count, reasons]
        capture.stop
      end
      other.stop
      puts "blocks \#{blocks}"
    RUBY
    result = RubyProgram.run(<<~RUBY, seconds: seconds)
      class Ractor
        alias value take unless method_defined?(:value)
      end
      class Kept
      end
      capture = Memory::Tracker::Capture.new
      #{source}
    RUBY
    expect(result.status).to be_success, result.to_s
    result
  end

  describe "that allocate all the time" do
    before { skip "hooks are of one Ractor here" if RUBY_VERSION < "4" }

    def rounds(result)
      result.out.lines.grep(/\A\[/).map { |line| eval(line) } # rubocop:disable Security/Eval
    end

    it "counts each object while the main one reads, and has nothing to complain of" do
      skip "others are not counted here" unless all_are_counted
      result = run_beside(<<~RUBY)
        100.times do |index|
          capture.count_for(Elsewhere)
          capture.new_count
          other.snapshot if index % 10 == 0
          capture.exact?
          other.each { |klass, _| klass } if index % 20 == 0
        end
      RUBY
      expect(rounds(result)).to eq(Array.new(12) { |round| [round, 1, 600, []] }), result.to_s
    end

    it "counts the main one's objects exactly while that clears, stops and starts" do
      result = run_beside(<<~RUBY)
        20.times do |index|
          other.clear
          capture.clear if index.odd?
          capture.stop && capture.start if index % 5 == 0
          other.track(Elsewhere, depth: 4) if index % 4 == 0
          other.untrack(Elsewhere) if index % 4 == 2
          Tracked.new
        end
      RUBY
      expect(rounds(result).map { |round| round[1] }).to eq([1] * 12), result.to_s
      expect(rounds(result).flat_map(&:last)).to be_empty, result.to_s if all_are_counted
      expect(result.out[/blocks (\d+)/, 1].to_i).to be_between(1, 240), result.to_s
    end

    it "calls blocks for what they allocate, in the main one" do
      skip "others are not counted here" unless all_are_counted
      result = RubyProgram.run(<<~RUBY)
        class Tracked
        end
        blocks = []
        capture = Memory::Tracker::Capture.new
        capture.track(Tracked) { |_, event| blocks << Ractor.current if event == :newobj }
        capture.start
        Ractor.new { Array.new(50) { Tracked.new }.size }.value
        capture.stop
        p blocks.size, blocks.uniq == [Ractor.main]
      RUBY
      expect(result.out).to eq("50\ntrue\n"), result.to_s
    end

    it "counts nothing of them where they may have heaps of their own, and says so" do
      skip "those of all Ractors are counted here" if all_are_counted
      result = run_beside("Tracked.new")
      expect(rounds(result).map { |round| round[1..2] }).to eq([[1, nil]] * 12), result.to_s
      expect(rounds(result).flat_map(&:last)).to all(match(/\Aat least \d+ objects were born unseen/)), result.to_s
    end
  end

  it "counts on when a Ractor that is collected takes the hooks with it, and says so" do
    result = run(<<~RUBY)
      Ractor.new { 1 }.value
      3.times { GC.start }
      unseen = Array.new(1000) { Kept.new }
      exact = capture.exact?
      kept = Array.new(1000) { Kept.new }
      counted = capture[Kept].new_count
      p !exact || counted == 2000, counted >= 1000, unseen.size + kept.size
    RUBY
    expect(result.out).to eq("true\ntrue\n2000\n"), result.to_s
  end

  it "survives hooks that a Ractor switches, collections in Ractors, and compaction after that" do
    result = run(<<~RUBY)
      other = Memory::Tracker::Capture.new(depth: 8, existing: true)
      other.start
      8.times do
        ractors = Array.new(3) do |number|
          Ractor.new(number) do |n|
            Array.new(3000) { |index| [index.to_s, { n => index }] }
            GC.start
            n
          end
        end
        kept = Array.new(3000) { Kept.new.to_s }
        ractors.each(&:value)
        GC.start
        GC.compact if GC.respond_to?(:compact)
        [capture, other].each { |each| each.snapshot.rows.map(&:live_count).min >= 0 or abort "negative" }
        kept.clear
      end
      capture.stop
      other.clear
      puts :survived
    RUBY
    expect(result.out).to eq("survived\n"), result.to_s
    expect(result.status).to be_success
  end

  it "survives classes without a name that are gone when a Ractor is" do
    result = run(<<~RUBY)
      def make_classes = Array.new(500) { Class.new.new } && nil
      def gather
        Ractor.new { 3.times { GC.start }; Array.new(3000) { Object.new.to_s }; GC.start }.value
        Array.new(5000) { "in their places" }
      end
      4.times do
        make_classes
        gather
        capture.snapshot
        capture.each { |klass, _record| klass.name }
        make_classes
        gather
      end
      capture.stop
      capture.each { |klass, _record| klass.name }
      puts :survived
    RUBY
    expect(result.out).to eq("survived\n"), result.to_s
    expect(result.status).to be_success
  end

  it "cannot be started in another Ractor than the main one" do
    result = run(<<~RUBY)
      answer = Ractor.new do
        Memory::Tracker::Capture.new.start
      rescue StandardError => error
        error.class.name
      end
      puts answer.value
    RUBY
    expect(result.out).to match(/\A(Memory::Tracker::Error|Ractor::\w+Error)\n\z/), result.to_s
  end
end
