# frozen_string_literal: true

require "timeout"
require_relative "../../support/heap"
require_relative "../../support/ruby_program"

RSpec.describe Memory::Tracker::Capture, "whose caller another thread interrupts" do
  # More than a moment's reading.
  before { @classes = Array.new(1_000) { Class.new.new } }

  # The job that looks for Ractors is held up in the middle, until the thread is interrupted.
  def interrupt_job(interruption)
    RubyProgram.run(<<~RUBY, seconds: 30)
      require #{File.join(SpecSupport::EXTENSIONS, "spec/support/nuisance/nuisance").dump}
      Ractor.singleton_class.prepend(Module.new do
        def count
          if $armed && Thread.current == $worker
            $armed = false
            #{interruption}
          end
          super
        end
      end)
      capture = Memory::Tracker::Capture.new
      $worker = Thread.new do
        capture.start
        # In the Rubies where captures stand it, one more Ractor is another reason to look.
        RUBY_VERSION >= "4.0" && Ractor.new { Ractor.receive }
        Nuisance.allocate_in_hook { 10_000.times { Object.new } }
        catch(:away) do
          $armed = true
          capture.inexact_reason
          loop { Object.new }
        end
      rescue RuntimeError => error
        puts error.message
      ensure
        puts $armed
      end
      puts $worker.join(20) ? "ended" : "lost"
      capture.stop
    RUBY
  end

  it "does not lose what interrupts the program while a job runs" do
    result = interrupt_job('Thread.new { $worker.raise("enough") }.join')
    expect(result.out).to eq("enough\nfalse\nended\n"), result.to_s
  end

  # There is no way to throw it once more; another interruption ends the loop.
  it "survives a throw in the middle of a job" do
    result = interrupt_job('Thread.new { sleep 0.1; $worker.raise("later") }; throw :away')
    expect(result.out).to eq("later\nfalse\nended\n"), result.to_s
  end

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
