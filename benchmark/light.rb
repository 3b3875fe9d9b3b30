# frozen_string_literal: true

require "memory/tracker"
require_relative "figures"
require_relative "libraries"
require_relative "micro"
require_relative "../spec/support/observer"

# What a light capture costs a program that somebody watches, with a table a second: the same work for some seconds,
# with and without it, in turn and in one process.
#
#   ROUNDS=9 SECONDS=3 ruby -Ilib benchmark/light.rb liquid 0      # of one library, with no more live objects
class LightBenchmark
  ROUNDS = Integer(ENV.fetch("ROUNDS", "15"))

  # Of CPU time, each time.
  SECONDS = Float(ENV.fetch("SECONDS", "2"))

  WORK = { **Micro::WORK.slice("Object.new"), **Libraries::WORK }.freeze

  # Objects that are live besides, because walks over the heap meet them, and what is measured among them when nothing
  # is said: all of it twice would take too long.
  HEAPS = { 0 => WORK, 1_000_000 => WORK.slice("liquid", "sinatra") }.freeze

  # @param names [Array<String>] of pieces of work; none: those of HEAPS
  # @param sizes [Array<Integer>] how many further objects are live; none: those of HEAPS
  def initialize(names, sizes)
    sizes = HEAPS.keys if sizes.empty?
    @ratios = []
    @heaps = sizes.to_h { |size| [size, names.empty? ? HEAPS.fetch(size, WORK) : WORK.slice(*names)] }
  end

  def run
    $stdout.sync = true
    puts RUBY_DESCRIPTION, "A light capture of depth 10 with one table a second. Goal: less than 1.02.",
         "ratios of CPU time to an untracked run: median (where it lies, with 95 % confidence) over #{ROUNDS} rounds"
    @heaps.each do |size, works|
      kept = Array.new(size) { +"" }
      puts "", "#{kept.size} objects live besides"
      works.each { |name, work| report(name, compare(work), size) }
    end
    report_all
  end

  private

  def compare(work)
    times = times_of(work)
    Array.new(ROUNDS) do |round|
      modes = %i[untracked light].rotate(round)
      seconds = modes.to_h { |mode| [mode, send(mode) { measure(times, work) }] }
      seconds[:light] / seconds[:untracked]
    end
  end

  def report(name, ratios, size)
    puts format("%-14s %s", name, Median.of(ratios))
    return unless Libraries::WORK.key?(name)

    @ratios.concat(ratios)
    Figures.keep("light, real libraries", size.zero? ? name : "#{name}, #{size} objects live", Median.of(ratios))
  end

  # What two runs of some seconds differ by is more than what is measured, and only many of them tell.
  def report_all
    return if @ratios.empty?

    puts "", format("%-14s %s", "all libraries", Median.of(@ratios))
    Figures.keep("light, all real libraries", "all", Median.of(@ratios))
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
      observer = Observer.new(capture, output.fileno, { interval: 1 }).start
      yield
    ensure
      observer&.finish
      capture&.stop
    end
  end
end

heaps, names = ARGV.partition { |argument| argument.match?(/\A\d+\z/) }
LightBenchmark.new(names, heaps.map(&:to_i)).run
