# frozen_string_literal: true

require "pty"
require "tmpdir"

require "memory/tracker/cli"

require_relative "run_top"

RSpec.describe Memory::Tracker::CLI::Signals, :top do
  let(:ruby) { RunTop::RUBY }
  let(:program) { File.join(RunTop::PROGRAMS, "signals.rb") }

  # Reads until there is what matches the pattern, and gives back all that was read.
  def read_until(stream, pattern)
    read = +""
    eventually(pattern.inspect) do
      read << stream.read_nonblock(1_000) if stream.wait_readable(0.1)
      read.match?(pattern) && read
    end
  end

  it "passes on what was sent to the launcher alone" do
    start_top(ruby, program) do |pid, output|
      expect(line_of(output)).to start_with("ready")
      %w[HUP INT USR1 USR2 TERM].each do |name|
        Process.kill(name, pid)
        expect(line_of(output)).to eq("#{name} 1\n")
      end
      Process.kill("QUIT", pid)
      expect(output.read).to eq("QUIT 1\n")
      expect(status_of(pid).exitstatus).to eq(7)
    end
  end

  it "does not double what was sent to the whole group" do
    start_top(ruby, program) do |pid, output|
      line_of(output)
      1.upto(3) do |round|
        %w[HUP INT USR1 USR2 TERM].each do |name|
          Process.kill(name, -pid)
          expect(line_of(output)).to eq("#{name} #{round}\n")
        end
      end
      # What was sent twice would have come before this, which has to pass through the launcher.
      Process.kill("QUIT", pid)
      expect(output.read).to eq("QUIT 1\n")
      status_of(pid)
    end
  end

  it "does not double what reaches the launcher later than the witness" do
    received = nil
    answers = [%w[USR1]]
    late = []
    witness = instance_double(Memory::Tracker::CLI::Witness, close: nil)
    allow(Memory::Tracker::CLI::Witness).to receive(:new) { |queue| received = queue and witness }
    # It has seen two, of which one comes here with the first answer on its way.
    allow(witness).to receive(:seen) { answers.shift&.each { |name| late << name } || [] }
    signals = described_class.new
    allow(signals).to receive(:sleep) { received.push(late.shift) if late.any? }
    passed_on = Thread::Queue.new
    allow(Process).to receive(:kill) { |name, _pid| passed_on.push(name) }
    signals.start
    signals.target = 1
    received.push("USR1")
    eventually("an answer") { answers.empty? }
    %w[USR2 TERM].each do |name|
      received.push(name)
      expect(passed_on.pop).to eq(name)
    end
  ensure
    signals.stop
  end

  it "keeps one that comes before there is a program" do
    Dir.mktmpdir do |directory|
      env = clean_environment.merge("TMPDIR" => directory, "XDG_RUNTIME_DIR" => nil)
      pid = Process.spawn(env, ruby, "-I", "#{SpecSupport::ROOT}/lib", "-e",
                          <<~RUBY, "sleep", "60", err: File::NULL, pgroup: true)
                            require "memory/tracker/cli"
                            Memory::Tracker::CLI::Launcher.prepend(Module.new do
                              def run_in(...)
                                Process.kill(:TERM, Process.pid)
                                super
                              end
                            end)
                            exit Memory::Tracker::CLI.run(ARGV)
                          RUBY
      expect(status_of(pid).exitstatus).to eq(143)
      expect(Dir.glob("**/*", base: directory)).to eq(["memory-tracker-#{Process.euid}"])
    ensure
      end_group(pid)
    end
  end

  it "prints the last table of a program that a signal ends" do
    start_top("--batch", ruby, "-e", "$stdout.syswrite(%(ready\n)); sleep") do |pid, output|
      read_until(output, /ready/)
      Process.kill("TERM", pid)
      expect(output.read).to include("ended")
      expect(status_of(pid).exitstatus).to eq(143)
    end
  end

  it "leaves ignored what is ignored, as nohup wants it" do
    start_top("sh", "-c", "kill -HUP $$; kill -HUP $PPID; echo alive", errors: File::NULL) do |pid, output|
      expect(output.read).to eq("")
      expect(status_of(pid).exitstatus).to eq(129)
    end
    command = [RunTop::RUBY, RunTop::EXECUTABLE, "sh", "-c", "kill -HUP $$; kill -HUP $PPID; echo alive"]
    expect(IO.popen([clean_environment, "sh", "-c", 'trap "" HUP; exec "$@"', "sh", *command, { err: File::NULL }],
                    &:read)).to eq("alive\n")
  end

  it "lets a terminal's Ctrl-C reach the program once" do
    PTY.spawn(clean_environment, ruby, RunTop::EXECUTABLE, "--batch", ruby, program) do |terminal, keys, pid|
      read_until(terminal, /ready/)
      1.upto(3) do |round|
        keys.write("\x03")
        read_until(terminal, /INT #{round}/)
      end
      Process.kill("QUIT", pid)
      expect(read_until(terminal, /QUIT 1/)).not_to include("INT")
      expect(status_of(pid).exitstatus).to eq(7)
    end
  end

  it "stops and goes on with the program, as a shell's job" do
    shell = <<~SH
      set -m
      "$@"
      echo "stopped with $?"
      fg
      echo "ended with $?"
    SH
    command = [ruby, RunTop::EXECUTABLE, "--batch", ruby, program]
    PTY.spawn(clean_environment, "bash", "-c", shell, "bash", *command) do |terminal, keys, pid|
      program_pid = read_until(terminal, /ready \d+\s/)[/ready (\d+)/, 1].to_i
      keys.write("\x1a")
      read_until(terminal, /stopped with 148/)
      Process.kill("USR1", program_pid)
      read_until(terminal, /USR1 1/)
      keys.write("\x1c")
      read_until(terminal, /ended with 7/)
      status_of(pid)
    end
  end
end
