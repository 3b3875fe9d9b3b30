# frozen_string_literal: true

require_relative "../../support/ruby_program"

# What counting costs the program in states that a GC or a reader may leave it in.
RSpec.describe Memory::Tracker::Capture, "and what it costs" do
  def run(source, seconds: 120)
    result = RubyProgram.run(source, seconds: seconds)
    expect(result.status).to be_success, result.to_s
    result.out
  end

  # ASan keeps what was freed for a while.
  it "lets Ruby's GC know of the memory of snapshots", unless: SpecSupport.sanitized? do
    out = run(<<~'RUBY')
      def resident = File.read("/proc/self/status")[/^VmRSS:\s+(\d+)/, 1].to_i >> 10
      classes = Array.new(5_000) { |number| Object.const_set("Class#{number}", Class.new) }
      capture = Memory::Tracker::Capture.new.tap(&:start)
      objects = classes.map(&:new)
      sizes = Array.new(10) { capture.snapshot.bytes.bytesize }
      GC.start
      before = resident
      1_000.times { capture.snapshot }
      puts "#{sizes.last * 1_000 >> 20} #{resident - before}"
    RUBY
    made, grown = out.split.map { |text| Integer(text) }
    expect(made).to be > 200
    expect(grown).to be < made / 3
  end

  # Many pages, and a capture with all names that there are.
  let(:garbage) do
    <<~RUBY
      def state = GC.latest_gc_info(:state)
      GC.disable
      kept = Array.new(600_000) { Object.new }
      capture = Memory::Tracker::Capture.new(depth: 5).tap(&:start)
      def look_after(capture, options)
        4.times do
          GC.start(**options) if options
          capture.snapshot && capture.exact?
          puts state
        end
      end
      look_after(capture, nil)
      look_after(capture, {})
      # Each page has some free slots, so a sweep stops soon and goes on when they are used up.
      kept.each_index { |index| kept[index] = nil if index.odd? }
      GC.enable
    RUBY
  end

  it "does not end a sweep that is under way when nothing waits for a name" do
    expect(run(<<~RUBY).split).to eq((%w[none] * 8) + (%w[sweeping] * 4))
      #{garbage}
      look_after(capture, { immediate_sweep: false })
    RUBY
  end

  it "does not end a mark that is under way" do
    states = run(<<~RUBY).split
      #{garbage}
      look_after(capture, { immediate_mark: false, immediate_sweep: false })
    RUBY
    expect(states.first(8)).to all(eq("none"))
    # What a look allocates may bring the mark to its own end, and no further.
    expect(states.last(4)).to all(eq("marking").or(eq("sweeping"))).and include("marking")
  end

  it "puts names off for the end of a sweep while the program goes on, and no longer, for whoever looks all the time" do
    expect(run(<<~RUBY).split).to eq((%w[none] * 8) + %w[sweeping false sweeping none true])
      require "tmpdir"
      class Goods; def self.pack = Array.new(10) { Mark.new }; end
      class Mark; end
      #{garbage}
      directory = Dir.mktmpdir
      server = Memory::Tracker::Server.new(capture, "program", {})
      server.start(directory)
      remote = Memory::Tracker::Remote.open(server.path)
      look = -> { remote.snapshot(10).then { |seen| seen.send(:node_rows, seen["Mark"]&.id || 0).any? { |row| row[4] == "Goods.pack" } } }
      churn = -> { Array.new(2_000) { Object.new } }
      # A JIT that compiles ends a sweep.
      40.times { churn.call && look.call }
      GC.start(immediate_sweep: false)
      packed = Goods.pack
      puts state
      puts 5.times.map { churn.call && look.call }.any?
      puts state
      # A program that does nothing has all the time for it.
      known = 3.times.map { look.call }
      puts state, known.last
      remote.close
      server.stop
      Dir.rmdir(directory)
    RUBY
  end

  it "asks the virtual machine for names once, however many objects one call in C allocates" do
    out = run(<<~RUBY)
      text = "a " * 10_000
      capture = Memory::Tracker::Capture.new(depth: 2).tap(&:start)
      def jobs(capture) = capture.statistics.fetch(:jobs)
      before = jobs(capture)
      parts = text.split
      puts jobs(capture) - before, parts.size
    RUBY
    jobs, parts = out.split.map { |text| Integer(text) }
    expect(parts).to eq(10_000)
    expect(jobs).to be_between(1, 20)
  end

  it "leaves GC disabled when it is" do
    expect(run(<<~RUBY).split).to eq(%w[true true true])
      class Goods; def self.pack = Array.new(3) { Object.new }; end
      capture = Memory::Tracker::Capture.new(depth: 5).tap(&:start)
      GC.start(immediate_sweep: false)
      GC.disable
      packed = Goods.pack
      capture.snapshot
      puts GC.disable
      capture.each { |_klass, _record| nil }
      puts GC.disable
      capture.stop
      puts GC.disable
    RUBY
  end

  it "keeps the classes that it hands out, whatever GC runs meanwhile" do
    expect(run(<<~RUBY)).to eq("5000\n")
      capture = Memory::Tracker::Capture.new.tap(&:start)
      GC.disable
      5_000.times { Class.new.new }
      GC.enable
      seen = 0
      capture.each { |klass, record| seen += 1 if klass.name.nil? && record.new_count == 1; GC.start if seen % 1000 == 1 }
      puts seen
    RUBY
  end
end
