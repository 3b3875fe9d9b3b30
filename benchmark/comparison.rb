# frozen_string_literal: true

require "memory/tracker"
require "objspace"
require "bare_hooks"
require_relative "median"

# Runs the same work under several modes, in turn and in one process, and compares their CPU time round by round.
#
# Machines are shared and their speed drifts, so a time alone says little. The modes of one round stand close together
# in time: their ratio says what a mode costs, and the median over the rounds is not moved by a disturbed one.
class Comparison
  ROUNDS = Integer(ENV.fetch("ROUNDS", "5"))

  # What a mode does around the work.
  Mode = Struct.new(:name, :start, :stop)

  def self.capture(name, **options)
    capture = Memory::Tracker::Capture.new(**options)
    Mode.new(name, -> { capture.start }, -> { capture.stop })
  end

  def self.frames(name, depth)
    Mode.new(name, -> { BareHooks.start_frames(depth) }, -> { BareHooks.stop })
  end

  def self.forget_stdlib
    ObjectSpace.trace_object_allocations_stop
    ObjectSpace.trace_object_allocations_clear
  end

  # Of the modes whose names end in one.
  DEPTHS = [1, 10, 32, 128].freeze

  MODES = {
    untracked: Mode.new(:untracked, -> {}, -> {}),
    empty: Mode.new(:empty, -> { BareHooks.start_empty }, -> { BareHooks.stop }),
    frames: frames(:frames, 10),
    counts: capture(:counts),
    paths: capture(:paths, depth: 10),
    stdlib: Mode.new(:stdlib, -> { ObjectSpace.trace_object_allocations_start }, -> { forget_stdlib }),
    **DEPTHS.to_h { |depth| [:"frames_#{depth}", frames(:"frames_#{depth}", depth)] },
    **DEPTHS.to_h { |depth| [:"paths_#{depth}", capture(:"paths_#{depth}", depth: depth)] }
  }.freeze

  # @param modes [Array<Symbol>] the keys of MODES to run
  # @param rounds [Integer]
  # @param warm_up [Integer] how often the work is done before it is measured
  def initialize(modes, rounds: ROUNDS, warm_up: 1)
    @modes = MODES.values_at(*modes)
    @rounds = rounds
    @warm_up = warm_up
  end

  # @return [Array<Hash{Symbol => Float}>] for each round the CPU seconds of each mode
  def run(&work)
    Array.new(@rounds) do |round|
      @modes.rotate(round).to_h { |mode| [mode.name, measure(mode, work)] }
    end
  end

  # @return [Median] of `mode` / `limit` over the rounds
  def self.ratio(rounds, mode, limit)
    Median.of(rounds.map { |round| round[mode] / round[limit] })
  end

  # @return [Float] the median over the rounds of the CPU seconds that `mode` takes more than `limit`
  def self.excess(rounds, mode, limit)
    Median.of(rounds.map { |round| round[mode] - round[limit] }).value
  end

  private

  def measure(mode, work)
    mode.start.call
    # What is met for the first time costs once; a tool that stays on is judged by what comes after.
    @warm_up.times { work.call }
    GC.start
    before = Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID)
    work.call
    Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID) - before
  ensure
    mode.stop.call
  end
end
