# frozen_string_literal: true

require "fileutils"

# A program that closes what it finds, and says whether what it opens then is its own:
# spec/fixtures/programs/closes_descriptors.rb, which was started by somebody.
class ClosingProgram
  PATH = File.join(SpecSupport::ROOT, "spec/fixtures/programs/closes_descriptors.rb")

  # What `ulimit -n` has to be for it.
  LIMIT = 1024

  # @param folder [String] of its own
  # @param last [Integer] the last descriptor to be closed
  # @param words [Array<String>] "forks", for a child to do it
  # @return [String] Ruby code that is the program
  def self.source(folder, last, *words)
    "ARGV.replace(#{[folder, last.to_s, *words]})\nload(#{PATH.dump})\n"
  end

  # @param folder [String]
  def initialize(folder)
    @folder = folder
  end

  # @return [Integer] its process
  def pid
    @pid ||= wait_for("pid").to_i
  end

  # Has it close all, and waits until it has opened its own.
  def close
    pid
    touch("close")
    wait_for("opened")
  end

  # @return [String] what has become of what it has opened; empty when that is as it should be
  def problems
    touch("check")
    wait_for("result")
  end

  # Sends it SIGTERM.
  # @return [Float] how long it took to end
  def seconds_to_end
    start = SpecSupport.now
    Process.kill(:TERM, pid)
    SpecSupport.eventually("the end of process #{pid}") { ended? }
    SpecSupport.now - start
  ensure
    Process.kill(:KILL, pid) unless ended?
  end

  private

  def touch(name)
    FileUtils.touch(File.join(@folder, name))
  end

  def wait_for(name)
    path = File.join(@folder, name)
    SpecSupport.eventually("the file #{name}") { File.exist?(path) }
    File.read(path)
  end

  # Whether or not its parent has taken notice.
  def ended?
    File.read("/proc/#{pid}/stat")[/\) (\w)/, 1] == "Z"
  rescue Errno::ENOENT, Errno::ESRCH
    true
  end
end
