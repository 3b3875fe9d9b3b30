# frozen_string_literal: true

require "spec_helper"
require "support/terminal"

RSpec.describe "the viewer on terminals of all kinds" do
  # Names of classes and paths of files as nobody should choose them.
  hostile = <<~'RUBY'
    # encoding: UTF-8
    Größe日本語 = Class.new
    Éclair = Class.new
    kept = []
    eval("loop { 5.times { kept << Größe日本語.new; kept << E\u0301clair.new }; sleep 0.02 }", binding,
         "evil\e[2J\e]0;title\a\r\n\xFF\u0301\u202E日本.rb", 7)
  RUBY

  def on_terminal(source, variables, **options)
    Terminal.open(**options) do |terminal|
      path = terminal.write("program.rb", source)
      before = terminal.state
      command = Terminal.top("--interval", "0.2", RbConfig.ruby, "-Ku", path)
      terminal.start("env #{variables} #{command}")
      # Titles come before the numbers, and without numbers there is nothing to filter.
      terminal.wait_for(/RETAINED.*CLASS.*\n\s*(?:≤|<=)?[\d–-]/)
      yield terminal
      terminal.press("Q", "y")
      expect(terminal.status).to eq(130)
      expect(terminal.state).to eq(before)
    end
  end

  # A program's name is in UTF-8, whatever the locale of the terminal is.
  def filter(terminal, name)
    terminal.press("/")
    terminal.type(name)
    terminal.press("Enter")
  end

  %w[xterm-256color xterm screen tmux-256color linux vt100].product(%w[C.UTF-8 C]).each do |type, locale|
    it "works on TERM=#{type} with LC_ALL=#{locale}, whatever classes and files are called" do
      on_terminal(hostile, "TERM=#{type} LC_ALL=#{locale}") do |terminal|
        filter(terminal, "clair")
        name = locale == "C" ? /E\?clair|E\?\?clair|Eclair/ : /E\u0301clair/
        terminal.wait_for(name)
        terminal.press("Right", "Down")
        # The end of the path is what is shown of it, with signs for what would do harm.
        terminal.wait_for(locale == "C" ? /\?\?\.rb:7/ : /日本\.rb:7/)
        expect(terminal.screen).to match(/\A memory-tracker /)
        terminal.press("Left", "Left", "Up", "?")
        terminal.wait_for(/^ Keys$/)
        terminal.press("q")
        terminal.wait_for(/\A memory-tracker /)
      end
    end
  end

  it "has no colours with NO_COLOR, and shows what they say all the same" do
    source = "class Leak; end\nkept = []\nloop { 9.times { kept << Leak.new }; GC.start; sleep 0.05 }"
    on_terminal(source, "NO_COLOR=1 TERM=xterm-256color") do |terminal|
      terminal.wait_for(/▲.*Leak/)
      styled = terminal.styled_screen
      expect(styled).to match(/\e\[[\d;]*1m/)
      expect(styled).not_to match(/\e\[(?:\d+;)*(?:3[0-8]|4[0-8]|9\d)(?:;\d+)*m/)
    end
  end

  it "keeps the colours that the program prints" do
    source = 'loop { puts "\e[31mred\e[0m \e[38;5;208morange\e[0m \e[2J\e[?1049lplain"; sleep 0.1 }'
    on_terminal("$stdout.sync = true\n#{source}", "TERM=xterm-256color") do |terminal|
      terminal.press("l")
      terminal.wait_for(/^ red orange plain$/)
      expect(terminal.styled_screen).to match(/\e\[31mred.*\e\[38;5;208morange/)
      expect(terminal.screen).to match(/\A memory-tracker /)
      expect(terminal).to be_alternate
    end
  end

  [[250, 80], [40, 6], [39, 5], [2, 2], [1, 1]].each do |columns, lines|
    it "starts, runs and ends on #{columns}x#{lines}" do
      Terminal.open(columns: 100, lines: 30) do |terminal|
        before = terminal.state
        path = terminal.write("program.rb", "File.write('runs', ''); sleep")
        terminal.type("#{Terminal.top(RbConfig.ruby, path)}; echo $? > status")
        terminal.resize(columns, lines)
        terminal.press("Enter")
        SpecSupport.eventually("the program") { File.exist?(File.join(terminal.folder, "runs")) && terminal.alternate? }
        terminal.press("j", "l", "?", "q", "Q", "y")
        SpecSupport.eventually("the end") { File.size?(File.join(terminal.folder, "status")) }
        terminal.resize(100, 30)
        expect(File.read(File.join(terminal.folder, "status")).to_i).to eq(130)
        expect(terminal.state).to eq(before)
      end
    end
  end

  describe "the mouse" do
    leaking = <<~RUBY
      class Session; end
      class Product; end
      kept = Array.new(300) { Product.new }
      loop { 5.times { kept << Session.new }; sleep 0.02 }
    RUBY

    # Where a text begins on the screen, from 1 on.
    def place(terminal, text)
      line = terminal.lines.index { |candidate| candidate.include?(text) }
      [terminal.lines[line].index(text) + 1, line + 1]
    end

    def click(terminal, text)
      terminal.click(*terminal.wait_for { |screen| screen.include?(text) && place(terminal, text) })
    end

    it "selects, sorts and unfolds, and is the terminal's again afterwards" do
      on_terminal(leaking, "TERM=xterm-256color") do |terminal|
        expect(terminal).to be_mouse
        filter(terminal, "product")
        click(terminal, "LIVE")
        terminal.wait_for(/LIVE▾/)
        click(terminal, "LIVE")
        terminal.wait_for(/LIVE▴/)
        click(terminal, "▸ Product")
        terminal.wait_for(/▾ Product\n.*program\.rb:3/)
      end
    end

    it "is left to the terminal with a key, and from the start with --no-mouse" do
      on_terminal(leaking, "TERM=xterm-256color") do |terminal|
        terminal.press("M")
        terminal.wait_for { !terminal.mouse? }
        terminal.press("M")
        terminal.wait_for { terminal.mouse? }
      end
      Terminal.open do |terminal|
        terminal.start(Terminal.top("--no-mouse", RbConfig.ruby, terminal.write("program.rb", "sleep")))
        terminal.wait_for_viewer
        expect(terminal).not_to be_mouse
        terminal.press("Q", "y")
        terminal.status
      end
    end

    it "is the terminal's again when the program was killed" do
      Terminal.open do |terminal|
        before = terminal.state
        path = terminal.write("program.rb", "File.write('pid', $$.to_s)\nsleep")
        terminal.start(Terminal.top(RbConfig.ruby, path))
        terminal.wait_for_viewer
        expect(terminal).to be_mouse
        Process.kill(:KILL, Integer(File.read(File.join(terminal.folder, "pid"))))
        terminal.wait_for(/ended by SIGKILL/)
        terminal.press("q")
        expect(terminal.status).to eq(137)
        expect(terminal.state).to eq(before)
      end
    end
  end
end
