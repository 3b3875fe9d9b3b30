# frozen_string_literal: true

require "spec_helper"
require "support/in_terminal"

RSpec.describe "memory-tracker-top in a terminal" do
  include InTerminal

  # Starts a program under the viewer, and waits until that shows its numbers.
  def start(source, *options)
    start_program(source) { |path| Terminal.top("--interval", "0.2", *options, RbConfig.ruby, path) }
  end

  busy = <<~RUBY
    class Session; end
    class Listener; end
    class Product; end
    kept = Array.new(30) { Product.new }
    loop { 5.times { kept << Session.new }; kept << Listener.new; sleep 0.02 }
  RUBY

  it "shows the leaking classes at the top, and gives the terminal back" do
    start(busy, "--gc", "0.3")
    terminal.wait_for(/▲.*Session$/) { terminal.classes.first(2) == %w[Session Listener] }
    terminal.press("Q", "y")
    expect_end(130)
  end

  it "shows with two keys which line makes the objects that leak, and with a third its source" do
    start(busy, "--gc", "0.3")
    terminal.wait_for(/▲.*Session$/) { terminal.classes.first == "Session" }
    terminal.press("Enter", "Down")
    terminal.wait_for(/▾ Session\n.* ▲ .*│ .*program\.rb:5$/)
    terminal.press("v")
    terminal.wait_for(/→ +5  loop \{ 5\.times \{ kept << Session\.new/)
    terminal.press("Q", "y")
    terminal.status
  end

  it "sorts, filters, and runs a GC" do
    start(busy)
    terminal.press("/")
    terminal.type("product")
    terminal.wait_for { terminal.classes == %w[Product] }
    terminal.press("Escape")
    terminal.wait_for { terminal.classes.size > 5 }
    terminal.press("g")
    terminal.wait_for(/GC \d+ ms: freed [\d,]+ of/)
    terminal.press(">", ">", ">")
    terminal.wait_for { |screen| screen[/RETAINED.*/] =~ /CLASS[▾▴]/ }
    terminal.wait_for { terminal.classes.size > 5 && terminal.classes == terminal.classes.sort }
    terminal.press("Q", "y")
    terminal.status
  end

  it "runs a GC also where the program has disabled it" do
    start("class Garbage; end; GC.disable; 5000.times { Garbage.new }; sleep")
    terminal.wait_for(/Garbage$/)
    terminal.press("g")
    terminal.wait_for(/GC \d+ ms: freed [4-9],?\d\d\d|GC \d+ ms: freed \d\d[\d,]+ of/)
    terminal.press("Q", "y")
    terminal.status
  end

  it "follows the size of the terminal, down to a single cell and back" do
    start(busy)
    [[40, 8], [20, 3], [1, 1], [200, 50], [7, 60], [100, 30]].each do |columns, lines|
      terminal.resize(columns, lines)
      terminal.wait_for { terminal.lines.size <= lines }
    end
    terminal.wait_for_viewer
    terminal.wait_for { terminal.lines.map(&:size).max.between?(80, 100) }
    terminal.press("q")
    terminal.wait_for { !terminal.alternate? }
    terminal.press("C-c")
    expect_end(130)
  end

  it "keeps the last numbers after the program's end, and gives its status" do
    start("class Session; end\nkept = Array.new(777) { Session.new }\nsleep 0.5\nexit 3")
    terminal.wait_for(/ended with status 3 after/)
    terminal.press("/")
    terminal.type("session")
    terminal.wait_for(/\s777\s.*Session\s*$/)
    terminal.press("Enter", "q")
    expect_end(3)
  end

  it "puts what was printed on the terminal afterwards, whole and in order" do
    start("$stdout.sync = true\nsleep 0.5\n20_000.times { |n| (n % 7 == 0 ? $stderr : $stdout).puts n }\nsleep 0.5")
    terminal.wait_for(/ended with status 0/)
    terminal.press("q")
    expect(terminal.status).to eq(0)
    expect(terminal.text.scan(/^(\d+)$/).flatten.map(&:to_i)).to eq([*0...20_000])
  end

  it "shows what is printed in a pane" do
    start("$stdout.sync = true\nloop { puts \"hello from the program\"; sleep 0.1 }")
    expect(terminal.screen).not_to include("hello from")
    terminal.press("l")
    terminal.wait_for(/hello from the program/)
    terminal.press("Q", "y")
    terminal.status
  end

  it "is stopped by Ctrl-Z as a whole, and comes back with fg" do
    start(busy)
    stop_and_bring_back
    terminal.press("Q", "y")
    expect(terminal.status).to eq(130)
  end

  it "answers keys while the program is in one long call" do
    start("a = Array.new(10_000_000) { rand }\nloop { a.sort }", "--no-existing")
    # Without the VM there is no GC. It is asked for until it comes just after a call has begun.
    terminal.press("g")
    terminal.wait_for do |screen|
      terminal.press("g") if screen.match?(/GC \d+ ms/)
      screen.include?("the GC waits")
    end
    # A call takes seconds. Most of the time is what tmux takes to be asked, and a machine may have other work.
    times = []
    until times.size == 20 || times.any? { |took| took < 0.5 }
      before = now
      terminal.press("?")
      terminal.wait_for(/^ Keys$/)
      times << (now - before)
      terminal.press("Escape")
      terminal.wait_for_viewer
    end
    expect(times.min).to be < 0.5
    terminal.press("q")
    terminal.wait_for { !terminal.alternate? }
  end

  describe "where there is no terminal for it" do
    it "says so in one line, and prints tables" do
      { "TERM=dumb" => "TERM=dumb cannot show a screen", "TERM=no-such" => "TERM=no-such is not known" }
        .each do |variable, reason|
        output = terminal.run("#{variable} #{Terminal.top(RbConfig.ruby, "-e", "puts 1; sleep 0.1")}")
        expect(output.delete("\n")).to include("tables on stderr instead of the viewer").and include(reason)
        expect(output).to match(/RETAINED.*CLASS/)
      end
    end

    it "prints tables when it runs in the background" do
      terminal.start("#{Terminal.top(RbConfig.ruby, "-e", "sleep 0.1")} &")
      terminal.wait_for(/RETAINED.*CLASS/)
      expect(terminal.text.delete("\n")).to include("because the program is in the background")
    end
  end
end
