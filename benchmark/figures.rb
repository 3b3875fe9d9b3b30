# frozen_string_literal: true

require "json"
require_relative "median"

# What a benchmark finds out, as data beside what it prints: RESULTS.md's table of goals is worked out from them. They
# go to the file that BENCHMARK_FIGURES names, a line each; without it they go nowhere.
module Figures
  module_function

  # @param what [String] such as "counts / empty, micro"
  # @param name [#to_s] the piece of work, or the size
  # @param value [Median, Numeric]
  def keep(what, name, value)
    file = ENV.fetch("BENCHMARK_FIGURES", nil) or return
    File.write(file, "#{JSON.generate([what, name.to_s, *value])}\n", mode: "a")
  end

  # @param file [String]
  # @return [Hash{String => Hash{String => Median}}]
  def read(file)
    File.foreach(file).with_object(Hash.new { |all, what| all[what] = {} }) do |line, all|
      what, name, *values = JSON.parse(line)
      all[what][name] = values.one? ? Median.exactly(values.first) : Median.new(*values)
    end
  end
end
