# frozen_string_literal: true

require_relative "comparison"
require_relative "figures"

# Prints ratios as a table: a row for each piece of work, a column for each pair of a mode and what it is held against.
class Report
  # @param pairs [Array<Array<Symbol>>] a mode and the one it is divided by
  # @param objects [Integer, nil] how many a piece of work allocates: then a column also has the difference for each
  # @param options [Hash] for Comparison
  def initialize(pairs, objects: nil, **options)
    @pairs = pairs
    @objects = objects
    @width = objects ? 38 : 28
    @comparison = Comparison.new(pairs.flatten.uniq, **options)
  end

  # @param title [String]
  # @param work [Hash{String => Proc}]
  def print(title, work)
    puts "", title
    puts format("%-14s %s", "", @pairs.map { |pair| pair.join(" / ").ljust(@width) }.join.rstrip)
    work.each do |name, piece|
      rounds = @comparison.run(&piece)
      puts format("%-14s %s", name, @pairs.map { |pair| cell(rounds, pair).ljust(@width) }.join.rstrip)
      keep(title, name, rounds)
    end
  end

  # What all reports say first.
  def self.head(text, rounds: Comparison::ROUNDS)
    $stdout.sync = true
    puts RUBY_DESCRIPTION, text,
         "ratios of CPU time in one process: median (where it lies, with 95 % confidence) over #{rounds} rounds"
  end

  private

  def cell(rounds, pair)
    ratio = Comparison.ratio(rounds, *pair).to_s
    return ratio unless @objects

    format("%s %+5.0f ns", ratio, Comparison.excess(rounds, *pair) * 1e9 / @objects)
  end

  def keep(title, name, rounds)
    @pairs.each do |pair|
      Figures.keep("#{pair.join(" / ")}, #{title}", name, Comparison.ratio(rounds, *pair))
    end
  end
end
