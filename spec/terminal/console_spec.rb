# frozen_string_literal: true

require "spec_helper"
require "support/in_terminal"

RSpec.describe "Memory::Tracker.top in a console" do
  include InTerminal

  def open_irb(library = "memory/tracker")
    @before = terminal.state
    terminal.start(Terminal.ruby("-r", library, "-S", "irb", "--noautocomplete"))
    terminal.wait_for(/irb.*> ?\s*\z/)
  end

  # Types a line as a person does, and waits for what it gives.
  def ask(line, pattern)
    terminal.enter(line)
    terminal.wait_for(pattern)
  end

  def leave_irb
    terminal.enter("exit")
    expect_end(0)
  end

  it "shows the heap, and afterwards the console works as before" do
    open_irb
    ask("class Basket; end; kept = Array.new(4321) { Basket.new }; 1 + 1", /=> 2$/)
    terminal.enter("Memory::Tracker.top")
    terminal.wait_for_viewer
    terminal.press("/")
    terminal.type("basket")
    terminal.wait_for(/\s4,321\s.*Basket$/)
    terminal.press("Enter", "g")
    terminal.wait_for(/GC \d+ ms: freed/)
    terminal.press("q")
    terminal.wait_for(/=> #<Memory::Tracker::Capture running/)
    # Line editing: the beginning of the line, the history.
    terminal.type("+ 20")
    terminal.press("C-a")
    terminal.type("22 ")
    terminal.press("Enter")
    terminal.wait_for(/=> 42$/)
    terminal.press("Up")
    terminal.wait_for(/> 22 \+ 20\s*\z/)
    terminal.press("Enter")
    terminal.wait_for { |screen| screen.scan(/=> 42$/).size == 2 }
    leave_irb
  end

  it "shows the running capture, and the same one again" do
    open_irb
    ask("c = Memory::Tracker::Capture.new; c.start; class Basket; end; kept = Array.new(55) { Basket.new }; 0", /=> 0$/)
    2.times do
      terminal.enter("Memory::Tracker.top.equal?(c)")
      terminal.wait_for_viewer
      terminal.press("/")
      terminal.type("basket")
      terminal.wait_for(/\s55\s.*Basket$/)
      terminal.press("Enter", "q")
      terminal.wait_for { !terminal.alternate? }
    end
    terminal.wait_for { |screen| screen.scan(/=> true$/).size == 2 }
    leave_irb
  end

  it "is left by Ctrl-C, which raises Interrupt" do
    open_irb
    terminal.enter("begin; Memory::Tracker.top; rescue Interrupt; :left_by_interrupt; end")
    terminal.wait_for_viewer
    terminal.press("C-c")
    terminal.wait_for(/=> :left_by_interrupt$/)
    leave_irb
  end

  it "goes on while the program's signal handlers run, and leaves when one raises" do
    open_irb
    ask("trap(:USR1) { $signalled = true }; trap(:USR2) { raise 'out of here' }; $$", /=> \d+$/)
    pid = terminal.screen[/=> (\d+)$/, 1].to_i
    terminal.enter("Memory::Tracker.top rescue p($!.message, $signalled)")
    terminal.wait_for_viewer
    Process.kill(:USR1, pid)
    terminal.press("?")
    terminal.wait_for(/^ Keys$/)
    Process.kill(:USR2, pid)
    terminal.wait_for(/^"out of here"\ntrue$/)
    leave_irb
  end

  it "puts on the terminal what other threads have printed meanwhile" do
    open_irb
    ask("t = Thread.new { 1.upto(50) { |n| puts \"thread \#{n}\"; sleep 0.01 } if sleep 1 }; 0", /=> 0$/)
    terminal.enter("Memory::Tracker.top; 1")
    terminal.wait_for_viewer
    terminal.press("l")
    terminal.wait_for(/thread 50$/)
    terminal.press("q")
    terminal.wait_for(/=> 1$/)
    expect(terminal.text.scan(/^thread (\d+)$/).flatten.map(&:to_i)).to eq([*1..50])
    leave_irb
  end

  it "works at a breakpoint of a program with other threads" do
    path = terminal.write("server.rb", <<~RUBY)
      class Order; end
      orders = []
      Thread.new { loop { orders << Order.new; sleep 0.01 } }
      binding.irb
      puts "after the breakpoint"
    RUBY
    @before = terminal.state
    terminal.start(Terminal.ruby("-r", "memory/tracker", path))
    terminal.wait_for(/irb.*> ?\s*\z/)
    terminal.enter("Memory::Tracker.top")
    terminal.wait_for_viewer
    terminal.press("/")
    terminal.type("order")
    terminal.wait_for(/Order$/)
    terminal.press("Enter", "q")
    terminal.wait_for(/=> #<Memory::Tracker::Capture running/)
    terminal.enter("exit")
    expect_end(0)
    expect(terminal.text).to match(/^after the breakpoint$/)
  end

  it "raises one clear error where there is no terminal" do
    code = "begin; Memory::Tracker.top; rescue Memory::Tracker::Error => e; puts e.message; end"
    expect(terminal.run("#{Terminal.ruby("-r", "memory/tracker", "-e", code)} </dev/null"))
      .to eq("the viewer cannot be shown: standard input is not a terminal\n")
  end

  it "has a command, where the console takes commands from others" do
    open_irb("memory/tracker/irb")
    ask("class Basket; end; kept = Array.new(321) { Basket.new }; 1 + 1", /=> 2$/)
    ask("IRB.const_defined?(:Command) && IRB::Command.respond_to?(:register)", /=> (true|false)$/)
    if terminal.screen[/=> (true|false)$/, 1] == "true"
      terminal.enter("memory_top")
      terminal.wait_for_viewer
      terminal.press("/")
      terminal.type("basket")
      terminal.wait_for(/\s321\s.*Basket$/)
      terminal.press("Enter", "q")
      terminal.wait_for(/irb.*> ?\s*\z/)
    end
    leave_irb
  end
end
