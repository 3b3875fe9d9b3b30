# frozen_string_literal: true

require "spec_helper"
require "support/in_terminal"

RSpec.describe "memory-tracker-top --same-process" do
  include InTerminal

  def start(source)
    start_program(source) { |path| Terminal.top("--same-process", "--interval", "0.2", RbConfig.ruby, path) }
  end

  {
    "exit!" => ["exit!(7)", 7], "KILL" => ["Process.kill(:KILL, $$)", 137],
    "an exception" => ["raise 'oops'", 1, "q"], "TERM" => ["Process.kill(:TERM, $$); sleep", 143],
    "HUP" => ["Process.kill(:HUP, $$); sleep", 129], "INT" => ["Process.kill(:INT, $$); sleep", 130, "q"],
    # Rubies end by one of two signals then.
    "a crash" => ["Process.kill(:SEGV, $$); sleep", [134, 139]],
    "another program by exec" => ["exec('sh', '-c', 'echo second; exit 9')", 9],
    "leaving while it runs on" => ["sleep 0.5; puts 'on the terminal'; exit 4", 4, "q"]
  }.each do |name, (code, status, key)|
    it "leaves the terminal as it was after #{name}" do
      start("puts 'the first words'\nclass Shop; end\nShop.new\nsleep 1\n$stdout.flush\n#{code}")
      if key
        terminal.wait_for(/ended/) unless name.start_with?("leaving")
        terminal.press(key)
      end
      expect_end(status)
      expect(terminal.text.scan(/^the first words$/).size).to eq(1)
    end
  end

  it "is stopped by Ctrl-Z as a whole, and comes back with fg" do
    start("loop { Object.new; sleep 0.02 }")
    stop_and_bring_back
    terminal.press("Q", "y")
    expect(terminal.status).to eq(130)
  end
end
