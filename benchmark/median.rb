# frozen_string_literal: true

# The median of values of which each is disturbed, and where the true one lies with a confidence of 95 %.
#
# The interval needs no assumption of how the values are distributed: it goes from one of the sorted values to another,
# by the normal approximation of how many of them are below the true median (W. J. Conover, Practical Nonparametric
# Statistics, 3rd edition, section 3.2).
Median = Struct.new(:value, :low, :high) do
  # @param values [Array<Numeric>] at least one
  # @return [Median]
  def self.of(values)
    sorted = values.sort
    middle = sorted.size / 2
    step = [(0.98 * Math.sqrt(sorted.size)).ceil, middle].min
    new(sorted[middle], sorted[middle - step], sorted[[middle + step, sorted.size - 1].min])
  end

  # @param value [Numeric] one that is known
  # @return [Median]
  def self.exactly(value)
    new(value, value, value)
  end

  def to_s
    format("%.3f (%.3f to %.3f)", value, low, high)
  end
end
