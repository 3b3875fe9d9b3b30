# frozen_string_literal: true

require "spec_helper"
require "support/closing_program"
require "support/in_terminal"

RSpec.describe "a program that closes all descriptors, under a viewer" do
  include InTerminal

  let(:closing) { ClosingProgram.new(terminal.folder) }

  def start(last, code = "", &command)
    terminal.run("ulimit -n #{ClosingProgram::LIMIT}")
    source = "puts 'the first words'\n#{code}\n#{ClosingProgram.source(terminal.folder, last)}"
    start_program(source, &command)
  end

  def beside(path)
    Terminal.ruby("-r", "memory/tracker/tui", path)
  end

  # It has the terminal, what it prints is there, and it can read.
  def expect_terminal_back
    terminal.wait_for { !terminal.alternate? }
    expect(closing.problems).to eq("")
    expect(closing.seconds_to_end).to be < 2.5
    expect_end(143)
    expect(count("the first words")).to eq(1), terminal.text
  end

  it "is left by a viewer beside it" do
    start(1023) { |path| beside(path) }
    closing.close
    expect_terminal_back
  end

  it "keeps a viewer beside it that it does not reach" do
    start(255) { |path| beside(path) }
    closing.close
    expect(closing.problems).to eq("")
    expect(terminal.alternate?).to be(true)
    terminal.press("q")
    expect_terminal_back
  end

  it "reads from the terminal again, and prints there, when a viewer beside it has left" do
    start(1023, <<~RUBY) { |path| beside(path) }
      Thread.new do
        sleep 0.02 until File.exist?(#{File.join(terminal.folder, "opened").dump}) && !Memory::Tracker::TUI.running?
        puts "read \#{$stdin.gets.inspect}, \#{$stdin.tty?}, \#{$stdout.tty?}"
      end
    RUBY
    closing.close
    terminal.wait_for { !terminal.alternate? }
    terminal.enter("words")
    terminal.wait_for(/^read "words\\n", true, true$/)
    expect_terminal_back
  end

  it "keeps the standard streams that it has opened elsewhere" do
    log = File.join(terminal.folder, "log")
    start_program(<<~RUBY) { |path| beside(path) }
      $stdin.reopen(File::NULL)
      $stdout.reopen(#{log.dump}).sync = true
      puts "before"
      sleep 0.02 while Memory::Tracker::TUI.running?
      puts "after \#{$stdin.read.inspect}"
      warn "on the terminal"
    RUBY
    terminal.press("q")
    expect_end(0)
    expect(File.read(log)).to eq("before\nafter \"\"\n")
    expect(count("on the terminal")).to eq(1)
  end

  it "is left by a viewer in front of it" do
    start(1023, "Thread.new { Memory::Tracker.top }") { |path| Terminal.ruby("-r", "memory/tracker", path) }
    closing.close
    expect_terminal_back
  end

  it "runs on under memory-tracker-top" do
    start(1023) { |path| Terminal.top("--interval", "0.2", RbConfig.ruby, path) }
    closing.close
    expect(closing.problems).to eq("")
    expect(closing.seconds_to_end).to be < 2.5
    terminal.wait_for(/ended/)
    terminal.press("q")
    expect_end(143)
  end
end
