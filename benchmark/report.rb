# frozen_string_literal: true

require "rbconfig"
require_relative "comparison"
require_relative "figures"

# Prints ratios as a table: a row for each piece of work, a column for each pair of a mode and what it is held against.
#
# Where things lie in memory is different in each process, and moves some ratios by more than the rounds of one process
# differ by. So each row is measured in several processes, one after the other, and the median is the one of theirs.
class Report
  PROCESSES = Integer(ENV.fetch("PROCESSES", "9"))

  # What a process is to measure and to hand back, instead of printing: the title of a table and the name of a row.
  ROW = ENV.fetch("BENCHMARK_ROW", nil)&.split("\n")

  # @param pairs [Array<Array<Symbol>>] a mode and the one it is divided by
  # @param objects [Integer, nil] how many a piece of work allocates: then a column also has the difference for each
  # @param processes [Integer]
  # @param options [Hash] for Comparison
  def initialize(pairs, objects: nil, processes: PROCESSES, **options)
    @pairs = pairs
    @objects = objects
    @processes = processes
    @width = objects ? 38 : 28
    @comparison = Comparison.new(pairs.flatten.uniq, **options)
  end

  # @param title [String]
  # @param work [Hash{String => Proc}]
  def print(title, work)
    return hand_back(title, work) if ROW

    puts "", title
    puts format("%-14s %s", "", @pairs.map { |pair| pair.join(" / ").ljust(@width) }.join.rstrip)
    work.each_key do |name|
      processes = Array.new(@processes) { measure(title, name) }
      puts format("%-14s %s", name, @pairs.map { |pair| cell(processes, pair).ljust(@width) }.join.rstrip)
      keep(title, name, processes)
    end
  end

  # What all reports say first.
  def self.head(text, processes: PROCESSES, rounds: Comparison::ROUNDS)
    return if ROW

    $stdout.sync = true
    puts RUBY_DESCRIPTION, text,
         "ratios of CPU time: median of #{processes} processes (where it lies, with 95 % confidence), of #{rounds} " \
         "rounds each"
  end

  private

  def hand_back(title, work)
    return unless title == ROW.first

    $stdout.binmode.write(Marshal.dump(@comparison.run(&work.fetch(ROW.last))))
    exit
  end

  # @return [Array<Hash{Symbol => Float}>] the rounds of one process
  def measure(title, name)
    paths = $LOAD_PATH.flat_map { |path| ["-I", path] }
    command = [{ "BENCHMARK_ROW" => "#{title}\n#{name}" }, RbConfig.ruby, *paths, $PROGRAM_NAME]
    rounds = IO.popen(command, "rb", &:read)
    abort "benchmark: the process for #{name} has failed" unless $?.success? # rubocop:disable Style/SpecialGlobalVars
    Marshal.load(rounds) # rubocop:disable Security/MarshalLoad -- our own process wrote it
  end

  def ratio(processes, pair)
    Median.of(processes.map { |rounds| Comparison.ratio(rounds, *pair).value })
  end

  def cell(processes, pair)
    ratio = ratio(processes, pair).to_s
    return ratio unless @objects

    excess = Median.of(processes.map { |rounds| Comparison.excess(rounds, *pair) }).value
    format("%s %+5.0f ns", ratio, excess * 1e9 / @objects)
  end

  def keep(title, name, processes)
    @pairs.each { |pair| Figures.keep("#{pair.join(" / ")}, #{title}", name, ratio(processes, pair)) }
  end
end
