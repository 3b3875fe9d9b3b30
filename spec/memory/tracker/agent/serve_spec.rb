# frozen_string_literal: true

require_relative "../cli/run_top"
require_relative "../../../support/observed"

RSpec.describe "require \"memory/tracker/agent\"" do
  include Observed

  let(:idle) { "puts 'ready'; sleep" }

  # What the program's code prints after its first line, to its end.
  def output_of(source, **options)
    pid, output = observed("puts 'ready'\n#{source}", **options)
    text = output.read
    [text, status_of(pid)]
  end

  def directory
    File.join(@place, "memory-tracker")
  end

  it "makes a program observable that does not count until somebody looks" do
    pid, = observed(idle)
    expect(sockets).to eq(["memory-tracker/#{pid}.sock"])
    expect(File.stat(directory).mode & 0o777).to eq(0o700)
    expect(top("--list").output).to match(/^\s*#{pid}\s+–\s+–\s+–\s+–\s+.*\(nobody looks\)$/)
  end

  it "counts from the start when MEMORY_TRACKER_START is now" do
    program = "class Kept; end; $k = Array.new(5) { Kept.new }; #{idle}"
    pid, = observed(program, env: { "MEMORY_TRACKER_START" => "now" })
    numbers = /[\d,]+\s+(?:–|≤?[\d,]+)\s+\d+:\d\d/
    expect(top("--list").output).to match(/^\s*#{pid}\s+#{RUBY_VERSION}\s+#{numbers}\s+ruby -e$/)
  end

  it "says what is wrong with MEMORY_TRACKER_START, and the program runs" do
    text, status = output_of("puts 1", env: { "MEMORY_TRACKER_START" => "soon" })
    expect(status).to be_success
    expect(text).to eq("ready\n1\n").or eq("1\n")
  end

  it "gives one line when no socket can be made, and the program runs" do
    File.write(directory, "")
    pid, output = observed("puts 'ready'; exit 3")
    text = output.read
    expect(text).to eq("ready\n")
    expect(status_of(pid).exitstatus).to eq(3)
  end

  it "does not go into a directory that others can enter" do
    Dir.mkdir(directory)
    File.chmod(0o777, directory)
    _, output = observed("puts 'ready'; exit")
    output.read
    expect(sockets).to be_empty
  end

  it "is not led elsewhere by a symbolic link" do
    Dir.mkdir(File.join(@place, "elsewhere"), 0o700)
    File.symlink("elsewhere", directory)
    _, output = observed("puts 'ready'; exit")
    output.read
    expect(sockets).to be_empty
  end

  it "leaves the result of the program as it is" do
    expect(output_of("abort 'broken'").then { |text, status| [text, status.exitstatus] }).to eq(["broken\n", 1])
    expect(output_of("Process.kill(:TERM, $$); sleep")[1].termsig).to eq(15)
    expect(output_of("exit! 4")[1].exitstatus).to eq(4)
  end

  describe "when the program ends" do
    ["", "exit 3", "raise 'x'", "abort", "Process.kill(:TERM, $$); sleep"].each do |ending|
      it "leaves no socket behind after #{ending.empty? ? "its last line" : ending}" do
        output_of(ending)
        expect(sockets).to be_empty
      end
    end

    ["exit!", "Process.kill(:KILL, $$); sleep", "exec('true')"].each do |ending|
      it "leaves a socket after #{ending} that the next look removes" do
        output_of(ending)
        expect(top("--list").errors).to eq("memory-tracker-top: no process of this user can be looked into\n")
        expect(sockets).to be_empty
      end
    end

    it "serves again after an exec of another Ruby" do
      script = "$stdout.sync = true; puts 'again'; sleep"
      again = [RbConfig.ruby, "-I", Observed::LIB, "-rmemory/tracker/agent", "-e", script]
      pid, output = observed("puts 'ready'; exec(*#{again})")
      expect(RunTop.line_of(output)).to eq("again\n")
      expect(sockets).to eq(["memory-tracker/#{pid}.sock"])
      expect(top("--attach", pid.to_s, "--batch", "--iterations", "1", "--interval", "0.1").tables).to eq(1)
    end
  end

  describe "a program that forks" do
    let(:go) { File.join(@place, "go") }
    let(:wait_for_go) { "sleep 0.05 until File.exist?(#{go.dump})" }

    it "has each of its processes served", unless: SpecSupport.sanitized? do
      _, _, line = observed("pids = 3.times.map { fork { sleep } }; puts pids.join(' '); sleep")
      pids = line.split
      listed = eventually("all of them") { (list = top("--list").output.scan(/^\s*(\d+)/).flatten).size == 4 && list }
      expect(listed).to include(*pids)
      looked = top("--attach", pids.last, "--batch", "--iterations", "1", "--interval", "0.1")
      expect(looked.tables).to eq(1), looked.inspect
    end

    it "leaves nothing behind after 200 forks" do
      text, status = output_of(<<~RUBY)
        before = Dir.children("/proc/self/fd").size
        200.times { |n| Process.wait(fork { n.odd? ? exit! : exit }) }
        puts Dir.children("/proc/self/fd").size - before
        puts Thread.list.map(&:name).compact
      RUBY
      expect([text, status.success?]).to eq(["0\nmemory-tracker\n", true])
      expect(sockets).to be_empty
    end

    it "is found when it has become a daemon" do
      file = File.join(@place, "pid")
      observed("puts 'ready'; Process.daemon(true, true); File.write(#{file.dump}, $$); sleep")
      pid = eventually("the daemon") { File.exist?(file) && File.read(file)[/\d+/] }
      expect(sockets).to include("memory-tracker/#{pid}.sock")
      expect(top("--list").output.scan(/^\s*(\d+)/).flatten).to eq([pid])
    ensure
      Process.kill(:KILL, pid.to_i) if pid
    end

    it "does not keep the connections of its parent open in a child" do
      pid, = observed("puts 'ready'; fork { sleep }; #{wait_for_go}; fork { sleep }; sleep")
      RunTop.start_top("--attach", pid.to_s, "--batch", "--interval", "0.2", env: looking) do |looker, output|
        RunTop.line_of(output)
        FileUtils.touch(go)
        eventually("the children") { sockets.size == 3 }
        Process.kill(:KILL, pid)
        expect(status_of(looker)).to be_success
      end
    end

    it "counts in a child only when somebody looks at that one" do
      pid, = observed("puts 'ready'; #{wait_for_go}; fork { sleep }; sleep")
      RunTop.start_top("--attach", pid.to_s, "--batch", "--interval", "0.2", env: looking) do |_, output|
        RunTop.line_of(output)
        FileUtils.touch(go)
        eventually("the child") { sockets.size == 2 }
        expect(top("--list").output.scan("(nobody looks)").size).to eq(1)
      end
    end
  end

  it "shows the title that a process has given itself" do
    program = "$0 = \"worker 3\\e[2J\"; puts 'ready'; loop { sleep 0.05; Object.new }"
    observed(program, env: { "MEMORY_TRACKER_START" => "now" })
    expect(eventually("the title") { top("--list").output[/worker 3.*/] }).to eq("worker 3\\e[2J")
  end

  describe "a program that has a name to do harm with" do
    def listed(name, env = {})
      pid, = observed(idle, "-e", "$0 = #{name.dump}; require 'memory/tracker/agent'", agent: false, env: env)
      top("--list").output[/^ *#{pid} .*/]
    end

    it "is listed in one harmless line" do
      names = { "\e[2J\e]0;mine\a" => "\\e[2J\\e]0;mine\\a", "two\r\nlines" => "two\\r\\nlines",
                "turned \u202E\u2066\u0085" => "turned \\u202E\\u2066\\u0085", "bad \xFF\x9B1m" => "bad ??1m" }
      names.each do |name, harmless|
        expect(listed(name)).to end_with("  #{harmless} (nobody looks)")
        expect(listed(name, "MEMORY_TRACKER_START" => "now")).to end_with(" ruby #{harmless}")
      end
    end

    it "is listed in a short line" do
      expect(listed("x" * 10_000).size).to be < 300
      expect(listed("x" * 10_000, "MEMORY_TRACKER_START" => "now").size).to be < 300
    end
  end

  it "answers while the program is in a long call" do
    pid, = observed("puts 'ready'; 'a' * 40 =~ /(a*)*b/; sleep", env: { "MEMORY_TRACKER_START" => "now" })
    expect(top("--attach", pid.to_s, "--batch", "--iterations", "2", "--interval", "0.1").tables).to eq(2)
  end

  it "survives a program that ends all its threads" do
    pid, = observed("(Thread.list - [Thread.current]).each(&:kill).each(&:join); puts 'ready'; sleep",
                    env: { "MEMORY_TRACKER_START" => "now" })
    result = top("--attach", pid.to_s, "--batch", "--iterations", "1", "--interval", "0.1")
    expect([result.code, result.errors])
      .to eq([125, "memory-tracker-top: the program has ended the thread that would do it\n"])
  end
end
