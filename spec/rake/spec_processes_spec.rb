# frozen_string_literal: true

require "stringio"
require "timeout"
require "tmpdir"
require_relative "../../rakelib/spec_processes"

RSpec.describe SpecProcesses do
  around { |example| Dir.mktmpdir("specs") { |folder| Dir.chdir(folder) { example.run } } }

  let(:out) { StringIO.new }

  def spec(name, body)
    File.write("#{name}_spec.rb", "RSpec.describe(#{name.dump}) do\n#{body}\nend\n")
  end

  def run(processes: 2, **options)
    described_class.new(Dir.glob("*_spec.rb"), processes: processes, seed: 4711, out: out, **options).run
  end

  it "runs every example of every file, and adds up what RSpec counted" do
    spec("first", 'it("passes") { File.write("first", "") }')
    spec("second", 'it("passes") { File.write("second", "") }; it("waits"); it("fails") { expect(1).to eq(2) }')
    expect(run).to be(false)
    expect(Dir.children(".")).to include("first", "second")
    expect(out.string).to match(/^4 examples, 1 failure, 1 pending\n\nRandomized with seed 4711\n\z/)
  end

  it "succeeds when all have passed" do
    spec("first", 'it("passes") {}')
    spec("second", 'it("passes") {}')
    expect(run).to be(true), out.string
  end

  it "runs files at the same time" do
    other = 'sleep 0.01 until File.exist?("other")'
    spec("first", "it(\"meets the other\") { File.write('one', ''); #{other.sub("other", "two")} }")
    spec("second", "it(\"meets the other\") { File.write('two', ''); #{other.sub("other", "one")} }")
    expect(Timeout.timeout(60) { run }).to be(true), out.string
  end

  it "says at the end how to run again what has failed" do
    spec("first", "it(\"passes\") {}\nit(\"fails\") { raise 'oops' }")
    run
    expect(out.string.split("==== specs").last).to include("rspec ./first_spec.rb:3 # first fails")
  end

  it "fails with a file that cannot be loaded" do
    File.write("broken_spec.rb", "raise 'cannot be loaded'")
    expect(run).to be(false)
    expect(out.string).to include("cannot be loaded", "rspec broken_spec.rb # exit 1", "1 error occurred outside")
  end

  it "fails with a process that ends before its examples have" do
    spec("ended", 'it("ends all") { exit!(0) }')
    spec("killed", 'it("ends all") { Process.kill(:KILL, $$) }')
    expect(run).to be(false)
    expect(out.string).to include("rspec ended_spec.rb # exit 0", "rspec killed_spec.rb # SIGKILL (signal 9)")
  end

  it "runs the examples in the order of the seed" do
    spec("first", 'it("has it") { expect(RSpec.configuration.seed).to eq(4711) }')
    expect(run).to be(true), out.string
  end

  it "puts each file into one batch, those that take long first, and short ones together" do
    weights = { "short" => 1, "long" => 50, "half" => 25, "tiny" => 1, "other" => 23 }
    expect(described_class.batches(weights, 4)).to eq([%w[long], %w[half], %w[other short tiny]])
  end

  it "takes what RSpec wrote of earlier runs for how long a file takes" do
    %w[a b].each { |name| spec(name, 'it("passes") {}') }
    File.write("status", <<~TEXT)
      example_id          | status | run_time        |
      ------------------- | ------ | --------------- |
      ./b_spec.rb[1:1]    | passed | 9.25 seconds    |
      ./a_spec.rb[1:1]    | passed | 0.00214 seconds |
    TEXT
    run(status: "status", processes: 1)
    expect(out.string.scan(/^==== rspec .*? (\w_spec.rb)/)).to eq([["b_spec.rb"], ["a_spec.rb"]])
  end
end
