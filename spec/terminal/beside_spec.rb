# frozen_string_literal: true

require "spec_helper"
require "support/in_terminal"

RSpec.describe "the viewer beside a program" do
  include InTerminal

  def start(source, shell: nil, viewer: true)
    start_program(source, viewer: viewer) do |path|
      [shell, Terminal.ruby("-r", "memory/tracker/tui", path)].compact.join("; ")
    end
  end

  def leave
    terminal.press("q")
    terminal.wait_for { !terminal.alternate? }
  end

  it "leaves the program running with its terminal back" do
    start("sleep 0.1 until $stdin.gets == \"go\\n\"\nputs \"went on, #{$stdin.tty?}\"\nexit 5")
    # Not the program's, as long as the viewer is there.
    terminal.enter("go")
    leave
    terminal.enter("go")
    expect_end(5)
    expect(count("went on, #{$stdin.tty?}")).to eq(1)
  end

  it "leaves by TUI.stop, and comes again by TUI.start" do
    start(<<~RUBY)
      tui = Memory::Tracker::TUI
      sleep 0.5
      puts [tui.running?, tui.stop, tui.running?, tui.stop].inspect
      $stdin.gets
      tui.start
      sleep 0.5
      puts tui.running?
      tui.stop
    RUBY
    terminal.wait_for(/^\[true, true, false, false\]$/)
    terminal.press("Enter")
    expect_end(0)
    expect(count("true")).to eq(1)
  end

  it "is not there for those who wait for all children, nor in forked children" do
    start(<<~RUBY)
      pid = fork do
        puts "child \#{Memory::Tracker::TUI.running?} \#{Memory::Tracker::TUI.stop}"
        exit 7
      end
      puts "waited \#{Process.waitall.map { |child, status| [child == pid, status.exitstatus] }}"
    RUBY
    terminal.wait_for(/ended with status 0/)
    terminal.press("q")
    expect_end(0)
    expect([count("child false false"), count("waited [[true, 7]]")]).to eq([1, 1])
  end

  it "brings through what processes that were started meanwhile print later" do
    start(<<~RUBY, viewer: false)
      spawn("sh", "-c", "sleep 0.2; echo worker 1; while ! [ -e go ]; do sleep 0.05; done; echo worker 2; sleep 0.3; echo worker 3")
      sleep 0.5
      exit!(0)
    RUBY
    # The first may come before the shell's prompt or behind it.
    terminal.wait_for(/worker 1$/)
    terminal.write("go", "")
    terminal.wait_for(/worker 3$/)
    # The prompt is somewhere above.
    expect_end_behind_prompt(0)
    expect(terminal.text.scan(/worker \d$/)).to eq(["worker 1", "worker 2", "worker 3"])
  end

  it "has another guard when that was killed" do
    start("File.write('pid', $$)\nsleep")
    pid = read_when_there("pid").to_i
    killed = guards_of(pid).first
    Process.kill(:KILL, killed)
    eventually("another guard") { (guards_of(pid) - [killed]).any? }
    Process.kill(:KILL, pid)
    eventually("the terminal") { !terminal.alternate? && !terminal.mouse? }
    expect_end_behind_prompt(137)
  end

  it "gives the terminal to the same program when that starts itself anew" do
    start(<<~RUBY)
      puts "first \#{ARGV}"
      sleep 0.3
      exec(RbConfig.ruby, *$LOAD_PATH.flat_map { |path| ["-I", path] }, "-r", "memory/tracker/tui", $0, "again") if ARGV.empty?
      puts "second \#{$stdin.gets.inspect}"
    RUBY
    terminal.wait_for(/program.rb again/)
    leave
    terminal.enter("words")
    expect_end(0)
    expect([count("first []"), count('first ["again"]'), count('second "words\n"')]).to eq([1, 1, 1])
  end

  it "leaves with a message before the program may not print any more" do
    start(<<~RUBY, shell: "ulimit -f 24576", viewer: false)
      $stdout.sync = true
      4_000_000.times { |n| puts "line \#{n}" if n < 500_000; sleep 0.001 if (n % 1000).zero? && Memory::Tracker::TUI.running? }
      puts "not running" unless Memory::Tracker::TUI.running?
    RUBY
    expect_end(0)
    expect(terminal.text).to match(/^memory-tracker: the viewer has left, because there is too much/)
    last = terminal.text.scan(/^line (\d+)$/).flatten.map(&:to_i).last(300_000)
    expect(last.each_cons(2)).to all(satisfy { |a, b| b == a + 1 })
    expect(count("not running")).to eq(1)
  end

  it "lets the program end by itself after Ctrl-C, and then shows how" do
    start("trap(:INT) { $stdout.puts 'interrupted'; exit 6 }\nloop { sleep 0.1 }")
    terminal.press("C-c")
    terminal.wait_for(/ended with status 6/)
    terminal.press("q")
    expect_end(6)
    expect(count("interrupted")).to eq(1)
  end

  it "tells a program to end that does not hear of an interrupt" do
    start("trap(:INT) { }\nloop { sleep 0.1 }")
    terminal.press("Q", "y")
    expect_end(143)
  end

  it "takes little of the processor when nothing happens" do
    start("sleep")
    pid = Integer(terminal.screen[/program\.rb\s+(\d+)\s/, 1])
    used = -> { File.read("/proc/#{pid}/stat").split(") ").last.split.values_at(11, 12).sum(&:to_i) }
    skip "there is no /proc" unless File.exist?("/proc/#{pid}/stat")
    before = [used.call, now]
    eventually("some time") { now > before.last + 5 }
    ticks = Integer(`getconf CLK_TCK`)
    expect((used.call - before.first).fdiv(ticks) / (now - before.last)).to be < 0.01
    terminal.press("Q", "y")
  end

  it "warns once where there is no terminal, and the program runs" do
    program = Terminal.ruby("-r", "memory/tracker/tui", "-e", "puts 1; require 'memory/tracker/tui'")
    output = terminal.run("#{program} | cat")
    expect(output).to eq("memory-tracker: the viewer is not shown, because standard output is not a terminal\n1\n").or(
      eq("1\nmemory-tracker: the viewer is not shown, because standard output is not a terminal\n")
    )
  end
end
