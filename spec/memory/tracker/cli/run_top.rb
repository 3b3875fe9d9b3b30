# frozen_string_literal: true

require "io/wait"
require "open3"
require "rbconfig"

# Runs `memory-tracker-top` as a person does, with a deadline.
module RunTop
  EXECUTABLE = File.join(SpecSupport::ROOT, "exe/memory-tracker-top")
  PROGRAMS = File.join(SpecSupport::ROOT, "spec/fixtures/programs")
  RUBY = RbConfig.ruby

  # The top needs no gems. What is started in a terminal, or installed, is started as by a user: with RubyGems, which
  # takes five times as long.
  TOP = [RUBY, "--disable-gems", EXECUTABLE].freeze

  Result = Struct.new(:output, :errors, :status, keyword_init: true) do
    def code
      status.exitstatus
    end

    # The rows of the last table: class name => its line.
    def rows(text = output)
      table = text.lines(chomp: true).slice_before(/\ARETAINED|\A\s+RETAINED\s/).to_a.last
      table.drop(1).take_while { |line| !line.empty? }.to_h { |line| [line.split(nil, 5).last, line] }
    end

    # How many tables there are.
    def tables(text = output)
      text.lines.grep(/^\s*RETAINED\s/).size
    end
  end

  # Reads all that a program prints, while it runs, so that it never waits for a reader.
  class Transcript
    # @param stream [IO]
    def initialize(stream)
      @text = +""
      @thread = Thread.new { read(stream) }
    end

    # @return [String] what there is by now
    def text
      since(0)
    end

    # @return [String] all there is, when nothing comes any more
    def finished
      @thread.join
      text
    end

    # @return [Integer] bytes there are by now
    def size
      @text.bytesize
    end

    # @return [String] what came after the first `bytes`
    def since(bytes)
      @text.byteslice(bytes..).force_encoding(Encoding::UTF_8)
    end

    private

    def read(stream)
      loop { @text << stream.readpartial(65_536) }
    rescue IOError
      # The end, or nobody wants more.
      nil
    end
  end

  module_function

  # Nothing of the Bundler or the tracker that runs the specs may be what makes a program work.
  def clean_environment
    ENV.keys.grep(/\A(BUNDLE_|BUNDLER_|RUBYOPT|RUBYLIB|MEMORY_TRACKER_)/).to_h { |name| [name, nil] }
  end

  # Runs it to its end.
  # @return [Result]
  def top(*arguments, env: {}, input: "", seconds: 60, **options)
    command = [clean_environment.merge(env), *TOP, *arguments]
    Open3.popen3(*command, pgroup: true, **options) do |stdin, stdout, stderr, thread|
      streams = [stdout, stderr].map { |stream| Thread.new { stream.binmode.read } }
      stdin.write(input)
      stdin.close
      finish(thread, streams, seconds, arguments)
    end
  end

  def finish(thread, streams, seconds, arguments)
    unless thread.join(seconds)
      Process.kill(:KILL, -thread.pid)
      raise "not ended after #{seconds} s: #{arguments.inspect}"
    end
    output, errors = streams.map { |stream| stream.value.force_encoding(Encoding::UTF_8) }
    Result.new(output: output, errors: errors, status: thread.value)
  end

  # Starts it in a process group of its own, gives the block its process id and its output, and ends it in any case.
  def start_top(*arguments, env: {}, errors: File::NULL, **options)
    output, theirs = IO.pipe
    pid = Process.spawn(clean_environment.merge(env), *TOP, *arguments,
                        in: File::NULL, out: theirs, err: errors, pgroup: true, **options)
    theirs.close
    yield pid, output
  ensure
    end_group(pid) if pid
    output&.close
  end

  def end_group(pid)
    Process.kill(:KILL, -pid)
    Process.wait(pid)
  rescue Errno::ESRCH, Errno::ECHILD
    # It has ended, and the example has waited for it.
    nil
  end

  # The next line, within a deadline.
  def line_of(stream, seconds: 30)
    raise "no line within #{seconds} s" unless stream.wait_readable(seconds)

    stream.gets
  end

  # Waits for the end of what was started.
  # @return [Process::Status]
  def status_of(pid, seconds: 30)
    thread = Process.detach(pid)
    thread.join(seconds) or raise "not ended after #{seconds} s"
    thread.value
  end
end

RSpec.configure { |config| config.include(RunTop, :top) }
