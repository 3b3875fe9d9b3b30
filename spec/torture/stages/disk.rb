# frozen_string_literal: true

module Torture
  # Output that nobody takes: a disk that is full, a pipe that is closed, one that is never read, a descriptor that is
  # not open. The program's own end is what counts.
  module Disk
    PROGRAM = "kept = Array.new(50) { |n| sleep 0.01; Array.new(2000) { n.to_s } }; warn :done; exit 6"

    module_function

    def run(_seconds)
      full("/dev/full") if File.exist?("/dev/full")
      closed_pipe
      unread_pipe
    end

    def command
      [Processes.clean, RbConfig.ruby, TOP, "--batch", "--interval", "0.1", RbConfig.ruby, "-e", PROGRAM]
    end

    def full(device)
      errors, status = capture(device)
      expect_end("a full disk", errors, status)
      Torture.check(errors.include?("no more tables: No space left"), "a full disk was not told of", errors)
    end

    def capture(device)
      reader, writer = IO.pipe
      pid = Process.spawn(*command, in: File::NULL, out: [device, "w"], err: writer)
      writer.close
      [reader.read, Process.wait2(pid).last]
    end

    def closed_pipe
      errors, writer = IO.pipe
      output, theirs = IO.pipe
      pid = Process.spawn(*command, in: File::NULL, out: theirs, err: writer)
      [writer, theirs].each(&:close)
      output.readpartial(100)
      output.close
      expect_end("a closed pipe", errors.read, Process.wait2(pid).last)
    end

    # The tables fill the pipe; the program ends all the same once somebody reads.
    def unread_pipe
      errors, writer = IO.pipe
      output, theirs = IO.pipe
      pid = Process.spawn(*command, in: File::NULL, out: theirs, err: writer)
      [writer, theirs].each(&:close)
      text = errors.gets
      drain = Thread.new { output.read }
      expect_end("a pipe that nobody read for a while", text.to_s + errors.read, Process.wait2(pid).last)
      Torture.check(drain.value.include?("RETAINED"), "no table came through the pipe")
    end

    def expect_end(what, errors, status)
      Torture.check(status.exitstatus == 6 && errors.include?("done"), "with #{what} it ended with #{status}", errors)
      Torture.check(errors.lines.size < 4, "with #{what} it said too much", errors)
      Torture.say("#{what}: #{errors.lines.map(&:chomp).inspect}, exit status #{status.exitstatus}")
    end
  end

  stage "disk", Disk, weight: 1
end
