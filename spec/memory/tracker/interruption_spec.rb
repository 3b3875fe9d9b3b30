# frozen_string_literal: true

require "timeout"
require_relative "../../support/heap"

RSpec.describe Memory::Tracker::Capture, "whose caller another thread interrupts" do
  # More than a moment's reading.
  before { @classes = Array.new(1_000) { Class.new.new } }

  # Calls the block again and again until it has been interrupted so often, wherever it was.
  def interrupt(times, &)
    times.times do
      Timeout.timeout(rand(0.001..0.01)) { loop(&) }
    rescue Timeout::Error
      expect(GC.disable).to be(false)
    ensure
      GC.enable
    end
  end

  {
    "counts" => { existing: true },
    "has call paths" => { depth: 2, existing: true },
    "is light" => { mode: :light }
  }.each do |kind, options|
    context "when it #{kind}" do
      subject(:capture) { described_class.new(**options) }

      after { capture.stop }

      it "leaves GC as it was when it is read" do
        capture.start
        interrupt(repetitions(12, thorough: 200)) { capture.to_a }
        expect(Heap.differences(capture)).to eq({})
      end

      it "leaves GC as it was when it is started, cleared and stopped, and counts right afterwards" do
        interrupt(repetitions(12, thorough: 200)) do
          capture.start
          capture.clear
          capture.stop
        end
        capture.stop
        capture.start
        klass = Class.new
        kept = Array.new(10) { klass.new }
        expect(capture.count_for(klass)).to eq(kept.size)
      end
    end
  end
end
