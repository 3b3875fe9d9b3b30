# frozen_string_literal: true

require "spec_helper"
require "support/raw_terminal"
require "support/terminal"

RSpec.describe "the viewer on a slow terminal" do
  around { |example| Dir.mktmpdir("slow-") { |folder| example.metadata[:folder] = folder and example.run } }

  let(:folder) { RSpec.current_example.metadata[:folder] }

  # Prints a numbered line, and notes when, and how often there was a major GC.
  program = <<~RUBY
    $stdout.sync = true
    log = File.open("ticks", "a").tap { |file| file.sync = true }
    1.step do |n|
      puts "line \#{n} \#{"." * 60}"
      log.puts("\#{n} \#{GC.stat(:major_gc_count)} \#{Process.clock_gettime(Process::CLOCK_MONOTONIC)}")
      sleep 0.02
    end
  RUBY

  def run(source, &block)
    File.write(File.join(folder, "program.rb"), source)
    command = Terminal.top("--interval", "0.1", RbConfig.ruby, "program.rb")
    RawTerminal.run("sh -c 'cd #{folder}; exec #{command}'", &block)
  end

  def ticks
    File.readlines(File.join(folder, "ticks")).map { |line| line.split.map(&:to_f) }
  end

  # The numbers of the lines that came to the terminal after the viewer had left it.
  def printed(terminal)
    terminal.bytes.split("\e[?1049l").last.scan(/line (\d+) \.{60}/).flatten.map(&:to_i)
  end

  # Lets the program go on without anybody reading its terminal, until its ticks satisfy the block.
  def without_reading(what)
    eventually(what) { yield ticks }
  end

  it "answers keys and lets the program run while nobody reads what it writes" do
    run(program) do |terminal|
      terminal.read_until(/RETAINED.*CLASS/m)
      terminal.press("l")
      terminal.read_until(/line \d+ \./)
      count = ticks.size
      # More screens than the terminal's own buffer has room for.
      without_reading("the program to go on") { |now| now.size > count + 200 }
      majors = ticks.last[1]
      terminal.press("g")
      without_reading("the GC that was asked for") { |now| now.last[1] > majors }
      expect(ticks.map(&:last).each_cons(2).map { |a, b| b - a }.max).to be < 1

      # What is read then is the terminal's buffer, and soon the latest screen, not all that there were meanwhile.
      before = terminal.bytes.size
      terminal.press("?\f")
      terminal.read_until(/Keys.*select the line/m, behind: before)
      expect(terminal.bytes.size - before).to be < 150_000

      terminal.press("Qy")
      terminal.read_to_end
      lines = printed(terminal)
      expect(lines).to eq([*1..lines.size])
      # The program may have been ended between printing its last line and noting it.
      expect(lines.size - ticks.size).to be_between(0, 1)
    end
  end

  it "keeps up with a terminal that takes little at a time" do
    run(program) do |terminal|
      terminal.read_until(/RETAINED.*CLASS/m)
      terminal.press("l")
      started = now
      # 20 kB a second, less than ten screens take.
      eventually("some time") do
        terminal.read(400)
        now - started > 4
      end
      before = terminal.bytes.size
      terminal.press("q")
      terminal.read_until(/\e\[\?1049l/, behind: before)
      count = ticks.size
      terminal.read_until(/line #{count} /, behind: before)
      # From here on the terminal may throw away what it has not shown.
      terminal.press("\x03")
      terminal.read_to_end
      expect(printed(terminal).first(count)).to eq([*1..count])
    end
  end

  it "survives a storm of sizes, and is as large as the last one" do
    run(program) do |terminal|
      terminal.read_until(/RETAINED.*CLASS/m)
      # The viewer is there before the program's first line.
      eventually("the program") { File.exist?(File.join(folder, "ticks")) && ticks.any? }
      400.times do |n|
        terminal.resize(1 + (n * 37 % 250), 1 + (n * 23 % 80))
        terminal.press(["j", "l", "\e[B", "?"][n % 4]) if (n % 5).zero?
        terminal.read
      end
      terminal.resize(90, 20)
      before = terminal.bytes.size
      terminal.read_until(/\e\[20;\d+H|\e\[20d/, behind: before)
      terminal.press("Qy")
      terminal.read_to_end
      expect(terminal.status.exitstatus).to eq(130)
    end
  end
end
