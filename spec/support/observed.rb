# frozen_string_literal: true

require "fileutils"
require "tmpdir"

# Programs that can be looked into, in a place for sockets of their own.
module Observed
  LIB = File.join(SpecSupport::ROOT, "lib")

  # Gives each example a private directory, which is short enough for a socket in it.
  def self.included(group)
    group.around do |example|
      Dir.mktmpdir("mt") do |directory|
        @place = directory
        example.run
      ensure
        (@observed || []).each { |pid, output| end_program(pid, output) }
      end
    end
  end

  # @return [Hash{String => String}] the environment of programs and of those who look for them
  def place
    { "XDG_RUNTIME_DIR" => @place, "TMPDIR" => @place, "MEMORY_TRACKER_DIRECTORY" => nil }
  end

  # @return [Array<String>] the sockets that are there
  def sockets
    Dir.glob("**/*.sock", base: @place)
  end

  # Starts a program that can be looked into, and which has printed a line.
  # @return [Array(Integer, IO, String)] its process, its output, and that line
  def observed(source, *options, env: {}, agent: true, **limits)
    output, theirs = IO.pipe
    loading = agent ? ["-r", "memory/tracker/agent"] : []
    command = [RbConfig.ruby, "--disable-gems", "-I", LIB, *loading, *options, "-e", "$stdout.sync = true\n#{source}"]
    pid = Process.spawn(RunTop.clean_environment.merge(place, env), *command,
                        in: File::NULL, out: theirs, err: theirs, pgroup: true, **limits)
    theirs.close
    (@observed ||= []) << [pid, output]
    [pid, output, RunTop.line_of(output)]
  end

  # @return [Hash{String => String}] the environment of those who look for programs of this place, and no others
  def looking
    { "MEMORY_TRACKER_DIRECTORY" => File.join(@place, "memory-tracker") }
  end

  # Runs the top to its end, in this place.
  # @return [RunTop::Result]
  def top(*arguments, **options)
    RunTop.top(*arguments, env: looking, **options)
  end

  # @return [Process::Status] how a program that was started has ended
  def status_of(pid)
    RunTop.status_of(pid)
  end

  private

  def end_program(pid, output)
    RunTop.end_group(pid)
    output.close
  end
end
