# frozen_string_literal: true

require GIVEN[:nuisance]

# One other tool at a time beside a capture, while a random program runs.
module Beside
  module_function

  def run(tool, seed)
    @program = RandomProgram.new(seed: seed, classes: 18, kept: 100)
    @capture = Memory::Tracker::Capture.new(existing: true, depth: 6)
    @capture.start
    made = send(tool)
    compare(tool, made)
  end

  # Exact, or it says that it is not, and why.
  def compare(tool, made)
    GC.start
    reason = @capture.inexact_reason
    Program.check_exact(@capture, tool) unless reason
    lost = @capture.statistics[:lost]
    Program.check(reason || lost.zero?, "#{tool}: #{lost} lost, and no reason")
    negative = @capture.each.select { |_klass, record| record.live_count.negative? }
    Program.check(negative.empty?, "#{tool}: fewer than no objects: #{negative}")
    { exact: reason.nil?, lost: lost, made: made, reason: reason }
  end

  def work
    @program.run(steps: 150, threads: 3)
    GC.compact if GC.respond_to?(:compact)
    @program.run(steps: 100, threads: 0)
  end

  def trace_object_allocations
    require "objspace"
    ObjectSpace.trace_object_allocations { work }
    nil
  end

  def coverage
    require "coverage"
    Coverage.start
    require "optparse"
    require "time"
    work
    Coverage.result.size
  end

  def tracepoint
    seen = []
    events = %i[line call return c_call c_return b_call b_return raise thread_begin thread_end]
    TracePoint.new(*events) { |point| seen[rand(1000)] = "#{point.path}:#{point.lineno}" }.enable { work }
    seen.compact.size
  end

  def stackprof
    require "stackprof"
    modes = { object: 1, wall: 1000, cpu: 1000 }
    modes.sum { |mode, interval| StackProf.run(mode: mode, interval: interval, raw: true) { work }[:samples] }
  end

  def debug
    require "debug/session"
    DEBUGGER__.start(nonstop: true, no_sigint_hook: true, log_level: :FATAL)
    DEBUGGER__.add_catch_breakpoint("NoSuchErrorAnywhere")
    work
    DEBUGGER__::SESSION.active? ? 1 : 0
  end

  # It makes objects inside of its hook.
  def hook
    Nuisance.allocate_in_hook { work }
  end

  # Signals that no system call survives.
  def signals
    Nuisance.storm(1000)
    null = IO.sysopen(File::NULL, "w")
    observer = Observer.new(@capture, null, { gc: 0.5 }).start
    work
    20.times { IO.popen(%w[echo 1], &:read) }
    observer.finish
    Nuisance.signals
  ensure
    Nuisance.storm(0)
  end
end

Program.result(**Beside.run(GIVEN[:tool], GIVEN[:seed]))
