# frozen_string_literal: true

require "spec_helper"
require "support/in_terminal"

RSpec.describe "the processes around a program that memory-tracker-top runs" do
  include InTerminal

  # What a program may leave switched on: the alternate screen, the mouse, a hidden cursor.
  modes = 'print "\e[?1049h\e[?1000h\e[?25l"; $stdout.flush'

  def start(source)
    start_program("#{source}\nFile.write('pid', $$)\nsleep 0.1 while true") do |path|
      Terminal.top("--interval", "0.2", RbConfig.ruby, path)
    end
    @pid = read_when_there("pid").to_i
  end

  # Gives the terminal to the program, or not.
  def change_to(mode)
    terminal.press({ console: "c", through: "q" }.fetch(mode)) unless mode == :viewer
    eventually(mode) { mode == :viewer || terminal.raw? }
    # The program that has the terminal has its modes.
    eventually("the modes") { !terminal.alternate? || terminal.mouse? }
    terminal.wait_for(/Ctrl-\] returns\]/) if mode == :console && !terminal.alternate?
  end

  def launcher
    @launcher ||= launcher_of(@pid)
  end

  def guard
    guards_of(launcher).first
  end

  def expect_usable_terminal(*statuses)
    eventually("the terminal") { !terminal.alternate? && !terminal.raw? && !terminal.mouse? }
    expect_end_behind_prompt(*statuses)
  end

  # Seconds of processor time in a second.
  def load_of(pid)
    ticks = -> { File.read("/proc/#{pid}/stat").split(") ").last.split.values_at(11, 12).sum(&:to_i) }
    before = [ticks.call, now]
    eventually("a second") { now > before.last + 1 }
    (ticks.call - before.first).fdiv(Integer(`getconf CLK_TCK`)) / (now - before.last)
  end

  %i[viewer console through].each do |mode|
    it "may lose the launcher by KILL, in the #{mode} mode" do
      start(modes)
      change_to(mode)
      monitor = monitor_of(@pid)
      others = [@pid, monitor, guard]
      Process.kill(:KILL, launcher)
      expect_usable_terminal(137)
      eventually("the end of all") { others.none? { |pid| alive?(pid) } }
    end

    it "may lose the launcher by SEGV, in the #{mode} mode" do
      start(modes)
      change_to(mode)
      Process.kill(:SEGV, launcher)
      eventually("its end") { !alive?(launcher) }
      # Rubies end by one of two signals then.
      expect_usable_terminal(134, 139)
      eventually("the program's end") { !alive?(@pid) }
    end

    it "pass HUP and TERM on to the program, in the #{mode} mode" do
      start("trap(:HUP) { File.write('hup', 'yes') }")
      change_to(mode)
      Process.kill(:HUP, launcher)
      expect(read_when_there("hup")).to eq("yes")
      Process.kill(:TERM, launcher)
      expect_end(143)
    end

    it "may lose the monitor by KILL, in the #{mode} mode, which is said" do
      start(modes)
      change_to(mode)
      guard = self.guard
      Process.kill(:KILL, monitor_of(@pid))
      unless mode == :through
        terminal.wait_for(/ended with an unknown status/)
        terminal.press("q")
      end
      expect_usable_terminal(125)
      expect(terminal.text.delete("\n")).to include("ended by SIGKILL, so the program's exit status is unknown; " \
                                                    "the program has ended, too")
      eventually("the end of all") { [@pid, launcher, guard].none? { |pid| alive?(pid) } }
    end

    it "replace a guard that was killed, in the #{mode} mode" do
      start(modes)
      change_to(mode)
      killed = guard
      Process.kill(:KILL, killed)
      eventually("another guard") { guard && guard != killed }
      Process.kill(:KILL, launcher)
      expect_usable_terminal(137)
    end

    it "go on when the monitor and the guard get HUP, TERM and SEGV, in the #{mode} mode" do
      start("")
      change_to(mode)
      helpers = [monitor_of(@pid), guard]
      %i[HUP TERM SEGV].product(helpers) { |signal, pid| Process.kill(signal, pid) }
      Process.kill(:TERM, @pid)
      terminal.wait_for(/ended by SIGTERM/) && terminal.press("q") unless mode == :through
      expect_end(143)
    end
  end

  it "go on when all get HUP, as by `pkill -HUP -f`, and the program does not end by it" do
    start("trap(:HUP) { File.write('hup', 'yes') }")
    [launcher, monitor_of(@pid), guard, @pid].each { |pid| Process.kill(:HUP, pid) }
    expect(read_when_there("hup")).to eq("yes")
    terminal.press("?")
    terminal.wait_for(/^ Keys$/)
    terminal.press("q", "Q", "y")
    expect_end(130)
  end

  describe "without the monitor, when the program lives on" do
    before do
      start("trap(:HUP, 'IGNORE')\nThread.new { sleep 0.1 until File.exist?('go'); puts 'still here' }")
    end

    after { Process.kill(:KILL, @pid) if alive?(@pid) }

    def lose_monitor
      Process.kill(:KILL, monitor_of(@pid))
      launcher
    end

    it "show it until the viewer is left, say that it runs, and bring through what it prints" do
      launcher
      lose_monitor
      terminal.wait_for(/the process that watches the program has ended: its status will be unknown/)
      skip "there is no /proc" unless File.exist?("/proc/#{launcher}/stat")
      expect(load_of(launcher)).to be < 0.3
      terminal.press("c")
      terminal.wait_for(/the program has lost its terminal/)
      terminal.press("q")
      expect(terminal.status).to eq(125)
      expect(terminal.state).to eq(@before)
      expect(terminal.text.delete("\n")).to include("status is unknown; the program still runs as process #{@pid}")
      terminal.write("go", "")
      terminal.wait_for(/still here$/)
    end

    it "say that it runs, and leave, when it has the terminal" do
      launcher
      change_to(:through)
      lose_monitor
      expect_end(125)
      expect(terminal.text.delete("\n")).to include("the program still runs as process #{@pid}")
      expect(alive?(@pid)).to be(true)
    end

    it "end it by Q" do
      launcher
      lose_monitor
      terminal.wait_for(/its status will be unknown/)
      terminal.press("Q", "y")
      expect_end(125)
      expect(terminal.text.delete("\n")).to include("the program has ended, too")
      expect(alive?(@pid)).to be(false)
    end
  end
end
