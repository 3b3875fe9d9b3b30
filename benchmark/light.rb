# frozen_string_literal: true

require "memory/tracker"
require_relative "libraries"

# What a light capture costs a program that somebody watches, with a table a second: the same work for some seconds,
# with and without it, in turn and in one process.
class LightBenchmark
  ROUNDS = Integer(ENV.fetch("ROUNDS", "9"))

  # Of CPU time, each time.
  SECONDS = Float(ENV.fetch("SECONDS", "3"))

  # Objects that are live besides, because walks over the heap meet them.
  HEAPS = [0, 1_000_000].freeze

  def run
    puts RUBY_DESCRIPTION, "A light capture of depth 10 with one table a second. Goal: less than 1.02.",
         "ratios of CPU time to an untracked run: median (minimum to maximum) over #{ROUNDS} rounds"
    HEAPS.each do |size|
      kept = Array.new(size) { +"" }
      puts "", "#{kept.size} objects live besides"
      Libraries::WORK.each { |name, work| puts format("%-14s %s", name, compare(work)) }
    end
  end

  private

  def compare(work)
    times = times_of(work)
    ratios = Array.new(ROUNDS) do |round|
      modes = %i[untracked light].rotate(round)
      seconds = modes.to_h { |mode| [mode, send(mode) { measure(times, work) }] }
      seconds[:light] / seconds[:untracked]
    end.sort
    format("%.3f (%.3f to %.3f)", ratios[ROUNDS / 2], ratios.first, ratios.last)
  end

  # How often the work has to be done.
  def times_of(work)
    work.call
    (SECONDS / measure(3, work) * 3).ceil
  end

  def measure(times, work)
    GC.start
    before = cpu
    times.times { work.call }
    cpu - before
  end

  def cpu
    Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID)
  end

  def untracked
    yield
  end

  def light
    File.open(File::NULL, "w") do |output|
      capture = Memory::Tracker::Capture.new(mode: :light, depth: 10)
      capture.start
      reporter = Memory::Tracker::Reporter.new(capture, output.fileno, { interval: 1 })
      reporter.start
      yield
    ensure
      reporter&.finish
      capture&.stop
    end
  end
end

LightBenchmark.new.run
