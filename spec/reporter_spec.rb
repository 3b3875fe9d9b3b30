# frozen_string_literal: true

require "spec_helper"
require "open3"
require "tempfile"

RSpec.describe Memory::Tracker::Reporter do
  library = File.expand_path("../lib", __dir__)
  titles = "  RETAINED  GROWTH/s      LIVE   ALLOC/s  CLASS\n"
  prelude = <<~RUBY
    require "memory/tracker"
    class Session; end
    class Product; end
    def report(fd = 1, **options)
      capture = Memory::Tracker::Capture.new
      capture.start
      reporter = Memory::Tracker::Reporter.new(capture, fd, { interval: 0.05, ascii: true, **options })
      reporter.start
      reporter
    end
    def now = Process.clock_gettime(Process::CLOCK_MONOTONIC)
    def wait(seconds: 20)
      deadline = now + seconds
      sleep 0.01 until (value = yield) || now > deadline
      value or abort "waited in vain"
    end
  RUBY

  # Runs a program to its end. Returns what it printed on both streams, and its status.
  define_method(:run) do |program|
    Open3.popen2e(RbConfig.ruby, "-I", library, "-e", prelude + program, pgroup: true) do |input, output, process|
      input.close
      reader = Thread.new { output.read }
      unless process.join(60)
        Process.kill(:KILL, -process.pid)
        raise "the program did not end:\n#{reader.value}"
      end
      [reader.value, process.value]
    end
  end

  define_method(:run_well) do |program|
    output, status = run(program)
    expect(status).to be_success, "status #{status}, output:\n#{output}"
    output
  end

  # The tables in an output, each with the line about the program and the cells of the rows by class.
  define_method(:tables) do |output|
    output.split(/^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  pid )/).grep(/\A\d{4}-/).map do |text|
      header, rows = text.split(titles, 2)
      cells = rows[/\A.*?(?=\n\n)/m].to_s.lines(chomp: true).map { |line| line.strip.split(/ +/, 5) }
      { header: header, rows: cells.to_h { |row| [row.last, row] }, order: cells.map(&:last) }
    end
  end

  def number(cell)
    Float(cell.delete(",<=~"))
  end

  it "prints tables at the interval and one at the end" do
    output = run_well(<<~RUBY)
      sleep 1.5
      reporter = report(command: "ruby shop.rb")
      kept = Array.new(300) { Session.new }
      sleep 0.5
      reporter.finish
    RUBY
    found = tables(output)
    expect(found.size).to be_between(3, 11)
    expect(found[0][:header]).to match(
      %r{\A\S+\ \S+\ \ pid\ \d+\ \ ruby\ shop\.rb\ \ live\ [\d,]+\ \ retained\ (?:[\d,<=]+|-)\ \ heap\ \d+k?/\d+k?
         \ \ rss\ [\d.]+[kMG]\ \ gc\ \d+\+\d+\ \ alloc/s\ \S+\ \ freed/s\ \S+\ \ exact\n\z}x
    )
    expect(found[0..-2].map { |table| table[:header] }).to all(satisfy { |header| !header.include?("ended") })
    # The process has, whenever the capture was started.
    expect(found.last[:header][/  ended after (\d+) s  /, 1].to_i).to be >= 2
    expect(found.last[:rows]["Session"][2]).to eq("300")
    expect(output).not_to match(/[^\n -~]/)
  end

  it "tells what stays from what only comes and goes" do
    output = run_well(<<~RUBY)
      reporter = report(gc: 0.1, sort: "growth")
      sessions, products = [], []
      deadline = now + 2
      while now < deadline
        sessions << Session.new
        100.times do
          products << Product.new
          products.shift if products.size > 400
        end
        sleep 0.002
      end
      reporter.finish
      puts "kept \#{sessions.size} and \#{products.size}"
      puts "standing \#{[Session, Product].map { |klass| ObjectSpace.each_object(klass).count }.join(" and ")}"
    RUBY
    last = tables(output).last
    retained = %w[Session Product].map { |name| last[:rows][name][0].delete(",").to_i }
    expect(output).to end_with("standing #{retained.join(" and ")}\n")
    # What stands may be a few objects more than what the program keeps: the GC takes whatever a machine word on the
    # stack happens to look like for one.
    kept = output[/^kept .*/].scan(/\d+/).map(&:to_i)
    expect(retained.zip(kept).map { |standing, needed| standing - needed }).to all(be_between(0, 3))
    expect(last[:order].first).to eq("Session")
    # Those few may come or go from one GC to the next, which is a growth of as many in a second.
    expect(last[:rows]["Session"][1]).to match(/\A\+\d/)
    expect(number(last[:rows]["Session"][1])).to be > kept.first / 8.0
    expect(number(last[:rows]["Product"][1])).to be_within(3).of(0)
    expect(number(last[:rows]["Product"][3].delete("k"))).to be > 1
  end

  it "stops printing after a number of tables, but for the one at the end" do
    output = run_well(<<~RUBY)
      reporter = report(iterations: 2)
      sleep 0.6
      kept = Array.new(7) { Session.new }
      reporter.finish
    RUBY
    found = tables(output)
    expect(found.size).to eq(3)
    expect(found.last[:header]).to include("ended")
    expect(found.last[:rows]["Session"][2]).to eq("7")
  end

  it "sorts by the column and shows as many classes as were asked for" do
    output = run_well(<<~RUBY)
      reporter = report(iterations: 0, sort: "live", limit: 2)
      sessions, products = Array.new(80_000) { Session.new }, Array.new(90_000) { Product.new }
      reporter.finish
    RUBY
    expect(tables(output).map { |table| table[:order] }).to eq([%w[Product Session]])
  end

  {
    { interval: 0 } => "interval must be between 0.01 and 1,000,000,000 seconds, not 0",
    { interval: Float::NAN } => "interval must be between 0.01 and 1,000,000,000 seconds, not NaN",
    { gc: -1 } => "gc must be between 0.01 and 1,000,000,000 seconds, not -1",
    { iterations: -1 } => "iterations must be an integer of at least 0, not -1",
    { limit: 1.5 } => "limit must be an integer of at least 0, not 1.5",
    { sort: "size" } => 'sort must be one of retained, growth, live, alloc, class, not "size"'
  }.each do |options, message|
    it "refuses #{options}" do
      expect { described_class.new(Memory::Tracker::Capture.new, 1, options) }.to raise_error(ArgumentError, message)
    end
  end

  it "wants a capture and an open file descriptor" do
    expect { described_class.new(Object.new, 1, {}) }.to raise_error(TypeError)
    reporter = described_class.new(Memory::Tracker::Capture.new, 9999, {})
    expect { reporter.start }.to raise_error(Errno::EBADF)
    expect(reporter).not_to be_running
    expect(reporter.finish).to be(false)
    eventually("the helper to be gone") { Thread.list.none? { |thread| thread.name == "memory-tracker" } }
  end

  it "starts once, finishes once, and leaves no thread" do
    expect(run_well(<<~RUBY)).to end_with("true false true false false\ntrue true\n")
      reporter = report(iterations: 0)
      states = [reporter.running?, reporter.start, reporter.finish, reporter.finish, reporter.running?]
      puts states.join(" ")
      wait { Thread.list.size == 1 }
      puts [reporter.start, reporter.finish].join(" ")
      wait { Thread.list.size == 1 }
    RUBY
  end

  it "has a thread in the program only where it runs GCs" do
    expect(run_well(<<~RUBY)).to end_with("1 2\n")
      counts = [{}, { gc: 60 }].map do |options|
        reporter = report(iterations: 0, **options)
        Thread.list.size.tap { reporter.finish }
      end
      puts counts.join(" ")
    RUBY
  end

  it "goes on when the program kills its helper, or raises in it" do
    output = run_well(<<~RUBY)
      2.times do |round|
        file = File.open("/dev/null")
        reporter = report(1, gc: 0.1)
        helper = Thread.list.find { |thread| thread.name == "memory-tracker" }
        round.zero? ? helper.kill : helper.raise("boo")
        wait { !helper.alive? }
        kept = Array.new(11) { Session.new }
        sleep 0.2
        reporter.finish
        $stdout.puts "--- round \#{round}"
        $stdout.flush
      end
    RUBY
    rounds = output.split(/^--- round \d\n/)
    expect(rounds.size).to eq(2)
    expect(rounds.map { |text| tables(text).size }).to all(be > 1)
    expect(rounds.map { |text| tables(text).last[:rows]["Session"][2] }).to eq(%w[11 11])
    expect(output).not_to include("boo")
  end

  it "prints while the program holds on to the interpreter" do
    expect(run_well(<<~RUBY)).to match(/\A\d+\z/).and(satisfy { |text| text.to_i > 3 })
      require "tempfile"
      file = Tempfile.new
      reporter = report(file.fileno)
      wait { file.size > 0 }
      before = file.size
      exponent = 200_000
      begin
        started = now
        (3**exponent).to_s
        took = now - started
        exponent *= 2
      end until took > 0.5
      after = file.size
      reporter.finish
      print((file.tap(&:rewind).read(after) || "").byteslice(before..).scan(/  pid /).size)
    RUBY
  end

  it "does not print in a forked child, whatever that does with it", unless: SpecSupport.sanitized? do
    output = run_well(<<~RUBY)
      reporter = report(iterations: 0)
      child = fork do
        states = [reporter.running?, reporter.finish]
        GC.start
        $stdout.puts "child: \#{states.join(" ")}"
      end
      Process.wait(child)
      abort "the child failed: \#{$?}" unless $?.success?
      kept = Array.new(5) { Session.new }
      reporter.finish
    RUBY
    expect(output).to start_with("child: false false\n")
    expect(tables(output).size).to eq(1)
    expect(tables(output).last[:rows]["Session"][2]).to eq("5")
  end

  it "leaves its output to no forked child", unless: SpecSupport.sanitized? do
    expect(run_well(<<~RUBY)).to eq("end of file\n")
      reader, writer = IO.pipe
      reporter = report(writer.fileno, iterations: 0)
      ready, go = IO.pipe
      child = fork do
        writer.close
        go.close
        ready.read
      end
      writer.close
      reporter.finish
      reader.read
      puts "end of file"
      go.close
      Process.wait(child)
    RUBY
  end

  it "can be started anew in a forked child", unless: SpecSupport.sanitized? do
    output = run_well(<<~RUBY)
      reporter = report(iterations: 0)
      Process.wait(fork { reporter.start and reporter.finish })
      abort "the child failed: \#{$?}" unless $?.success?
      reporter.finish
    RUBY
    expect(tables(output).map { |table| table[:header][/pid \d+/] }.uniq.size).to eq(2)
  end

  it "survives a hundred forks while it prints", unless: SpecSupport.sanitized? do
    output = run_well(<<~RUBY)
      reporter = report(File.open("/dev/null", "w").fileno, interval: 0.01)
      100.times do
        Process.wait(fork { Array.new(100) { Session.new } })
        abort "a child failed: \#{$?}" unless $?.success?
      end
      reporter.finish
    RUBY
    expect(output).to eq("")
  end

  it "lets the program go on when nobody reads any more" do
    expect(run_well(<<~RUBY)).to eq("going on\n")
      trap("PIPE", "SYSTEM_DEFAULT")
      reader, writer = IO.pipe
      reporter = report(writer.fileno)
      reader.readpartial(100)
      reader.close
      sleep 0.3
      reporter.finish
      puts "going on"
    RUBY
  end

  it "says that the disk is full, and lets the program go on", if: File.exist?("/dev/full") do
    sentence = "memory-tracker: there are no more tables: No space left on device\n"
    expect(run_well(<<~RUBY)).to eq("#{sentence}true\n")
      reporter = report(File.open("/dev/full", "w").fileno)
      sleep 0.3
      puts reporter.finish
    RUBY
  end

  it "can be interrupted while it waits for a reader" do
    expect(run_well(<<~RUBY)).to match(/\AInterrupt after [0-4]\.\d/)
      require "io/nonblock"
      reader, writer = IO.pipe
      writer.nonblock = true
      begin
        loop { writer.write_nonblock("x" * 4096) }
      rescue IO::WaitWritable
      end
      reporter = report(writer.fileno)
      sleep 0.2
      started = now
      main = Thread.current
      Thread.new { sleep 0.2; main.raise(Interrupt) }
      begin
        reporter.finish
      rescue Interrupt => e
        puts "\#{e.class} after \#{now - started}"
      end
    RUBY
  end

  it "writes everything to a pipe that does not block and is read slowly" do
    output = run_well(<<~RUBY)
      require "io/nonblock"
      reader, writer = IO.pipe
      writer.nonblock = true
      names = Array.new(3000) { |i| Object.const_set("Shop\#{i}", Class.new) }
      kept = names.map(&:new)
      reporter = report(writer.fileno, iterations: 0)
      kept.concat(names.map(&:new))
      text = +""
      slow = Thread.new do
        loop { text << reader.readpartial(5000); sleep 0.001 }
      rescue EOFError
      end
      reporter.finish
      writer.close
      slow.join
      print text
    RUBY
    expect(tables(output).last[:order].grep(/\AShop\d+\z/).size).to eq(3000)
  end

  it "does not mind that the program closes its output" do
    output = run_well(<<~RUBY)
      reporter = report(1, iterations: 0)
      $stdout.close
      reporter.finish
    RUBY
    expect(tables(output).size).to eq(1)
  end

  {
    "reaches its end" => ["", 0],
    "raises" => ["$stderr.reopen('/dev/null'); raise 'x'", 1],
    "calls exit" => ["exit 3", 3],
    "calls exit in a thread" => ["Thread.new { exit 4 }.join", 4],
    "calls exit!" => ["exit! 5", 5],
    "calls exec" => ['exec "exit 6"', 6],
    "collects everything" => ["GC.compact if GC.respond_to?(:compact); GC.start; exit 7", 7]
  }.each do |what, (code, expected)|
    it "does not hold up a program that #{what} without finishing" do
      output, status = run(<<~RUBY)
        report(File.open("/dev/null", "w").fileno, interval: 0.01)
        sleep 0.1
        #{code}
      RUBY
      expect(status.exitstatus).to eq(expected), output
    end
  end

  it "prints its last table from an at_exit block that was registered after it" do
    output = run_well(<<~RUBY)
      reporter = report(iterations: 0)
      at_exit { reporter.finish }
      kept = nil
      at_exit { kept = Array.new(9) { Session.new } }
    RUBY
    expect(tables(output).last[:rows]["Session"][2]).to eq("9")
  end

  it "keeps itself and its capture alive while it runs" do
    output = run_well(<<~RUBY)
      report(File.open("/dev/null", "w").fileno, interval: 0.01) && nil
      5.times { GC.start; GC.compact if GC.respond_to?(:compact); Array.new(10_000) { Object.new }; sleep 0.02 }
      puts ObjectSpace.each_object(Memory::Tracker::Reporter).map(&:running?).inspect
    RUBY
    expect(output).to eq("[true]\n")
  end
end
