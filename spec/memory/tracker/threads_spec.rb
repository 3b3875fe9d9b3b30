# frozen_string_literal: true

require_relative "../../support/ruby_program"

# Whatever runs Ruby code lets other threads run, and those may change a capture that is being read.
RSpec.describe Memory::Tracker::Capture, "that several threads use at a time" do
  let(:seconds) { repetitions(2, thorough: 30) }

  # Runs each piece of source in a thread of its own, again and again.
  def run(options, *sources)
    RubyProgram.run(<<~RUBY, seconds: 120 + seconds)
      Thread.report_on_exception = true
      CLASSES = Array.new(3_000) { Class.new }
      KEPT = CLASSES.map(&:new)
      capture = Memory::Tracker::Capture.new(**#{options.inspect})
      capture.start
      deadline = Process.clock_gettime(Process::CLOCK_MONOTONIC) + #{seconds}
      threads = [#{sources.map { |source| "-> { #{source} }" }.join(", ")}].map do |work|
        Thread.new { work.call while Process.clock_gettime(Process::CLOCK_MONOTONIC) < deadline }
      end
      threads.each(&:join)
      capture.stop
      capture.start
      made = Class.new
      kept = Array.new(10) { made.new }
      p capture.count_for(made), kept.size
    RUBY
  end

  def expect_to_work(options, *sources, warning: "")
    result = run(options, *sources)
    expect([result.out, result.err.sub(warning, ""), result.status.to_i]).to eq(["10\n10\n", "", 0]), result.to_s
  end

  {
    "counts" => { existing: true },
    "has call paths" => { depth: 5, existing: true },
    "is light" => { mode: :light }
  }.each do |kind, options|
    context "when it #{kind}" do
      it "may be cleared while its classes are read" do
        expect_to_work(options, "capture.clear; sleep 0.01", "capture.to_a", "CLASSES.each { |c| capture[c] }")
      end

      it "may be started, stopped, cleared and told of classes while it is read" do
        expect_to_work(options, "capture.start", "capture.stop; sleep 0.001", "capture.clear",
                       "CLASSES.first(20).each { |c| capture.track(c, depth: 3); capture.untrack(c) }",
                       "capture.to_a; capture.statistics; capture.live_count",
                       "capture.snapshot.facts; capture.call_tree(CLASSES[1]).to_h; capture.exact?")
      end
    end
  end

  it "may be all that while its blocks are called" do
    expect_to_work({ depth: 3 }, "capture.start", "capture.stop; sleep 0.001", "capture.clear; sleep 0.002",
                   "CLASSES.first(20).each { |c| capture.track(c) { |*event| event.to_s } }",
                   "CLASSES.first(20).each { |c| capture.untrack(c) }", "CLASSES.first(20).map(&:new)", "capture.to_a",
                   # Where objects are allocated faster than the blocks are called, that is said.
                   warning: /\Awarning: memory-tracker: more than 65536 events wait for the blocks .*\n\z/)
  end
end
