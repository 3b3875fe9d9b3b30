# frozen_string_literal: true

# Runs the same work with and without one tool, in turn, in a process of its own: tools that hook allocations would
# otherwise pay for each other. Prints a row of ratios of CPU time, for all tools without an argument.
#
#   ruby -Ilib benchmark/peer.rb memory_profiler

require_relative "median"
require_relative "micro"

# A tool that records allocations: how to switch it on and off. What it does when it is switched off belongs to it, and
# is measured too.
class Peer
  ROUNDS = Integer(ENV.fetch("ROUNDS", "7"))

  attr_reader :note

  # @param library [String] what to require
  # @param note [String] what it records
  # @param known [Proc] whether this is the library that is meant, in a version that can do it
  def initialize(library, note, start:, stop:, known: -> { true })
    @library = library
    @note = note
    @known = known
    @start = start
    @stop = stop
  end

  # @return [String, nil] of the gem that has the library, or nil when it belongs to Ruby
  def version
    gem = @library.tr("/", "-")
    Gem.loaded_specs[gem]&.version&.to_s
  end

  # @return [String, nil] why it cannot be measured
  def missing
    require @library
    "is installed, but in a version that cannot do this" unless @known.call
  rescue LoadError => e
    "is not installed (#{e.message.lines.first.chomp})"
  end

  # @return [Float] the median over the rounds of tracked / untracked
  def ratio(work)
    work.call
    ratios = Array.new(ROUNDS) do |round|
      parts = [-> { [:plain, seconds(&work)] }, -> { [:tracked, seconds { track(work) }] }]
      times = parts.rotate(round).to_h(&:call)
      times[:tracked] / times[:plain]
    end
    Median.of(ratios).value
  end

  private

  def track(work)
    @start.call
    work.call
  ensure
    @stop.call
  end

  def seconds
    GC.start
    before = Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID)
    yield
    Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID) - before
  end
end

capture = nil
profile = nil
PEERS = {
  "memory-tracker" => Peer.new(
    "memory/tracker", "counts and call paths of all objects, 10 frames",
    start: -> { (capture ||= Memory::Tracker::Capture.new(depth: 10)).start }, stop: -> { capture.stop }
  ),
  "objspace" => Peer.new(
    "objspace", "one line for each object",
    start: -> { ObjectSpace.trace_object_allocations_start },
    stop: lambda {
      ObjectSpace.trace_object_allocations_stop
      ObjectSpace.trace_object_allocations_clear
    }
  ),
  "memory-profiler" => Peer.new(
    "memory/profiler", "counts of four classes: Object, Hash, Array and String",
    start: lambda {
      profile = Memory::Profiler::Capture.new
      [Object, Hash, Array, String].each { |klass| profile.track(klass) }
      profile.start
    },
    stop: -> { profile.stop }
  ),
  "memory_profiler" => Peer.new(
    "memory_profiler", "one line for each object, GC off; with its report",
    start: -> { MemoryProfiler.start }, stop: -> { MemoryProfiler.stop }
  ),
  "stackprof" => Peer.new(
    "stackprof", "the whole stack of every object, summed by frame",
    start: -> { StackProf.start(mode: :object, interval: 1) },
    stop: lambda {
      StackProf.stop
      StackProf.results
    }
  ),
  # The versions for Rubies before 3.2.1 are of another kind.
  "vernier" => Peer.new(
    "vernier", "the whole stack of every object, of those that are still there at the end",
    known: -> { Vernier.respond_to?(:start_profile) },
    start: -> { Vernier.start_profile(mode: :retained) }, stop: -> { Vernier.stop_profile }
  ),
  "allocation_tracer" => Peer.new(
    "allocation_tracer", "counts and ages of objects, summed by line",
    start: -> { ObjectSpace::AllocationTracer.start }, stop: -> { ObjectSpace::AllocationTracer.stop }
  )
}.freeze

def real_libraries
  require_relative "libraries"
  Libraries::WORK.slice("liquid", "kramdown")
rescue LoadError
  {}
end

if ARGV.empty?
  PEERS.each_key do |name|
    measured = system(RbConfig.ruby, "-W0", "-Ilib", __FILE__, name, err: File::NULL)
    puts "#{name.ljust(18)} has failed" unless measured
  end
  exit
end

name = ARGV.first
peer = PEERS.fetch(name) { abort "There is no #{name}; there are #{PEERS.keys.join(", ")}." }
if (missing = peer.missing)
  puts "#{name.ljust(18)} #{missing}"
  exit
end
works = Micro::WORK.slice("Object.new", "{a: 1}").merge(real_libraries)
ratios = works.map { |title, work| format("%<title>s %<ratio>.2f", title: title, ratio: peer.ratio(work)).ljust(18) }
puts "#{name.ljust(18)} #{ratios.join(" ")} #{[peer.version, peer.note].compact.join(": ")}"
