# frozen_string_literal: true

require_relative "terminal"

# Examples that have a terminal each, in which the viewer is started, and which has to be as before in the end.
module InTerminal
  def self.included(group)
    group.around do |example|
      Terminal.open(**terminal_options) do |terminal|
        @terminal = terminal
        example.run
      end
    end
  end

  # @return [Terminal]
  attr_reader :terminal

  # @return [Hash{Symbol => Object}] what the terminal is opened with
  def terminal_options
    {}
  end

  # Starts a command line, and waits until the viewer shows its numbers.
  def start_command(command, viewer: true)
    @before = terminal.state
    terminal.start(command)
    terminal.wait_for_viewer if viewer
  end

  # Starts a Ruby program by a command line, to which its path is added.
  # @param source [String]
  def start_program(source, viewer: true)
    start_command(yield(terminal.write("program.rb", source)), viewer: viewer)
  end

  # Stops what has the terminal by Ctrl-Z, twice, and brings it back.
  def stop_and_bring_back
    2.times do
      terminal.press("C-z")
      terminal.wait_for(/Stopped.*\n\$\s*\z/m)
      expect(terminal.state).to eq(@before)
      terminal.start("fg")
      terminal.wait_for_viewer
    end
  end

  # Waits until what was started has ended with this status, or one of these, and left the terminal as it was.
  # @param status [Integer, Array<Integer>]
  def expect_end(status)
    expect_status(status, terminal.status)
    expect(terminal.state).to eq(@before)
  end

  # The same where the shell may have been faster, and its prompt is behind something, or went with a screen.
  def expect_end_behind_prompt(*statuses)
    terminal.enter("echo sta''tus $?")
    expect_status(statuses, terminal.wait_for(/status (\d+)\n\$\s*\z/)[1].to_i)
    expect(terminal.state).to eq(@before)
  end

  # Shows what was printed last when it is another.
  def expect_status(wanted, status)
    expect([*wanted]).to include(status),
                         -> { "ended with status #{status}, not #{wanted}:\n#{terminal.text.lines.last(100).join}" }
  end

  # How often a line is there, on the screen or scrolled out of it.
  # @param line [String, Regexp]
  def count(line)
    pattern = line.is_a?(Regexp) ? line : /^#{Regexp.escape(line)}$/
    terminal.text.scan(pattern).size
  end

  # Reads a file that a program writes.
  def read_when_there(name)
    path = File.join(terminal.folder, name)
    eventually(name) { File.size?(path) && File.read(path) }
  end

  def parent_of(pid)
    Integer(`ps -o ppid= -p #{pid}`)
  end

  # The monitor is between the program and the launcher.
  def monitor_of(pid)
    parent_of(pid)
  end

  def launcher_of(pid)
    parent_of(monitor_of(pid))
  end

  # The guard is a fork of the launcher, too, and an orphan.
  def guards_of(launcher)
    processes = `ps -ww -eo pid=,ppid=,args=`.lines.map { |line| line.strip.split(/\s+/, 3) }
    _, _, arguments = processes.find { |pid,| pid.to_i == launcher }
    processes.filter_map do |pid, parent, args|
      pid.to_i if args == arguments && ![pid, parent].include?(launcher.to_s)
    end
  end

  def alive?(pid)
    Process.kill(0, pid)
    !`ps -o stat= -p #{pid}`.start_with?("Z")
  rescue Errno::ESRCH
    false
  end
end
