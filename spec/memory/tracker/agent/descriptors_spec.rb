# frozen_string_literal: true

require_relative "../cli/run_top"
require_relative "../../../support/closing_program"
require_relative "../../../support/observed"

RSpec.describe "a program with the agent that closes all descriptors", unless: SpecSupport.sanitized? do
  include Observed

  # @return [ClosingProgram] one that runs
  def program(last, *words)
    observed("puts 'ready'\n#{ClosingProgram.source(@place, last, *words)}", rlimit_nofile: ClosingProgram::LIMIT)
    ClosingProgram.new(@place)
  end

  # Nothing waits for a thread that has not ended.
  def expect_end_by_sigterm(program)
    expect(program.seconds_to_end).to be < 2.5
    expect(sockets).to be_empty
  end

  { 255 => "from 3 to 255", 1023 => "up to the limit" }.each do |last, which|
    [[], ["forks"]].each do |words|
      it "has what it opens for itself when it closes #{which} #{"in a child " if words.any?}and others look into it" do
        program = program(last, *words)
        program.close
        2.times { top("--list") }
        expect(program.problems).to eq("")
        expect_end_by_sigterm(program)
      end
    end

    it "has what it opens for itself when it closes #{which} and nothing looks into it" do
      program = program(last)
      program.close
      expect(program.problems).to eq("")
      expect_end_by_sigterm(program)
    end

    it "has what it opens for itself when it closes #{which} while the top is attached" do
      program = program(last)
      RunTop.start_top("--attach", program.pid.to_s, "--batch", "--interval", "0.1", env: looking) do |_, output|
        RunTop.line_of(output)
        program.close
        expect(program.problems).to eq("")
        expect_end_by_sigterm(program)
      end
    end
  end

  it "runs to its end when it closes all up to the limit under --batch, and the last table has its numbers" do
    source = "class Kept; end\n3.upto(1023) { |number| IO.for_fd(number).close rescue nil }\n" \
             "KEPT = Array.new(1000) { Kept.new }\nsleep 0.5\nexit 7"
    result = top("--batch", "--interval", "0.1", "--limit", "1000", RbConfig.ruby, "-e", source,
                 rlimit_nofile: ClosingProgram::LIMIT)
    expect(result.code).to eq(7), result.errors
    expect(result.output).to include("  ended after ")
    expect(result.rows["Kept"].to_s.delete(",")).to match(/\s1000\s/)
  end

  it "can still be looked into when it closes from 3 to 255" do
    program = program(255)
    program.close
    expect(top("--attach", program.pid.to_s, "--batch", "--iterations", "1", "--interval", "0.1").tables).to eq(1)
  end

  it "does not count any more when it cannot be looked into" do
    source = <<~RUBY
      capture = ObjectSpace.each_object(Memory::Tracker::Capture).first
      puts capture.running?
      3.upto(1023) { |number| IO.for_fd(number).close rescue nil }
      sleep 0.02 while capture.running?
      puts "stopped"
      sleep
    RUBY
    _, output, counting = observed(source, env: { "MEMORY_TRACKER_START" => "now" }, rlimit_nofile: ClosingProgram::LIMIT)
    expect(counting).to eq("true\n")
    expect(RunTop.line_of(output)).to eq("stopped\n")
    expect(sockets).to be_empty
  end
end
