# frozen_string_literal: true

require "etc"

require_relative "run_top"
require_relative "../../../support/observed"

RSpec.describe "memory-tracker-top --attach" do
  include Observed

  # Keeps 50 objects more each second, and 1,000 from the start.
  let(:leak) { <<~RUBY }
    class Kept; end
    $kept = Array.new(1000) { Kept.new }
    puts "ready"
    loop { $kept << Kept.new; sleep 0.02 }
  RUBY
  let(:idle) { "class Kept; end; $kept = Array.new(1000) { Kept.new }; puts 'ready'; sleep" }

  def attach(pid, *options, **others)
    top("--attach", pid.to_s, "--batch", "--interval", "0.2", "--limit", "1000", *options, **others)
  end

  it "prints as many tables as are wanted, and whole ones, whatever interrupts it" do
    pid, = observed(idle)
    output, theirs = IO.pipe
    remote = Memory::Tracker::Remote.open(File.join(@place, "memory-tracker", "#{pid}.sock"))
    remote.start({}, 15)
    printing = Thread.new { remote.print(theirs.fileno, interval: 0.01, iterations: 20, limit: 2) }
    text = Thread.new { output.read }
    printing.wakeup until printing.join(0.05)
    theirs.close
    expect(text.value.scan(/^\d{4}-.*\n.*CLASS\n(?:.+\n){2}\n/).size).to eq(20)
  ensure
    remote&.close
  end

  it "prints tables of a program that runs" do
    pid, = observed(leak)
    result = attach(pid, "--iterations", "2", "--gc", "0.1")
    expect([result.code, result.errors]).to eq([0, ""])
    expect(result.tables).to eq(2)
    expect(result.output).to include("pid #{pid}").and include("  exact")
    expect(result.rows["Kept"]).to match(/\A\s+1,\d{3}\b/)
  end

  it "counts what was there before, exactly, while the program sleeps" do
    pid, = observed(idle)
    result = attach(pid, "--iterations", "1", "--gc", "0.1")
    expect(result.rows["Kept"]).to match(/\A\s+1,000\s+\S+\s+1,000\s/)
  end

  it "shows where objects were made, when the depth is given" do
    pid, = observed(leak)
    result = attach(pid, "--iterations", "3", "--depth", "2")
    expect(result.output).to match(/<main>  -e:5$/)
    expect(result.output).to match(/pid #{pid}  ruby -e/)
  end

  it "tells the end of the program, with its last numbers" do
    pid, = observed("class Kept; end; $k = Array.new(77) { Kept.new }; puts 'ready'; sleep 1; exit 3")
    result = attach(pid)
    expect([result.code, result.errors]).to eq([0, "memory-tracker-top: process #{pid} ended with status 3\n"])
    expect(result.output).to match(/ended after .*\n(?:.*\n)*?.* 77\s.* Kept$/)
  end

  it "tells the end of a program that was killed" do
    pid, = observed(leak)
    errors, theirs = IO.pipe
    RunTop.start_top("--attach", pid.to_s, "--batch", "--interval", "0.2", env: looking,
                                                                           errors: theirs) do |looker, output|
      theirs.close
      RunTop.line_of(output)
      Process.kill(:KILL, pid)
      expect(status_of(looker)).to be_success
      expect(errors.read).to eq("memory-tracker-top: process #{pid} ended\n")
    end
  end

  it "ends with one sentence when tables cannot be written", if: File.exist?("/dev/full") do
    pid, = observed(leak)
    errors, theirs = IO.pipe
    RunTop.start_top("--attach", pid.to_s, "--batch", "--interval", "0.1", env: looking, errors: theirs,
                                                                           out: "/dev/full") do |looker, _|
      theirs.close
      expect(status_of(looker).exitstatus).to eq(125)
      expect(errors.read).to eq("memory-tracker-top: there are no more tables: No space left on device\n")
    end
    expect(Process.kill(0, pid)).to eq(1)
  end

  it "leaves the program alone when it is interrupted" do
    pid, = observed(leak)
    RunTop.start_top("--attach", pid.to_s, "--batch", "--interval", "0.2", env: looking) do |looker, output|
      RunTop.line_of(output)
      Process.kill(:INT, looker)
      expect(status_of(looker).exitstatus || 130).to eq(130)
    end
    expect(Process.kill(0, pid)).to eq(1)
  end

  describe "what cannot be looked into" do
    def message(pid)
      result = attach(pid)
      expect([result.code, result.output]).to eq([125, ""])
      result.errors[/\Amemory-tracker-top: (.*)\n\z/, 1]
    end

    it "is named when there is no such process" do
      pid = fork { exit! }
      Process.wait(pid)
      expect(message(pid)).to eq("there is no process #{pid}")
    end

    it "is named when it has not loaded the agent" do
      pid, = observed("puts 'ready'; sleep", agent: false)
      expect(message(pid)).to eq("process #{pid} cannot be looked into: it has not loaded memory/tracker/agent")
    end

    it "is named when it has been stopped" do
      pid, = observed(idle)
      Process.kill(:STOP, pid)
      expect(message(pid)).to eq("process #{pid} cannot be looked into: the program does not answer")
      Process.kill(:CONT, pid)
    end

    it "is named when another version answers" do
      path = File.join(@place, "memory-tracker")
      Dir.mkdir(path, 0o700)
      pid = fork { serve_another_version(File.join(path, "#{Process.pid}.sock")) }
      eventually("the socket") { !sockets.empty? }
      expect(message(pid)).to match(/another version of memory-tracker: it speaks version 7 /)
    ensure
      Process.kill(:KILL, pid)
      Process.wait(pid)
    end

    def serve_another_version(path)
      require "socket"
      server = UNIXServer.new(path)
      loop do
        client = server.accept
        # A head, its size, and a version that is not there yet.
        client.write([0x4d54524b, 1].pack("LL"), [16].pack("Q"), [7, Process.pid, 1, 0].pack("L4"))
        client.read
      rescue SystemCallError
        nil
      end
    end

    it "is named when it belongs to another user", if: Process.uid.zero? do
      pid = fork do
        Process::Sys.setuid(Etc.getpwnam("nobody").uid)
        sleep
      end
      eventually("the other user") { File.stat("/proc/#{pid}").uid.positive? }
      expect(message(pid)).to eq("process #{pid} belongs to another user, nobody; only that user can look into it")
    ensure
      Process.kill(:KILL, pid)
      Process.wait(pid)
    end

    it "is refused when it makes no sense" do
      expect(top("--attach", "x").code).to eq(64)
      expect(top("--attach", "0").errors).to include("--attach takes a number from 1 to 2147483647, not 0")
      expect(top("--attach", "1", "ruby").errors).to include("--attach takes no command, and there is ruby")
      expect(top("--attach", "1", "--list").errors).to include("--attach has no effect with --list")
    end
  end

  describe "settings" do
    # The line with the figures of one table.
    def header(pid, *options)
      result = attach(pid, "--iterations", "1", *options)
      expect([result.code, result.errors]).to eq([0, ""])
      result.output.lines.first
    end

    def counting?
      !top("--list").output.include?("(nobody looks)")
    end

    # Attaches until the block has run.
    def attached(pid, *options)
      RunTop.start_top("--attach", pid.to_s, "--batch", "--interval", "0.1", *options, env: looking) do |_, output|
        RunTop.line_of(output)
        yield
      end
    end

    def facts(pid)
      Memory::Tracker::Remote.open(File.join(@place, "memory-tracker", "#{pid}.sock")).snapshot(5).facts
    end

    it "are those that were asked for, and the next client has others" do
      pid, = observed(idle)
      expect(header(pid, "--light")).to match(/ live is exact, retained at most this/)
      eventually("the end of counting") { !counting? }
      expect(header(pid)).to match(/  exact$/)
    end

    it "reach the capture: depth, path interval, existing objects, classes, memory limit" do
      pid, = observed(idle)
      options = %w[--depth 3 --path-interval 7 --no-existing --class Hash --class No::Such --memory-limit 64M]
      attached(pid, *options) do
        facts = facts(pid)
        expect(facts).to include(depth: 3, path_interval: 7, existing: false, awaited_classes: /No::Such/)
        expect(facts[:live_count]).to be < 1000
        expect(facts[:memory_limit]).to eq(64 << 20)
      end
      eventually("the end of counting") { !counting? }
      attached(pid) { expect(facts(pid)).to include(depth: 10, existing: true, memory_limit: 128 << 20) }
    end

    it "are the program's where nothing is asked for, also in a child that is forked meanwhile" do
      pid, output = observed("trap(:USR1) { puts fork { sleep } }; #{idle}")
      attached(pid, "--light") do
        Process.kill(:USR1, pid)
        child = RunTop.line_of(output).to_i
        eventually("the child") { sockets.grep(/#{child}/).any? }
        expect(header(child)).to match(/  exact$/)
        expect(header(child, "--depth", "0")).to match(/  exact$/)
      end
    end

    it "are not changed while there is another client" do
      pid, = observed(idle)
      attached(pid, "--depth", "4", "--class", "Hash") do
        before = facts(pid)[:seconds]
        ["--light", "--depth 5", "--path-interval 2", "--no-existing", "--class Array",
         "--class Hash --class Array"].each do |options|
          result = attach(pid, *options.split)
          expect([result.code, result.output]).to eq([125, ""])
          expect(result.errors).to eq("memory-tracker-top: objects are counted already, with other settings: exact, " \
                                      "depth 4, paths of Hash, with existing\n")
        end
        expect(header(pid, "--depth", "4", "--class", "Hash", "--existing", "--path-interval", "1")).to match(/exact$/)
        expect(facts(pid)).to include(depth: 4, path_interval: 1, existing: true, seconds: be > before)
      end
    end

    it "are not changed in a program that counts by itself" do
      pid, = observed(idle, env: { "MEMORY_TRACKER_START" => "now" })
      result = attach(pid, "--light")
      expect([result.code, result.errors])
        .to eq([125, "memory-tracker-top: objects are counted already, with other settings: exact, depth 10, " \
                     "paths of all classes, with existing\n"])
      expect(header(pid)).to match(/  exact$/)
    end
  end

  describe "two at the same time" do
    it "see the same, and the program goes on uncounted when both have left" do
      pid, = observed(idle)
      first, second = Array.new(2) { Thread.new { attach(pid, "--iterations", "3") } }.map(&:value)
      expect([first.tables, second.tables]).to eq([3, 3])
      eventually("the end of counting") { top("--list").output.include?("(nobody looks)") }
    end
  end

  describe "another user", if: Process.uid.zero? do
    def as_nobody(*command)
      command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command]
      IO.popen(RunTop.clean_environment, command, err: %i[child out], &:read)
    end

    before { skip "there is no setpriv here" unless system("command -v setpriv > /dev/null") }

    it "cannot reach the socket" do
      observed(idle)
      File.chmod(0o755, @place)
      socket = File.join(@place, sockets.first)
      connect = "require 'socket'; begin; UNIXSocket.new(ARGV[0]); puts 'in'; rescue => e; puts e.class; end"
      expect(as_nobody(RbConfig.ruby, "-e", connect, socket)).to eq("Errno::EACCES\n")
    end

    it "is refused by the program even when the directory is open" do
      observed(idle)
      socket = File.join(@place, sockets.first)
      File.chmod(0o755, @place)
      File.chmod(0o755, File.dirname(socket))
      File.chmod(0o777, socket)
      connect = "require 'socket'; puts UNIXSocket.new(ARGV[0]).read[24..]"
      expect(as_nobody(RbConfig.ruby, "-e", connect, socket)).to eq("the program belongs to another user\n")
    end
  end
end
