# frozen_string_literal: true

require "io/console"
require "io/wait"
require "pty"
require "tmpdir"

# The bytes of a terminal, for specs that want to read them slowly, or not at all.
class RawTerminal
  # Runs a command line on a terminal, and ends it afterwards.
  def self.run(command, columns: 120, lines: 40)
    terminal = new(command, columns, lines)
    yield terminal
  ensure
    terminal&.close
  end

  # @return [String] all that was read
  attr_reader :bytes

  # @return [Process::Status, nil] how the command ended, when {#read_to_end} has seen it
  attr_reader :status

  def initialize(command, columns, lines)
    environment = { "TERM" => "xterm-256color", "LC_ALL" => "C.UTF-8", "NO_COLOR" => nil }
    @bytes = +"".b
    # The command begins when the terminal has its size.
    @reader, @writer, @pid = PTY.spawn(environment, "read go; exec #{command}")
    @reader.winsize = [lines, columns]
    @writer.write("\n")
  end

  def close
    Process.kill(:KILL, @pid) && Process.wait(@pid) unless @status
  rescue Errno::ESRCH, Errno::ECHILD
    nil
  ensure
    [@reader, @writer].each(&:close)
  end

  def press(keys)
    @writer.write(keys)
  end

  def resize(columns, lines)
    @reader.winsize = [lines, columns]
  end

  # Reads what is there, at most so much.
  # @return [Integer] how much that was
  def read(most = 65_536)
    piece = @reader.read_nonblock(most, exception: false)
    return 0 if piece == :wait_readable || piece.nil?

    @bytes << piece
    piece.size
  rescue Errno::EIO
    # Nobody has the terminal any more.
    0
  end

  # Reads until the bytes that came behind a place match.
  def read_until(pattern, behind: 0, seconds: 30)
    SpecSupport.eventually("#{pattern.inspect} on a terminal", seconds: seconds) do
      @reader.wait_readable(0.05)
      read
      pattern.match?(@bytes.byteslice(behind..))
    end
  end

  # Reads on until the command has ended.
  def read_to_end(seconds: 60)
    SpecSupport.eventually("the end of the command", seconds: seconds) do
      read
      _, @status = Process.wait2(@pid, Process::WNOHANG)
      @status
    end
    nil while read.positive?
  end
end
