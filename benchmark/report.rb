# frozen_string_literal: true

require_relative "comparison"

# Prints ratios as a table: a row for each piece of work, a column for each pair of a mode and what it is held against.
class Report
  # @param pairs [Array<Array<Symbol>>] a mode and the one it is divided by
  # @param rounds [Integer]
  def initialize(pairs, rounds: 15)
    @pairs = pairs
    @comparison = Comparison.new(pairs.flatten.uniq, rounds: rounds)
  end

  # @param title [String]
  # @param work [Hash{String => Proc}]
  def print(title, work)
    puts "", title
    puts format("%-14s %s", "", @pairs.map { |pair| pair.join(" / ").ljust(28) }.join.rstrip)
    work.each { |name, piece| puts row(name, @comparison.run(&piece)) }
  end

  # What all reports say first.
  def self.head(text)
    puts RUBY_DESCRIPTION, text, "ratios of CPU time in one process: median (minimum to maximum) over the rounds"
  end

  private

  def row(name, rounds)
    cells = @pairs.map do |mode, limit|
      format("%<median>.3f (%<min>.3f to %<max>.3f)", Comparison.ratio(rounds, mode, limit)).ljust(28)
    end
    format("%-14s %s", name, cells.join.rstrip)
  end
end
