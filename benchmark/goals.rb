# frozen_string_literal: true

require_relative "median"

# What was set out to be reached, and whether the figures that the benchmarks keep reach it.
module Goals
  # One goal: which of the figures it is about, and the limit that each of them has to keep.
  class Goal
    # @param text [String] what is limited
    # @param what [String] a key of the figures
    # @param limit [Numeric]
    # @param format [String] of one figure
    # @param only [Array<String>, nil] names of figures that it is about; nil: all
    def initialize(text, what, limit, format: "%.3f", only: nil)
      @text = text
      @what = what
      @limit = limit
      @format = format
      @only = only
    end

    # @param figures [Hash{String => Hash{String => Median}}]
    # @return [Array<String>] a row of the table
    def row(figures)
      values = figures.fetch(@what, {})
      values = values.slice(*@only) if @only
      [@text, "at most #{format(@format, @limit)}", *(values.empty? ? ["not measured", ""] : judge(values))]
    end

    private

    def judge(medians)
      return [alone(medians.values.first), met(medians)] if medians.size == 1

      values = medians.transform_values(&:value)
      name, worst = values.max_by(&:last)
      ["median #{format(@format, Median.of(values.values).value)}, worst #{format(@format, worst)} (`#{name}`)",
       met(medians)]
    end

    def alone(median)
      value, low, high = median.map { |figure| format(@format, figure) }
      low == high ? value : "#{value} (#{low} to #{high})"
    end

    # What was measured more than once and is above the limit by less than its error is not known to miss the goal.
    def met(medians)
      above = medians.each_value.count { |median| median.value > @limit }
      return "yes" if above.zero?

      surely = medians.each_value.count { |median| median.low > @limit }
      return "#{above} of #{medians.size} not, by less than the error of measurement" if surely.zero?

      medians.size == 1 ? "**no**" : "**no**, #{medians.size - above} of #{medians.size} do"
    end
  end

  ALLOCATING = ["Object.new", "{a: 1}", '"".dup', "[1, 2, 3, 4]"].freeze

  ALL = [
    Goal.new("counts, to hooks that do nothing: only allocating", "counts / empty, micro", 1.08, only: ALLOCATING),
    Goal.new("counts, the same: real libraries", "counts / empty, real libraries", 1.03),
    Goal.new("paths, to hooks that only take the frames: only allocating", "paths / frames, micro", 1.10),
    Goal.new("paths, the same: real libraries", "paths / frames, real libraries", 1.06),
    Goal.new("memory beside nodes at 10,000,000 live objects, of the heap's pages", "memory, of pages", 11,
             format: "%.1f %%", only: ["10000000"]),
    Goal.new("memory beside 11 % of the heap's pages at 1,000,000 nodes, a node", "memory, a node", 100,
             format: "%.1f B", only: ["500000"]),
    Goal.new("a full GC, to one without a capture", "GC, objects", 1.02),
    Goal.new("light with a table a second, to untracked: real libraries", "light, real libraries", 1.02),
    Goal.new("light, the same: all rounds of all of them", "light, all real libraries", 1.02),
    Goal.new("taking a snapshot of 5,000 classes and 100,000 nodes", "viewer, taking a snapshot", 5, format: "%.3f ms"),
    Goal.new("redrawing the viewer", "viewer, a redraw", 2, format: "%.3f ms"),
    Goal.new("the viewer at one refresh a second, of a core", "viewer, of a core at one a second", 1,
             format: "%.2f %%")
  ].freeze

  module_function

  # @param figures [Hash{String => Hash{String => Median}}]
  # @return [String] a table in Markdown
  def table(figures)
    rows = [["what", "goal", "measured", "met?"], %w[---] * 4, *ALL.map { |goal| goal.row(figures) }]
    rows.map { |row| "| #{row.join(" | ")} |\n" }.join
  end
end
