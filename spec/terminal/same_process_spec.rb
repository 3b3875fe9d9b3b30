# frozen_string_literal: true

require "spec_helper"
require "support/terminal"

RSpec.describe "memory-tracker-top --same-process" do
  around { |example| Terminal.open { |terminal| example.metadata[:terminal] = terminal and example.run } }

  let(:terminal) { RSpec.current_example.metadata[:terminal] }

  def start(source)
    path = terminal.write("program.rb", source)
    @before = terminal.state
    terminal.start(Terminal.top("--same-process", "--interval", "0.2", RbConfig.ruby, path))
    terminal.wait_for_viewer
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
      expect([*status]).to include(terminal.status)
      expect(terminal.state).to eq(@before)
      expect(terminal.text.scan(/^the first words$/).size).to eq(1)
    end
  end

  it "is stopped by Ctrl-Z as a whole, and comes back with fg" do
    start("loop { Object.new; sleep 0.02 }")
    2.times do
      terminal.press("C-z")
      terminal.wait_for(/Stopped.*\n\$\s*\z/m)
      expect(terminal.state).to eq(@before)
      terminal.start("fg")
      terminal.wait_for_viewer
    end
    terminal.press("Q")
    expect(terminal.status).to eq(130)
  end
end
