# frozen_string_literal: true

require_relative "../../support/ruby_program"

RSpec.describe Memory::Tracker::Capture, "calling the block of a tracked class in a thread of its own" do
  def run(source, *options, **settings)
    RubyProgram.run(<<~RUBY, *options, seconds: 60, **settings)
      $stdout.sync = true
      def now = Process.clock_gettime(Process::CLOCK_MONOTONIC)
      def work(seconds) = (deadline = now + seconds) && (nil while now < deadline)
      def block_threads = Thread.list.select { |thread| thread.name == "memory-tracker blocks" }
      def wait(seconds = 20) = (deadline = now + seconds) && (sleep 0.005 until yield || now > deadline)
      Made = Class.new
      CAPTURE = Memory::Tracker::Capture.new
      #{source}
    RUBY
  end

  it "leaves a timeout of the program alone, however slow it is" do
    result = run(<<~RUBY)
      require "timeout"
      CAPTURE.track(Made) { work(0.05) }
      CAPTURE.start
      5.times do
        Timeout.timeout(0.2) { loop { Made.new } }
      rescue Timeout::Error => e
        puts e.class
      end
      exit!
    RUBY
    expect(result.out).to eq("Timeout::Error\n" * 5), result.to_s
  end

  it "keeps no thread that allocates, whatever others allocate meanwhile, and no signal from the program" do
    result = run(<<~RUBY)
      # The others begin when the block of the first event runs.
      $begun = false
      CAPTURE.track(Made) { ($begun = true) && sleep(0.002) }
      CAPTURE.start
      busy = Array.new(2) { Thread.new { sleep 0.001 until $begun; loop { Made.new && sleep(0.0005) } } }
      first = Thread.new { Made.new && work(0.01) }
      puts first.join(5) == first
      Process.kill(:TERM, Process.pid)
      work(20)
      puts "not ended"
    RUBY
    expect([result.out, result.status.termsig]).to eq(["true\n", Signal.list["TERM"]]), result.to_s
  end

  it "exists only while a running capture has a block, and from the first event on" do
    result = run(<<~RUBY)
      CAPTURE.start
      Made.new
      CAPTURE.track(Made) { Thread.pass }
      p block_threads.size
      Made.new
      wait { block_threads.any? }
      p block_threads.size
      CAPTURE.untrack(Made)
      wait { block_threads.none? }
      p block_threads.size
      CAPTURE.track(Made) { Thread.pass }
      Made.new
      wait { block_threads.any? }
      CAPTURE.clear
      Made.new
      sleep 0.01
      p block_threads.size
      CAPTURE.stop
      wait { block_threads.none? }
      p block_threads.size
    RUBY
    expect(result.out).to eq("0\n1\n0\n1\n0\n"), result.to_s
  end

  it "is called by another when the program has killed it, also while it ran" do
    result = run(<<~RUBY)
      $told = 0
      CAPTURE.track(Made) { |_, event| event == :newobj && ($told += 1) && sleep }
      CAPTURE.start
      kept = Array.new(3) { Made.new }
      3.times do |number|
        wait { $told == number + 1 }
        block_threads.each { |thread| thread.kill.join }
      end
      p $told, block_threads.size
      CAPTURE.track(Made) { $told = 100 }
      kept << Made.new
      wait { $told == 100 }
      block_threads.each { |thread| thread.kill.join }
      $told = 0
      kept << Made.new
      wait { $told == 100 }
      p $told, CAPTURE.exact?
    RUBY
    expect(result.out).to match(/\A3\n[01]\n100\ntrue\n\z/), result.to_s
  end

  it "is called for all that waits before a stop returns, though another thread has it called" do
    result = run(<<~RUBY)
      $told = 0
      CAPTURE.track(Made) { |_, event| event == :newobj && sleep(0.002) && $told += 1 }
      CAPTURE.start
      kept = Array.new(100) { Made.new }
      CAPTURE.stop
      p $told
    RUBY
    expect(result.out).to eq("100\n"), result.to_s
  end

  it "may stop another capture, which calls its blocks first" do
    result = run(<<~RUBY)
      second = Memory::Tracker::Capture.new
      $told = []
      # The thread is busy with the first, so that the events of the second wait.
      CAPTURE.track(Made) { |_, event| event == :newobj && sleep(0.2) && second.stop && $told << :first }
      second.track(Made) { |_, event| event == :newobj && $told << :second }
      CAPTURE.start
      second.start
      kept = Made.new
      wait { $told.size == 2 }
      p $told, second.running?
    RUBY
    expect(result.out).to eq("[:second, :first]\nfalse\n"), result.to_s
  end

  it "does not keep a stop for ever when it waits for the thread that stops" do
    result = run(<<~RUBY)
      lock = Mutex.new
      CAPTURE.track(Made) { lock.synchronize { puts "block" } }
      CAPTURE.start
      lock.synchronize do
        Made.new
        CAPTURE.stop
        puts "stopped"
      end
    RUBY
    expect(result.out).to eq("stopped\nblock\n").or(eq("stopped\n")), result.to_s
  end

  it "is called for what waits at the end of the program" do
    result = run(<<~RUBY)
      CAPTURE.track(Made) { |_, event| event == :newobj && sleep(0.001) && print(".") }
      CAPTURE.start
      kept = Array.new(200) { Made.new }
    RUBY
    expect(result.out).to eq("." * 200), result.to_s
  end

  it "is called for what waits at the end of the program, though a block stops another capture" do
    result = run(<<~RUBY)
      classes = Array.new(3) { Class.new }
      captures = classes.map { Memory::Tracker::Capture.new }
      captures[0].track(classes[0]) { |_, event| event == :newobj && captures[0].stop }
      captures[1].track(classes[1]) { }
      captures[2].track(classes[2]) { |_, event| event == :newobj && sleep(0.005) && print(".") }
      captures.each(&:start)
      kept = [classes[0].new, classes[1].new, *Array.new(100) { classes[2].new }]
    RUBY
    expect(result.out).to eq("." * 100), result.to_s
  end

  it "is called for what blocks at exit do that are older than the library, as those of test frameworks" do
    result = run(<<~RUBY, "-e", "at_exit { $at_exit.call }; $stdin.set_encoding('UTF-8'); eval($stdin.read)")
      $at_exit = lambda do
        $told = 0
        CAPTURE.track(Made) { |_, event| event == :newobj && $told += 1 }
        CAPTURE.start
        kept = Array.new(10) { Made.new }
        wait { $told == 10 }
        p $told
        kept << Made.new
        CAPTURE.stop
        p $told
      end
    RUBY
    expect(result.out).to eq("10\n11\n"), result.to_s
  end

  it "lets the program end when it was made where interrupts are put off" do
    result = run(<<~RUBY)
      $told = 0
      CAPTURE.track(Made) { |_, event| event == :newobj && $told += 1 }
      CAPTURE.start
      Thread.handle_interrupt(Object => :never) { Made.new && wait { $told == 1 } }
      p $told
    RUBY
    expect(result.out).to eq("1\n"), result.to_s
  end

  # Each GC of a program with a usual heap takes its time, too; without, on a busy machine, a thread may get no turn.
  it "keeps up with a program that does nothing but allocate" do
    result = run(<<~RUBY, gems: true)
      $told = 0
      CAPTURE.track(Made) { |_, event| event == :newobj && $told += 1 }
      CAPTURE.start
      300_000.times { Made.new }
      CAPTURE.stop
      p $told, CAPTURE.statistics[:events_dropped]
    RUBY
    expect(result.out).to eq("300000\n0\n"), result.to_s
  end

  it "is told of once, and counts go on, where there can be no thread" do
    result = run(<<~RUBY)
      CAPTURE.track(Made) { puts "block" }
      CAPTURE.start
      ThreadGroup::Default.freeze
      kept = Array.new(10) { Made.new.tap { sleep 0.001 } }
      p CAPTURE.count_for(Made), CAPTURE.stop
    RUBY
    expect(result.out).to eq("10\ntrue\n"), result.to_s
    expect(result.err).to match(/\A[^\n]*memory-tracker: there can be no thread for the blocks[^\n]*\n\z/),
                          result.to_s
  end

  it "may fork, with and without a block", unless: SpecSupport.sanitized? do
    result = run(<<~RUBY)
      $told = 0
      CAPTURE.track(Made) do |_, event|
        next unless event == :newobj && ($told += 1) == 1

        pid = fork { exit!(CAPTURE.running? ? 3 : 4) }
        puts Process.wait2(pid)[1].exitstatus
        pid = fork
        exit!(5) if pid.nil? && !CAPTURE.running?
        puts Process.wait2(pid)[1].exitstatus if pid
      end
      CAPTURE.start
      kept = [Made.new, Made.new]
      wait { $told == 2 }
      puts "told \#{$told}"
    RUBY
    expect(result.out.lines(chomp: true)).to include("3", "0").and(end_with("told 2")), result.to_s
  end
end
