# frozen_string_literal: true

require_relative "../../support/ruby_program"

# Names and blocks wait for a job, which the VM runs at the next safe point of the thread and fiber that asked for it.
# Each frame that is left is one; an allocation by an instruction is none, nor is the end of a thread without Ruby code.
RSpec.describe Memory::Tracker::Capture, "whose job was asked for by" do
  # GC is disabled because a sweep may have jobs of its own, and with one the VM runs all.
  def run(source, depth: 0)
    result = RubyProgram.run(<<~RUBY, seconds: 60)
      require #{File.join(SpecSupport::EXTENSIONS, "spec/support/nuisance/nuisance").dump}
      $stdout.sync = true
      GC.disable
      def now = Process.clock_gettime(Process::CLOCK_MONOTONIC)
      def wait(seconds = 10) = (deadline = now + seconds) && (sleep 0.005 until yield || now > deadline)
      class Goods; def self.pack(number) = [number..number, Fiber.yield]; end
      CAPTURE = Memory::Tracker::Capture.new(depth: #{depth})
      $told = []
      CAPTURE.track(Range) { |_, event| event == :newobj && $told << Process.pid } if #{depth.zero?}
      CAPTURE.start
      #{source}
      exit!(0)
    RUBY
    expect(result.status).to be_success, result.to_s
    result.out
  end

  {
    "a thread that has ended" => "Nuisance.allocate_in_thread(Range).join",
    "a fiber that is not resumed" => "FIBER = Fiber.new { Goods.pack(1) }.tap(&:resume)"
  }.each do |which, allocating|
    describe which do
      it "calls blocks for its event with those of others" do
        expect(run(<<~RUBY)).to eq("0\n3\n")
          #{allocating}
          sleep 0.01
          p $told.size
          kept = [1, 2].map { |number| number..number }
          wait { $told.size >= 3 }
          p $told.size
        RUBY
      end

      it "calls them in the child of a fork" do
        expect(run(<<~RUBY)).to eq("3\ntrue\n0\n")
          #{allocating}
          Process.wait(fork do
            kept = [1, 2].map { |number| number..number }
            wait { $told.size >= 3 }
            puts $told.size, $told.uniq == [Process.pid]
            exit!(0)
          end)
          p $told.size
        RUBY
      end
    end
  end

  # Of a server without a thread in the program: the first snapshot has the names that there are.
  it "a fiber that is not resumed completes names where others allocate" do
    expect(run(<<~RUBY, depth: 2)).to eq("Goods.pack\n")
      require "tmpdir"
      directory = Dir.mktmpdir
      server = Memory::Tracker::Server.new(CAPTURE, "program", threadless: true)
      server.start(directory)
      FIBER = Fiber.new { Goods.pack(1) }.tap(&:resume)
      kept = [1, 2].map { |number| number..number }
      remote = Memory::Tracker::Remote.open(server.path)
      seen = remote.snapshot(10)
      puts seen.send(:node_rows, seen["Range"].id).map { |row| row[4] }.grep(/pack/)
      remote.close
      server.stop
      Dir.rmdir(directory)
    RUBY
  end
end
