# frozen_string_literal: true

require_relative "../../support/ruby_program"

# Up to Ruby 3.4 hooks belong to one Ractor. What cannot be seen must be said.
RSpec.describe Memory::Tracker::Capture, "in a program with Ractors" do
  before { skip "this Ruby has no Ractors" unless defined?(Ractor) }

  let(:hooks_are_global) { RUBY_VERSION >= "4" }

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
    skip "hooks are global here" if hooks_are_global
    lines = result.out.lines.map(&:chomp)
    expect(lines.values_at(0, 1, 4)).to eq(%w[false false false]), result.to_s
    expect(lines[2]).to match(/\Aat least \d+ objects were born unseen: in another tool's hook, a Ractor, or /)
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
