# frozen_string_literal: true

require "spec_helper"
require "support/in_terminal"
require_relative "../memory/tracker/cli/run_top"
require_relative "../support/observed"

RSpec.describe "memory-tracker-top --attach and --replay in a terminal" do
  include Observed
  include InTerminal

  let(:leak) { <<~RUBY }
    class Session; end
    $kept = []
    puts "ready"
    loop { 5.times { $kept << Session.new }; sleep 0.02 }
  RUBY

  def terminal_options
    { env: looking }
  end

  # Looks into a program in the viewer, until that shows its numbers.
  def attach(source, *options)
    pid, = observed(source)
    start_command(Terminal.top("--attach", pid.to_s, "--interval", "0.2", *options))
    pid
  end

  def leave(*keys)
    terminal.press(*(keys.empty? ? ["q"] : keys))
    expect_end(0)
  end

  it "shows which class leaks, and where its objects are made" do
    pid = attach(leak, "--gc", "0.3")
    terminal.wait_for(/ruby -e .*#{pid}.* exact /)
    terminal.wait_for(/▲.*Session$/) { terminal.classes.first == "Session" }
    terminal.press("Enter")
    terminal.wait_for(/▾ Session\n.* <main> +-e:5$/)
    leave
    expect(Process.kill(0, pid)).to eq(1)
  end

  it "runs a GC in the program after a question" do
    attach(leak)
    terminal.press("g")
    terminal.wait_for(%r{^ run a full GC in the program\? y/n})
    terminal.press("y")
    terminal.wait_for(/GC \d+ ms: freed [\d,]+ of [\d,]+, stayed [\d,]+/)
    leave
  end

  it "keeps the last numbers when the program ends" do
    attach("class Session; end; $k = Array.new(4321) { Session.new }; puts 'ready'; sleep 2; exit 3")
    terminal.wait_for(/ended with status 3 after/)
    terminal.wait_for(/4,321 .* Session$/)
    leave
  end

  it "keeps the last numbers when the program is killed" do
    pid = attach(leak)
    terminal.wait_for(/ Session$/)
    Process.kill(:KILL, pid)
    terminal.wait_for(/ended after/)
    terminal.wait_for(/ Session$/)
    leave
  end

  it "answers keys while the program is in a long call" do
    attach("puts 'ready'; sleep 1; Array.new(25, 'a').join =~ /^(a|aa|aaa)+$(?<!a)/; sleep")
    terminal.press("?")
    terminal.wait_for(/^ Keys/)
    terminal.press("Escape")
    terminal.wait_for_viewer
    leave
  end

  it "ends the program too with Q" do
    pid = attach(leak)
    terminal.press("Q")
    terminal.wait_for(%r{^ end the program\? y/n})
    leave("y")
    expect(RunTop.status_of(pid).termsig).to eq(2)
  end

  it "does not end the program by Q and a key that is not y" do
    pid = attach(leak)
    terminal.press("Q", "q")
    terminal.wait_for(/q leave/)
    leave
    expect(Process.kill(0, pid)).to eq(1)
  end

  it "signals no process with Q when the program has ended" do
    attach("puts 'ready'; sleep 1; exit 3")
    terminal.wait_for(/ended with status 3 after/)
    leave("Q")
  end

  it "leaves with Ctrl-C" do
    pid = attach(leak)
    leave("C-c")
    expect(Process.kill(0, pid)).to eq(1)
  end

  it "leaves with SIGTERM, and the terminal is as before" do
    Process.kill(:TERM, looker(attach(leak)))
    expect_end(143)
  end

  # The top that looks into a program. Its guard, which mends the terminal, is a copy of it whose parent has gone.
  def looker(pid)
    found = Dir.glob("/proc/[0-9]*/cmdline").select { |path| words(path).each_cons(2).include?(["--attach", pid.to_s]) }
    found.map { |path| path[/\d+/].to_i }.find { |process| File.read("/proc/#{process}/stat")[/\) \S (\d+)/, 1] != "1" }
  end

  def words(path)
    File.read(path).split("\0")
  rescue SystemCallError
    []
  end

  describe "a recording" do
    let(:file) { File.join(terminal.folder, "recording") }

    # A program with one Session more in each of ten looks.
    before do
      pid, = observed(<<~RUBY)
        class Session; end
        $kept = []
        puts "ready"
        loop { $kept << Session.new; sleep 0.02 }
      RUBY
      recorded = top("--attach", pid.to_s, "--batch", "--interval", "0.3", "--iterations", "10", "--record", file)
      expect(recorded.code).to eq(0)
      @before = terminal.state
      terminal.start(Terminal.top("--replay", file))
      terminal.wait_for_viewer
      terminal.press("/")
      terminal.type("Session")
      terminal.press("Enter")
      terminal.wait_for { terminal.classes == %w[Session] }
    end

    # Live objects of the one class that is shown: behind what is retained, and how fast that grows.
    def live
      terminal.screen[/^.* Session$/].delete("▲").split[2].delete(",").to_i
    end

    it "stops, goes back and on look by look, and goes on" do
      terminal.wait_for(/replay 1 s/)
      terminal.press("Space")
      terminal.wait_for(/replay .*, stopped/)
      stopped = live
      terminal.press(",")
      terminal.wait_for { live < stopped }
      terminal.press(".")
      terminal.wait_for { live == stopped }
      terminal.press("Space")
      terminal.wait_for { live > stopped }
      expect(terminal.screen).not_to include("stopped")
      leave
    end

    it "seeks, and begins again at the end" do
      terminal.press("Space")
      terminal.wait_for(/replay .*, stopped/)
      10.times { terminal.press("}") }
      terminal.wait_for(/replay 3 s of 3 s/)
      last = live
      10.times { terminal.press("{") }
      terminal.wait_for(/replay 0 s of 3 s/)
      expect(live).to be < last
      10.times { terminal.press("}") }
      terminal.wait_for { live == last }
      terminal.press("Space")
      terminal.wait_for { live < last }
      leave
    end

    it "goes faster and slower" do
      terminal.press("]", "]")
      terminal.wait_for(/replay .*, 4 times/)
      terminal.press("[", "[", "[")
      terminal.wait_for(%r{replay .*, 1/2 speed})
      leave
    end
  end
end
