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

  it "ends as by itself, with a last table, when it closes up to the limit under --batch" do
    source = "puts 'ready'\n#{ClosingProgram.source(@place, 1023)}"
    RunTop.start_top("--batch", "--interval", "0.1", RunTop::RUBY, "-e", source,
                     rlimit_nofile: ClosingProgram::LIMIT) do |pid, output|
      transcript = RunTop::Transcript.new(output)
      program = ClosingProgram.new(@place)
      program.close
      expect(program.problems).to eq("")
      expect(program.seconds_to_end).to be < 2.5
      expect(RunTop.status_of(pid).exitstatus).to eq(143)
      expect(transcript.finished.scan(/  ended (?:after|by SIGTERM)/)).not_to be_empty
    end
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
