# frozen_string_literal: true

require "memory/tracker"
require "objspace"
require "bare_hooks"

# Runs the same work under several modes, in turn and in one process, and compares their CPU time round by round.
#
# Machines are shared and their speed drifts, so a time alone says little. The modes of one round stand close together
# in time: their ratio says what a mode costs, and the median over the rounds is not moved by a disturbed one.
class Comparison
  # What a mode does around the work.
  Mode = Struct.new(:name, :start, :stop)

  def self.capture(name, **options)
    capture = Memory::Tracker::Capture.new(**options)
    Mode.new(name, -> { capture.start }, -> { capture.stop })
  end

  def self.forget_stdlib
    ObjectSpace.trace_object_allocations_stop
    ObjectSpace.trace_object_allocations_clear
  end

  MODES = {
    untracked: Mode.new(:untracked, -> {}, -> {}),
    empty: Mode.new(:empty, -> { BareHooks.start_empty }, -> { BareHooks.stop }),
    frames: Mode.new(:frames, -> { BareHooks.start_frames }, -> { BareHooks.stop }),
    counts: capture(:counts),
    paths: capture(:paths, depth: 10),
    stdlib: Mode.new(:stdlib, -> { ObjectSpace.trace_object_allocations_start }, -> { forget_stdlib })
  }.freeze

  # @param modes [Array<Symbol>] the keys of MODES to run
  # @param rounds [Integer]
  def initialize(modes, rounds: 15)
    @modes = MODES.values_at(*modes)
    @rounds = rounds
  end

  # @return [Array<Hash{Symbol => Float}>] for each round the CPU seconds of each mode
  def run(&work)
    Array.new(@rounds) do |round|
      @modes.rotate(round).to_h { |mode| [mode.name, measure(mode, work)] }
    end
  end

  # @return [Hash{Symbol => Float}] minimum, median and maximum of `mode` / `limit` over the rounds
  def self.ratio(rounds, mode, limit)
    ratios = rounds.map { |round| round[mode] / round[limit] }.sort
    { min: ratios.first, median: ratios[ratios.size / 2], max: ratios.last }
  end

  private

  def measure(mode, work)
    mode.start.call
    # What is met for the first time costs once; a tool that stays on is judged by what comes after.
    work.call
    GC.start
    before = Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID)
    work.call
    Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID) - before
  ensure
    mode.stop.call
  end
end
