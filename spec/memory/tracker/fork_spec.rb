# frozen_string_literal: true

require_relative "../../support/heap"
require_relative "../../support/random_program"
require_relative "../../support/ruby_program"

RSpec.describe Memory::Tracker::Capture, "over a fork" do
  subject(:capture) { described_class.new }

  let(:all) { described_class.new(depth: 5, existing: true) }
  let(:program) { RandomProgram.new }
  let(:klass) { Class.new }

  before do
    skip "this system has no fork" unless Process.respond_to?(:fork)
    klass
    [capture, all].each(&:start)
  end

  after { [capture, all].each(&:stop) }

  # @return [Object] what the block gave in a child, which never comes back into the spec
  def in_child
    reader, writer = IO.pipe(binmode: true)
    pid = fork do
      reader.close
      writer.write(Marshal.dump(yield))
      writer.close
      exit!(0)
    end
    writer.close
    answer = reader.read
    Process.wait(pid)
    expect($?).to be_success # rubocop:disable Style/SpecialGlobalVars
    Marshal.load(answer) # rubocop:disable Security/MarshalLoad
  ensure
    reader.close
  end

  def differences
    [Heap.differences(all), Heap.differences_for(capture, program.classes)].map(&:to_s)
  end

  it "is right in the child and in the parent" do
    program.run(steps: 200)
    answer = in_child do
      program.run(steps: 200)
      GC.start
      GC.compact if GC.respond_to?(:compact)
      [differences, capture.running?, capture.inexact_reason, capture.new_count > 1000]
    end
    expect(answer).to eq([["{}", "{}"], true, nil, true])
    program.run(steps: 200)
    GC.start
    expect(differences).to eq(["{}", "{}"])
    expect([capture.inexact_reason, all.inexact_reason]).to eq([nil, nil])
  end

  it "counts for each process what it does itself" do
    kept = Array.new(10) { klass.new }
    child = in_child do
      kept.concat(Array.new(5) { klass.new })
      capture.count_for(klass)
    end
    kept << klass.new
    expect([child, capture.count_for(klass)]).to eq([15, 11])
  end

  it "can be stopped, started and read in the child" do
    kept = Array.new(10) { klass.new }
    child = in_child do
      before = capture.snapshot.facts.values_at(:pid, :new_count).first
      stopped = capture.stop
      capture.start
      kept.concat(Array.new(3) { klass.new })
      [before == Process.pid, stopped, capture.count_for(klass), capture.snapshot.exact?]
    end
    expect(child).to eq([true, true, 3, true])
    expect([capture.running?, capture.count_for(klass)]).to eq([true, kept.size])
  end

  it "calls the blocks of tracked classes in the child" do
    seen = []
    made = klass
    capture.track(made) { |_klass, event| seen << event }
    child = in_child do
      kept = Array.new(4) { made.new }
      capture.stop
      [seen.size, kept.size]
    end
    expect(child).to eq([4, 4])
    capture.stop
    expect(seen).to be_empty
  end

  it "survives forks while threads read and work", unless: SpecSupport.sanitized? do
    working = true
    threads = Array.new(3) do |number|
      Thread.new do
        while working
          program.run(steps: 5, threads: 0)
          capture.snapshot if number.zero?
          # Without it the thread that forks would hardly get its turn.
          sleep 0.001
        end
      end
    end
    answers = Array.new(8) { in_child { [differences, capture.snapshot.exact?] } }
    working = false
    threads.each(&:join)
    expect(answers.uniq).to eq([[["{}", "{}"], true]])
    expect(differences).to eq(["{}", "{}"])
  end

  # A server's thread reads snapshots without the GVL, for another process that asks for one after the other. That
  # thread is missing in a child.
  describe "while a reader is inside of a stopped capture", unless: SpecSupport.sanitized? do
    # Prints how the children have ended that started the capture anew, and had to free what it was before.
    def forks(classes:, times:, env: {})
      RubyProgram.run(<<~RUBY, env: env, seconds: 60)
        require "tmpdir"
        READER = <<~'CODE'
          require "memory/tracker"
          $stdout.sync = true
          remote = Memory::Tracker::Remote.open(ARGV[0])
          puts remote.snapshot(30).rows.size
          loop { remote.snapshot(30) }
        CODE
        paths = $LOAD_PATH.flat_map { |path| ["-I", path] }
        classes = Array.new(#{classes}) { |number| Object.const_set("Class\#{number}", Class.new) }
        capture = Memory::Tracker::Capture.new(depth: 2).tap(&:start)
        objects = classes.map(&:new)
        capture.stop
        bytes = capture.statistics[:bytes]
        directory = Dir.mktmpdir
        server = Memory::Tracker::Server.new(capture, "program", threadless: true)
        server.start(directory)
        reader = IO.popen({ "LD_PRELOAD" => nil }, [RbConfig.ruby, *paths, "-e", READER, server.path])
        raise "it reads nothing" unless reader.gets.to_i >= classes.size
        statuses = Array.new(#{times}) do
          pid = fork do
            capture.start && capture.stop
            exit!(capture.statistics[:bytes] < bytes ? 0 : 3)
          end
          Process.wait2(pid)[1].exitstatus
        end
        Process.kill(:KILL, reader.pid)
        reader.close
        server.stop
        Dir.rmdir(directory)
        p statuses.uniq
      RUBY
    end

    it "keeps none of the memory that was read in a child" do
      result = forks(classes: 20_000, times: 30)
      expect(result.out).to eq("[0]\n"), result.to_s
    end

    it "does not wait for the reader in a child, however long that is inside", if: RUBY_PLATFORM.include?("linux") do
      clock = File.join(SpecSupport::EXTENSIONS, "spec/support/slow_clock/slow_clock.so")
      result = forks(classes: 200, times: 30, env: { "LD_PRELOAD" => clock })
      expect(result.out).to eq("[0]\n"), result.to_s
    end
  end

  it "does not mind programs that are started" do
    program.run(steps: 100)
    5.times { `true` }
    system("true")
    expect(differences).to eq(["{}", "{}"])
  end
end
