# frozen_string_literal: true

# A random program with everything that can happen to a capture happening meanwhile. The seed decides what; with
# several threads it does not decide when. With { stress: true } a GC runs at some of the allocations.
class RandomTorture
  # What happens, and how often.
  EVENTS = {
    start_or_stop: 8, clear: 2, read: 6, check: 6, collect: 4, compact: 3, auto_compact: 2, track: 3, report: 3,
    fork_child: 2, wake_threads: 2, stress: 1
  }.freeze
  OF_OTHERS = %i[start_or_stop clear track].freeze
  WEIGHTED = EVENTS.flat_map { |name, weight| [name] * weight }.freeze

  def initialize(seed, stress:)
    @random = Random.new(seed)
    @stress = stress
    @threads = seed.even? ? 0 : @random.rand(2..8)
    @program = RandomProgram.new(seed: seed, classes: @random.rand(9..45), kept: @random.rand(20..400))
    @truth = Memory::Tracker::Capture.new(existing: true, depth: depth(@random))
    @others = Array.new(4) { Memory::Tracker::Capture.new(**options(@random)) }
    # Events go ways of their own when there is only one capture.
    @alone = @random.rand(3).zero?
    @ended = {}
    # Each of them doubles the heap.
    @shuffles = []
    @lock = Mutex.new
    @counts = Hash.new(0)
    @null = IO.sysopen(File::NULL, "w")
  end

  # @return [Hash] what there was to see
  def run(steps)
    @truth.start
    @program.run(steps: steps / [@threads, 1].max, threads: @threads) do |random|
      happen(WEIGHTED[random.rand(WEIGHTED.size)], random)
    end
    settle
    { threads: @threads, born: @truth.new_count, bytes: @truth.statistics[:bytes], **@counts }
  end

  private

  def depth(random)
    random.rand(3).zero? ? 0 : random.rand(1..random.rand(1..128))
  end

  def options(random)
    { existing: random.rand(2).zero?, depth: depth(random), path_interval: random.rand(3).zero? ? 7 : 1 }
  end

  def happen(event, random)
    return if @lock.owned? || (@alone && OF_OTHERS.include?(event))

    @lock.synchronize do
      @counts[event] += 1
      send(event, random)
      Program.done(event)
    end
  end

  def settle
    GC.auto_compact = false if GC.respond_to?(:auto_compact=)
    check(nil)
    @program.drop_all
    GC.start
    check(nil)
    @others.each { |capture| stop(capture) if capture.running? }
    check_ended
    @observer&.finish
  end

  def other(random)
    @others[random.rand(@others.size)]
  end

  def start_or_stop(random)
    capture = other(random)
    return stop(capture) if capture.running?

    @ended.delete(capture)
    capture.start
  end

  def stop(capture)
    capture.stop
    @ended[capture] = numbers(capture)
  end

  def numbers(capture)
    [capture.new_count, capture.free_count, capture.retained_count, @program.classes.map { |k| capture.count_for(k) }]
  end

  # Whatever happens after the stop, what was counted stays.
  def check_ended
    @ended.each do |capture, before|
      Program.check(numbers(capture) == before, "stopped at #{before}, and then #{numbers(capture)}")
    end
  end

  def clear(random)
    capture = other(random)
    @ended.delete(capture)
    capture.clear
  end

  def read(random)
    capture = random.rand(2).zero? ? @truth : other(random)
    capture.inspect
    return if capture == other(random) || !capture.running?

    Program.check_consistent(capture, "while it runs")
    capture.call_tree(@program.classes[random.rand(@program.classes.size)]).to_s
    capture.snapshot.bytes.bytesize
  end

  def check(_random)
    Program.check_exact(@truth, "in #{Thread.list.size} threads")
    check_ended
  end

  def collect(_random)
    GC.start
  end

  def compact(random)
    @shuffles.size < 2 && random.rand(4).zero? ? @shuffles << Heap.shuffle : GC.compact
  rescue NotImplementedError, NoMethodError
    GC.start
  end

  def auto_compact(_random)
    GC.auto_compact = !GC.auto_compact if GC.respond_to?(:auto_compact=)
  end

  def track(random)
    capture = other(random)
    klass = @program.classes[random.rand(@program.classes.size)]
    return capture.untrack(klass) if capture.tracking?(klass)

    capture.track(klass, depth: random.rand(3)) { |*event| @counts[:events] += event.size / 3 }
  end

  # Snapshots are taken by a native thread meanwhile.
  def report(random)
    return @observer = nil if @observer&.finish

    options = { interval: 0.01, gc: random.rand(5).zero? ? 1 : nil }
    @observer = Observer.new(@truth, @null, options).start
  end

  def fork_child(random)
    number = random.rand(1 << 20)
    pid = fork { in_child(Random.new(number)) }
    Process.wait(pid)
    Program.check($?.success?, "a forked child ended with #{$?}") # rubocop:disable Style/SpecialGlobalVars
  end

  # Only this thread is left in it.
  def in_child(random)
    check(nil)
    start_or_stop(random)
    @program.run(steps: 30, threads: 0)
    GC.start
    GC.compact if GC.respond_to?(:compact) && random.rand(2).zero?
    check(nil)
    @others.each { |capture| Program.check_consistent(capture, "in a child") if capture.running? }
  ensure
    exit!($! ? report_error : 0) # rubocop:disable Style/SpecialGlobalVars
  end

  def report_error
    warn $!.full_message # rubocop:disable Style/SpecialGlobalVars
    8
  end

  def wake_threads(random)
    queue = Queue.new
    threads = Array.new(random.rand(1..6)) { Thread.new { [queue.pop, Array.new(20) { Object.new }] } }
    threads.size.times { |number| queue << number }
    threads.each(&:join)
  end

  def stress(_random)
    return unless @stress

    @stress = false
    GC.stress = true
    @program.run(steps: 3, threads: 0)
  ensure
    GC.stress = false
  end
end

torture = RandomTorture.new(GIVEN[:seed], stress: GIVEN[:stress])
Program.result(**torture.run(GIVEN[:steps]))
