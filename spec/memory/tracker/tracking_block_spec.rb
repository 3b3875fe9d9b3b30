# frozen_string_literal: true

require_relative "../../support/heap"
require_relative "../../support/ruby_program"

RSpec.describe Memory::Tracker::Capture, "calling the block of a tracked class" do
  # Blocks run in a thread of their own, also while RSpec holds the lock of what `let` defines.
  attr_reader :capture, :klass, :other, :events

  let(:depth) { 0 }

  before do
    @capture = described_class.new(depth: depth)
    @klass = Class.new
    @other = Class.new
    @events = []
  end

  after { capture.stop }

  def listen(to = klass, **options)
    capture.track(to, **options) { |*event| events << event }
    capture.start unless capture.running?
  end

  # Events are delivered soon, not at once.
  def wait_for(count)
    SpecSupport.eventually("#{count} events") { events.size >= count }
  end

  def settle
    capture.stop
    capture.start
  end

  it "tells of a birth and of a death, without call paths at depth 0" do
    listen
    Heap.away { klass.new && nil }
    wait_for(1)
    expect(events).to eq([[klass, :newobj, []]])
    GC.start
    wait_for(2)
    expect(events).to eq([[klass, :newobj, []], [klass, :freeobj, []]])
  end

  it "keeps the order, also between classes" do
    listen
    listen(other)
    kept = [klass.new, other.new, other.new, klass.new]
    wait_for(kept.size)
    expect(events.map(&:first)).to eq(kept.map(&:class))
  end

  it "tells nothing of other classes, subclasses, or what was there before the start" do
    kept = [klass.new]
    listen
    kept << other.new << Class.new(klass).new
    kept.clear
    GC.start
    settle
    expect(events).to be_empty
  end

  it "tells of events that came just before the stop" do
    listen
    klass.new
    klass.new
    capture.stop
    expect(events.map { |event| event[1] }).to start_with(:newobj, :newobj)
  end

  context "with a depth" do
    let(:depth) { 10 }

    def make
      klass.new # here
    end

    let(:line) { File.readlines(__FILE__).index { |text| text.include?("klass.new # here") } + 1 }

    it "gives the path at birth for both events, the allocating line first" do
      listen
      Heap.away { make && nil }
      wait_for(1)
      path = events[0][2]
      expect(path.size).to be_between(2, 10)
      expect(path).to all(be_a(String).and(be_frozen))
      expect(path.first).to match(/\A#{Regexp.escape(__FILE__)}:#{line}:in '.*make'\z/)
      GC.start
      wait_for(2)
      expect(events[1]).to eq([klass, :freeobj, path])
    end

    it "takes the depth of a class before that of the capture" do
      listen(klass, depth: 0)
      listen(other, depth: 2)
      kept = [make, other.new]
      wait_for(kept.size)
      expect(events.map { |event| event[2].size }).to eq([0, 2])
    end
  end

  it "can be dropped, exchanged and given anew" do
    listen
    kept = [klass.new]
    wait_for(1)
    capture.track(klass) { |_klass, event| events << event }
    kept << klass.new
    wait_for(2)
    capture.untrack(klass)
    kept << klass.new
    settle
    expect(events).to eq([[klass, :newobj, []], :newobj])
    listen
    kept << klass.new
    wait_for(3)
    expect(capture.count_for(klass)).to eq(1)
    expect(kept.size).to eq(4)
  end

  it "does not hear of objects that the block makes itself, neither of their births nor of their deaths" do
    made = 0
    capture.track(klass) do |_klass, event|
      events << event
      made += 1
      klass.new
    end
    capture.start
    Heap.away { 100.times { klass.new } && nil }
    settle_without_restart
    expect(events.tally).to eq(newobj: 100, freeobj: 100)
    expect(capture[klass].new_count).to eq(100 + made)
  end

  # All of the class is dead and all of it is told.
  def settle_without_restart
    SpecSupport.eventually("all deaths") do
      GC.start
      events.count(:freeobj) >= 100
    end
    3.times { GC.start }
    Thread.pass
  end

  it "hears of what other threads make while the block runs" do
    listen
    started = Queue.new
    go_on = Queue.new
    capture.track(other) do |_klass, event|
      next unless event == :newobj

      started << true
      go_on.pop
    end
    slow = Thread.new { [other.new, Object.new] }
    started.pop
    kept = Array.new(5) { klass.new }
    go_on << true
    slow.join
    wait_for(kept.size)
    expect(events.size).to eq(5)
  end

  describe "that raises" do
    it "is warned about once and loses no event" do
      seen = 0
      capture.track(klass) { (seen += 1) && raise(ArgumentError, "of no use") }
      capture.start
      kept = []
      expect do
        10.times { kept << klass.new }
        SpecSupport.eventually("10 events") { seen >= 10 }
      end.to output(/\A[^\n]*memory-tracker: [^\n]*ArgumentError: of no use[^\n]*\n\z/).to_stderr
      expect([seen, capture.count_for(klass), capture.exact?]).to eq([10, kept.size, true])
    end

    it "does so with the strangest exceptions" do
      bad = Class.new(StandardError) { def message = raise("worse") }
      seen = 0
      capture.track(klass) { (seen += 1) && raise(bad) }
      capture.start
      kept = Array.new(3) { klass.new }
      SpecSupport.eventually("3 events") { seen >= 3 }
      expect(capture.count_for(klass)).to eq(kept.size)
    end

    it "leaves the exception of the program alone" do
      capture.track(klass) { raise ArgumentError, "of no use" }
      capture.start
      found = nil
      expect do
        raise IOError, "mine"
      rescue IOError
        klass.new
        capture.stop
        found = $! # rubocop:disable Style/SpecialGlobalVars
      end.to output(/of no use/).to_stderr
      expect(found).to be_an(IOError)
    end
  end

  it "is called no more than the queue holds; the rest is counted and warned about once" do
    numbers = 0
    capture.track(String) { numbers += 1 }
    capture.start
    text = "a " * 100_000
    parts = []
    # One call in C, without a safe point in it.
    expect do
      parts << text.split
      SpecSupport.eventually("the queue to be empty") { numbers >= 65_536 }
      parts << text.split
      SpecSupport.eventually("another warning, or none") { numbers >= 2 * 65_536 }
    end.to output(/\A[^\n]*memory-tracker: more than 65536 events wait[^\n]*\n\z/).to_stderr
    expect(capture.statistics[:events_dropped]).to be > 60_000
    expect(capture.count_for(String)).to be >= 200_000
    expect(parts.map(&:size)).to eq([100_000, 100_000])
    expect(capture).to be_exact
  end

  describe "that changes the capture" do
    def many
      "a b c d e f".split
    end

    it "may stop it" do
      capture.track(String) { (events << 1) && capture.stop }
      capture.start
      many
      SpecSupport.eventually("the stop") { !capture.running? }
      expect(events).not_to be_empty
    end

    it "may stop it and drop the class" do
      capture.track(String) { (events << 1) && capture.stop && capture.untrack(String) }
      capture.start
      many
      SpecSupport.eventually("the stop") { !capture.running? }
      expect(events.size).to eq(1)
    end

    it "may clear it" do
      capture.track(String) { (events << 1) && capture.clear }
      capture.start
      many
      many
      SpecSupport.eventually("an event") { events.any? }
      expect(capture).to be_running.and be_exact
    end

    it "may untrack the class, and hears no more of it" do
      capture.track(String) { (events << 1) && capture.untrack(String) }
      capture.start
      many
      settle
      expect(events).to eq([1])
    end

    it "may let the class die and another take its place" do
      capture.track(String) do
        events << 1
        capture.untrack(String)
        20.times { capture.track(Class.new) { events << 2 } }
        GC.start
      end
      capture.start
      many
      settle
      expect(events).to eq([1])
    end

    it "may track others" do
      capture.track(String) { 20.times { capture.track(Class.new) { nil } } && (events << 1) }
      capture.start
      many
      wait_for(6)
      expect(events.size).to be >= 6
    end

    it "may start another" do
      second = described_class.new
      capture.track(String) { (events << second.start) && second.stop }
      capture.start
      many
      wait_for(6)
      expect(events).to all(be(true))
      second.stop
    end
  end

  describe "that leaves in another way" do
    # The program prints what it did in its own time, after the block.
    def run(block, rest = "puts :end")
      RubyProgram.run(<<~RUBY)
        $stdout.sync = true
        capture = Memory::Tracker::Capture.new
        Thread.report_on_exception = false
        at_exit { puts "exact \#{capture.exact?}" }
        def work = 300.times { "a b c d".split }
        # The first time only: the end of the program makes strings too.
        $left = false
        capture.track(String) do
          next if $left

          $left = true
          #{block}
        end
        capture.start
        #{rest}
      RUBY
    end

    it "ends the program by exit, with its status" do
      result = run("exit 3", "work; sleep 10")
      expect(result.status.exitstatus).to eq(3), result.to_s
      expect(result.out).to eq("exact true\n")
    end

    it "ends the program by exit from another thread than the main one" do
      result = run("exit 4", "capture.stop; Thread.new { capture.start; work }; sleep 10")
      expect(result.status.exitstatus).to eq(4), result.to_s
    end

    it "lets Interrupt through" do
      result = run("raise Interrupt", "begin; work; sleep 10; rescue Interrupt; puts :interrupted; end")
      expect(result.out).to eq("interrupted\nexact true\n"), result.to_s
      expect(result.status).to be_success
    end

    it "goes on after throw" do
      result = run("throw :out", "catch(:out) { work }; puts :end")
      expect(result.out).to eq("end\nexact true\n"), result.to_s
    end

    it "goes on after break" do
      result = run("break", "work; puts :end")
      expect(result.out).to eq("end\nexact true\n"), result.to_s
    end

    it "goes on after Fiber.yield outside of a fiber" do
      result = run("Fiber.yield", "work; puts :end")
      expect(result.out).to eq("end\nexact true\n"), result.to_s
    end

    it "goes on when it returns from the method that set it" do
      result = run("nil", <<~RUBY)
        def method_with_block(capture)
          capture.track(String) { return 1 }
          work
          2
        end
        puts method_with_block(capture).class
      RUBY
      expect(result.out).to eq("Integer\nexact true\n"), result.to_s
    end

    it "stays exact when the block kills its thread, whichever that is" do
      result = run("Thread.current.kill", "capture.stop; Thread.new { capture.start; work }.join")
      expect(result.out).to eq("exact true\n"), result.to_s
      expect(result.status).to be_success
    end

    describe "and other threads" do
      def run_with_slow_block(work)
        RubyProgram.run(<<~RUBY, seconds: 30)
          made = Class.new
          entered = Queue.new
          capture = Memory::Tracker::Capture.new
          capture.track(made) do
            entered << true
            deadline = Process.clock_gettime(Process::CLOCK_MONOTONIC) + 0.3
            nil while Process.clock_gettime(Process::CLOCK_MONOTONIC) < deadline
            puts "block"
          end
          capture.start
          thread = Thread.new do
            made.new
            loop { sleep 1 }
          rescue IOError => e
            puts "thread \#{e.message}"
          end
          entered.pop
          #{work}
        RUBY
      end

      it "does not keep a thread from being killed" do
        result = run_with_slow_block(<<~RUBY)
          thread.kill
          begin
            thread.join(10)
          rescue Exception => e
            puts e.message
          end
          p thread.alive?
        RUBY
        expect(result.out.lines).to contain_exactly("false\n", "block\n"), result.to_s
      end

      it "does not keep the program from ending" do
        result = run_with_slow_block("exit 3")
        expect([result.out, result.status.exitstatus]).to eq(["block\n", 3]), result.to_s
      end

      it "is called in a child too" do
        result = run_with_slow_block(<<~RUBY)
          _, status = Process.wait2(fork do
            made.new
            entered.pop
          end)
          p status
        RUBY
        expect(result.out).to include("exit 0"), result.to_s
      end

      it "does not take what is raised in a thread by others" do
        result = run_with_slow_block("thread.raise(IOError, 'is told')\np thread.join(10) == thread")
        expect(result.out.lines).to contain_exactly("thread is told\n", "true\n", "block\n"), result.to_s
        expect(result.err).to eq("")
      end
    end
  end
end
