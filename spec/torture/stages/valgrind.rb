# frozen_string_literal: true

require "tmpdir"

module Torture
  # A short Ruby program under valgrind, which has hundreds of reports on Ruby itself, whose GC reads words that were
  # never set. Those count in which the extension is at fault: it reads or writes there, or calls the C library to do
  # it, or the memory that somebody else misused is its own.
  module Valgrind
    # With its debug information a frame names its source, and without it the library.
    OURS = %r{ext/memory_tracker/|memory_tracker\.(?:so|bundle)}

    # Reads a word behind Ruby's code, which it says of itself.
    ON_PURPOSE = /: instruction_at /

    # Frames that are not asked whether they are ours, being whatever they were called for.
    CALLED = /libc|vgpreload|sysdeps|nptl|: \?\?\?$/

    OPTIONS = %w[--fullpath-after= --error-limit=no --num-callers=40 --leak-check=no].freeze

    PROGRAM = <<~RUBY
      captures = [{ existing: true, depth: 10 }, {}].map { |options| Memory::Tracker::Capture.new(**options).tap(&:start) }
      program = RandomProgram.new(seed: %d, classes: 18, kept: 50)
      null = File.open(File::NULL, "w")
      observer = Observer.new(captures[0], null.fileno, { interval: 0.1, gc: 1.0 }).start
      captures[1].track(program.classes.first) { |*| nil }
      program.run(steps: 60, threads: 2)
      GC.compact
      p Heap.differences(captures[0])
      captures.each { |capture| capture.snapshot.bytes }
      captures[1].clear
      program.run(steps: 40, threads: 0)
      observer.finish
      captures.each(&:stop)
    RUBY

    module_function

    def run(_seconds)
      Dir.mktmpdir do |folder|
        log = File.join(folder, "log")
        under = ["valgrind", *OPTIONS, "--log-file=#{log}"]
        result = RubyProgram.run(format(PROGRAM, Torture.seed), under: under, seconds: 1200)
        check(result, reports(File.read(log)))
      end
    end

    # @return [Array<String>] what valgrind reported, its summary left out
    def reports(text)
      lines = text.lines.map { |line| line.sub(/\A==\d+== ?/, "") }
      lines.chunk_while { |line, _| !line.strip.empty? }.map(&:join).grep(/^\s+(?:at|by) 0x/)
    end

    # @param report [String] a stack, perhaps followed by that of how the memory came about
    def ours?(report)
      report.lines.grep(/^\s+(?:at|by) 0x/).slice_before(/^\s+at 0x/).any? do |stack|
        culprit = stack.find { |frame| !frame.chomp.match?(CALLED) }
        culprit&.match?(OURS) && !culprit.match?(ON_PURPOSE)
      end
    end

    def check(result, reports)
      ours = reports.select { |report| ours?(report) }
      Torture.say("#{reports.size} reports, #{ours.size} of them of the extension")
      Torture.check(result.status.success? && result.out == "{}\n", "under valgrind it ended otherwise", result.to_s)
      Torture.check(ours.empty?, "valgrind reports:\n#{ours.first(5).join("\n")}")
    end
  end

  stage "valgrind", Valgrind, weight: 0
end
