# frozen_string_literal: true

require "tempfile"
require_relative "../../benchmark/figures"
require_relative "../../benchmark/goals"
require_relative "../../benchmark/results"

RSpec.describe Goals do
  def row(about, figures)
    described_class.table(figures).lines.grep(/^\| #{Regexp.escape(about)}/).first.split("|").map(&:strip)[2..4]
  end

  def exactly(values)
    values.transform_values { |figures| figures.transform_values { |figure| Median.exactly(figure) } }
  end

  it "has a row for each goal, also for those that nothing was measured for" do
    expect(described_class.table({}).lines.size).to eq(2 + described_class::ALL.size)
    expect(row("redrawing the viewer", {})).to eq(["at most 2.000 ms", "not measured", ""])
  end

  it "is met when the worst figure is within the limit" do
    figures = exactly({ "counts / empty, real libraries" => { "liquid" => 1.01, "mail" => 1.03, "psych" => 0.99 } })

    expect(row("counts, the same: real libraries", figures))
      .to eq(["at most 1.030", "median 1.010, worst 1.030 (`mail`)", "yes"])
  end

  it "says how many figures are within the limit when one is not" do
    figures = exactly({ "paths / frames, real libraries" => { "liquid" => 1.05, "mail" => 1.0601, "psych" => 1.02 } })

    expect(row("paths, the same: real libraries", figures).last).to eq("**no**, 2 of 3 do")
  end

  it "is not said to be missed when the error of measurement is larger than what a figure is above the limit" do
    figures = { "paths / frames, real libraries" => { "liquid" => Median.new(1.062, 1.051, 1.073),
                                                      "mail" => Median.exactly(1.06) } }

    expect(row("paths, the same: real libraries", figures))
      .to eq(["at most 1.060", "median 1.062, worst 1.062 (`liquid`)",
              "1 of 2 not, by less than the error of measurement"])
    figures["paths / frames, real libraries"]["psych"] = Median.new(1.08, 1.061, 1.1)
    expect(row("paths, the same: real libraries", figures).last).to eq("**no**, 1 of 3 do")
  end

  it "looks only at the figures that a goal is about" do
    figures = exactly({ "counts / empty, micro" => { "Object.new" => 1.07, "400 frames" => 1.5 },
                        "memory, of pages" => { "100000" => 12.5, "10000000" => 10.44 } })

    expect(row("counts, to hooks", figures)).to eq(["at most 1.080", "1.070", "yes"])
    expect(row("memory beside nodes", figures)).to eq(["at most 11.0 %", "10.4 %", "yes"])
    figures["light, all real libraries"] = { "all" => Median.new(1.01, 1.002, 1.019) }
    expect(row("light, the same", figures)).to eq(["at most 1.020", "1.010 (1.002 to 1.019)", "yes"])
  end

  describe "figures" do
    around do |example|
      Tempfile.create("figures") do |file|
        @file = file.path
        ENV["BENCHMARK_FIGURES"] = @file
        example.run
      ensure
        ENV.delete("BENCHMARK_FIGURES")
      end
    end

    it "come back as they were kept" do
      Figures.keep("light, real libraries", "liquid", 1.004)
      Figures.keep("GC, objects", 100_000, Median.new(0.98, 0.97, 1.02))

      expect(Figures.read(@file)).to eq("light, real libraries" => { "liquid" => Median.exactly(1.004) },
                                        "GC, objects" => { "100000" => Median.new(0.98, 0.97, 1.02) })
    end

    it "are read from what the viewer's benchmark prints" do
      Results.keep_viewer(<<~TEXT)
        5000 classes, 100000 nodes of call paths, every one of them changed between two looks; CPU time, medians of 25

        Classes, 120x40
          taking a snapshot              3.250 ms   goal: under 5 ms
          drawing                        0.100 ms
          a redraw                       0.400 ms   goal: under 2 ms
          of a core at one a second       1.20 %    goal: under 1 %
      TEXT

      figures = Figures.read(@file)
      expect(row("taking a snapshot", figures)).to eq(["at most 5.000 ms", "3.250 ms", "yes"])
      expect(row("redrawing the viewer", figures)[1]).to eq("0.400 ms")
      expect(row("the viewer at one refresh", figures)).to eq(["at most 1.00 %", "1.20 %", "**no**"])
      expect(figures.keys.size).to eq(3)
    end
  end
end
