# frozen_string_literal: true

require "io/wait"
require "pty"
require "spec_helper"
require "support/in_terminal"

RSpec.describe "the standard descriptors of a program under the viewer" do
  include InTerminal

  # Tells which of its descriptors are terminals, on each of them.
  telling = <<~'RUBY'
    trap(:INT) { exit! 9 }
    told = [$stdin, $stdout, $stderr].map(&:tty?).inspect
    $stdout.puts "output #{told}"
    $stderr.puts "errors #{told}"
    [$stdout, $stderr].each(&:flush)
    File.write("pid", $$)
    sleep
  RUBY

  reading = 'File.write("read", $stdin.gets.to_s)'

  def top(source, *options)
    Terminal.top("--interval", "0.2", *options, RbConfig.ruby, terminal.write("program.rb", source))
  end

  def content(name)
    File.read(File.join(terminal.folder, name))
  end

  # Waits until the program has told all, and leaves.
  def leave
    read_when_there("pid")
    terminal.press("Q", "y")
    expect_end(9)
  end

  it "are the terminal where they were" do
    start_command(top(telling))
    leave
    expect([count("output [true, true, true]"), count("errors [true, true, true]")]).to eq([1, 1])
  end

  it "lead to a file behind 2>" do
    start_command("#{top(telling)} 2>errors")
    leave
    expect(content("errors")).to eq("errors [true, true, false]\n")
    expect([count("output [true, true, false]"), count(/^errors /)]).to eq([1, 0])
  end

  it "lead to a file behind >, and the viewer is shown all the same" do
    start_command("#{top(telling)} >output")
    terminal.press("l")
    terminal.wait_for(/errors \[true, false, true\]/)
    leave
    expect(content("output")).to eq("output [true, false, true]\n")
    expect([count("errors [true, false, true]"), count(/^output /)]).to eq([1, 0])
  end

  it "come from a file behind <, and keys from the terminal" do
    terminal.write("input", "given\n")
    start_command("#{top("#{reading}\n#{telling}")} <input")
    leave
    expect(content("read")).to eq("given\n")
  end

  it "come from a pipe, and Ctrl-C from the terminal" do
    start_command("echo piped | #{top("#{reading}\n#{telling}")}")
    terminal.press("q")
    eventually("the console") { terminal.raw? }
    expect(read_when_there("read")).to eq("piped\n")
    read_when_there("pid")
    terminal.press("C-c")
    eventually("the end") { !terminal.raw? }
    expect_end_behind_prompt(9)
  end

  it "lead to another terminal, which is not this one" do
    PTY.open do |other, slave|
      start_command("#{top(telling)} 2>#{slave.path}")
      leave
      expect(other.wait_readable(10)).to be(other)
      expect(other.gets).to eq("errors [true, true, true]\r\n")
      expect(count(/^errors /)).to eq(0)
    end
  end

  it "lead to a file behind 2> when the viewer is in the same process" do
    start_command("#{top(telling, "--same-process")} 2>errors")
    leave
    expect(content("errors")).to eq("errors [false, false, false]\n")
    expect(count("output [false, false, false]")).to eq(1)
  end

  it "lead to a pipe, whose reader has the terminal: tables, and nothing is lost" do
    output = terminal.run("#{top("puts 'words'; warn 'others'; sleep 0.1")} | sed 's/^/piped /'")
    expect(output.delete("\n")).to include("tables on stderr instead of the viewer, because standard output is a pipe")
    expect(output).to match(/^piped words$/).and match(/^others$/).and match(/RETAINED.*CLASS/)
    output = terminal.run("#{top("puts 'words'; warn 'others'; sleep 0.1")} 2>&1 >/dev/tty | sed 's/^/piped /'")
    expect(output.delete("\n")).to include("because standard error is a pipe")
    expect(output).to match(/^words$/).and match(/^piped others$/).and match(/^piped .*RETAINED.*CLASS/)
  end

  it "lead to a file both, where tables go, too" do
    terminal.run("#{top("puts 'words'; warn 'others'; sleep 0.1")} >all 2>&1")
    expect(content("all")).to match(/because neither standard output nor standard error is a terminal$/)
      .and match(/^words$/).and match(/^others$/).and match(/RETAINED.*CLASS/)
  end
end
