# frozen_string_literal: true

require "json"
require "open3"
require "rbconfig"
require "tempfile"
require_relative "../support/ruby_program"

# Of the benchmark: it measures in processes of its own, each of which does one piece of work.
RSpec.describe "Report" do
  bare_hooks = File.join(SpecSupport::EXTENSIONS, "benchmark/bare_hooks")

  around do |example|
    Tempfile.create(["benchmark", ".rb"]) do |script|
      Tempfile.create("figures") do |figures|
        @script = script.path
        @figures = figures.path
        example.run
      end
    end
  end

  # @return [Array<String, Process::Status>] what it printed, and how it ended
  def run(bare_hooks, source)
    File.write(@script, "require #{File.expand_path("../../benchmark/report", __dir__).dump}\n#{source}")
    env = { "PROCESSES" => "2", "ROUNDS" => "3", "BENCHMARK_FIGURES" => @figures }
    Open3.capture2e(env, RbConfig.ruby, "-I#{File.expand_path("../../lib", __dir__)}", "-I#{bare_hooks}", @script)
  end

  it "prints and keeps what its processes measured" do
    output, status = run(bare_hooks, <<~RUBY)
      Report.head("A head.")
      report = Report.new([%i[counts empty], %i[empty untracked]])
      report.print("first", "a piece" => -> { abort "not this one" if Report::ROW&.last != "a piece" })
      report.print("second", "more" => -> { 20_000.times { Object.new } }, "idle" => -> { 20_000.times { nil } })
      puts "once"
    RUBY
    expect(status).to be_success, output
    expect(output.scan(/^(?:A head\.|once)$/)).to eq(["A head.", "once"])
    expect(output).to match(/^more +\d\.\d{3} \(\d\.\d{3} to \d\.\d{3}\) +\d\.\d{3} \(/)
    figures = File.readlines(@figures).map { |line| JSON.parse(line) }
    expect(figures.map { |what, name, *values| [what, name, values.size] }).to include(
      ["counts / empty, first", "a piece", 3], ["empty / untracked, second", "idle", 3]
    )
    # How much it is, is another matter: processes are disturbed.
    expect(figures.flat_map { |_, _, *values| values }).to all(be_positive)
  end

  it "ends with one sentence when a process has failed" do
    output, status = run(bare_hooks, <<~RUBY)
      Report.new([%i[counts empty]]).print("first", "a piece" => -> { exit! 3 })
    RUBY
    expect(status.exitstatus).to eq(1)
    expect(output.lines.last).to eq("benchmark: the process for a piece has failed\n")
  end
end
