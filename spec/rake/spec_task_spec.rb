# frozen_string_literal: true

require "open3"
require "tmpdir"

RSpec.describe "rake spec" do
  around { |example| Dir.mktmpdir("specs") { |folder| Dir.chdir(folder) { example.run } } }

  let(:root) { File.expand_path("../..", __dir__) }

  before do
    File.write("Rakefile", "task :compile\ntask :extensions\nload #{"#{root}/rakelib/spec.rake".dump}\n")
    spec("first", "passes" => "")
  end

  def spec(name, examples)
    body = examples.map { |description, code| "it(#{description.dump}) { #{code} }\n" }.join
    File.write("#{name}_spec.rb", "RSpec.describe(#{name.dump}) do\n#{body}end\n")
  end

  # @return [String, Integer] what `rake spec` printed, and its exit status
  def rake_spec(processes: 2, files: "*_spec.rb")
    environment = { "PARALLEL_TEST_PROCESSORS" => processes.to_s, "SPEC" => files, "SPEC_OPTS" => nil }
    output, status = Open3.capture2e(environment, Gem.ruby, Gem.bin_path("rake", "rake"), "spec", stdin_data: "")
    [output, status.exitstatus]
  end

  [1, 2].each do |processes|
    it "succeeds when all have passed, in #{processes}" do
      spec("second", "passes" => "", "waits" => "skip")
      output, status = rake_spec(processes: processes)
      expect(output).to match(/^3 examples, 0 failures, 1 pending/)
      expect(status).to eq(0), output
    end

    it "fails with an example, in #{processes}" do
      spec("second", "fails" => "raise 'oops'")
      output, status = rake_spec(processes: processes)
      expect(output).to match(/^2 examples, 1 failure/)
      expect(status).to eq(1), output
    end

    it "fails with a file that cannot be loaded, in #{processes}" do
      File.write("second_spec.rb", "raise 'cannot be loaded'")
      output, status = rake_spec(processes: processes)
      expect(output).to match(/RuntimeError:\s+cannot be loaded/)
      expect(status).to eq(1), output
    end

    it "fails when a process is killed, in #{processes}" do
      spec("second", "ends" => "Process.kill(:KILL, $$)")
      output, status = rake_spec(processes: processes)
      expect(status).to eq(1), output
    end
  end

  it "runs files at the same time, with one seed" do
    meet = lambda do |own, other|
      "File.write(#{own.dump}, ''); Timeout.timeout(30) { sleep 0.01 until File.exist?(#{other.dump}) }"
    end
    spec("first", "meets the second" => meet["one", "two"])
    spec("second", "meets the first" => meet["two", "one"])
    File.write(".rspec", "--require timeout --order random\n")
    output, status = rake_spec
    expect(status).to eq(0), output
    expect(output.scan(/seed (\d+)/).uniq.size).to eq(1), output
  end

  it "prints at the end, after all else, what failed" do
    spec("second", "fails" => "raise 'oops'")
    expect(rake_spec.first.split(/^Took/).last).to include("RuntimeError", "rspec ./second_spec.rb:2 # second fails")
  end

  it "leaves a line of a file to RSpec" do
    spec("second", "passes" => "", "fails" => "raise 'oops'")
    output, status = rake_spec(files: "first_spec.rb second_spec.rb:2")
    expect(output).to match(/^2 examples, 0 failures/)
    expect(status).to eq(0), output
  end

  it "fails when SPEC names no file" do
    expect(rake_spec(files: "none/*_spec.rb")).to eq(["SPEC names no file: none/*_spec.rb\n", 1])
  end

  it "fails when RSpec is interrupted, though all until then has passed" do
    File.write(".rspec", "--require #{root}/spec/spec_helper\n")
    spec("second", "is interrupted" => "Process.kill(:INT, $$); sleep 0.01 until RSpec.world.wants_to_quit")
    output, status = rake_spec
    expect(output).to match(/^2 examples, 0 failures/)
    expect(status).to eq(1), output
  end
end
