# frozen_string_literal: true

require "fileutils"
require "open3"
require "tmpdir"

require_relative "../../support/foreign_extension"
require_relative "cli/run_top"

RSpec.describe "the agent", :top do
  let(:ruby) { RunTop::RUBY }
  let(:lib) { ForeignExtension::LIB }

  around { |example| Dir.mktmpdir("memory tracker ") { |directory| Dir.chdir(directory) { example.run } } }

  # A program with the agent in it, as the launcher starts it.
  def with_agent(*arguments, **variables)
    variables = {
      directory: Dir.pwd, mode: "batch", command: "a program",
      options: "interval=1.0&sort=growth&limit=1000&depth=0&existing=true", **variables
    }
    env = variables.to_h { |name, value| ["MEMORY_TRACKER_#{name.upcase}", value] }
    env.merge!(clean_environment.merge(env), "RUBYOPT" => "-rmemory/tracker/agent", "RUBYLIB" => lib)
    Open3.capture3(env, ruby, *arguments, stdin_data: "")
  end

  it "tells that a Ruby ran, prints nothing, and leaves its last numbers" do
    output, errors, status = with_agent("-e", "puts Process.pid")
    expect(status).to be_success
    expect(errors).to be_empty
    expect(Dir.children(".")).to contain_exactly("reported", "#{output.chomp}.final")
  end

  it "does nothing when its launcher is gone" do
    expect(with_agent("-e", "p defined?(Memory)", directory: "/no/such").take(2)).to eq(["nil\n", ""])
  end

  describe "in a Ruby that the extension was not built for" do
    let(:lib) { ForeignExtension.make(File.join(Dir.pwd, "foreign")) }

    it "says so and leaves the program alone" do
      output, errors, status = with_agent("-e", "p defined?(Memory); exit 3")
      expect([output, status.exitstatus]).to eq(["nil\n", 3])
      expect(errors).to eq("memory-tracker: #{ForeignExtension::MESSAGE}; the program runs untracked\n")
    end

    it "says so once, whatever the program starts" do
      program = "system(RbConfig.ruby, '-e', '1'); exec(RbConfig.ruby, '-e', '1')"
      expect(with_agent("-e", program)[1].lines.size).to eq(1)
    end

    it "has reported, so that nobody says that no Ruby did" do
      with_agent("-e", "1")
      expect(Dir.children(".")).to include("reported")
    end
  end

  it "gives up with one line when the tracker cannot start" do
    output, errors, status = with_agent("-e", "puts 1; exit 3", options: "depth=-1")
    expect([output, status.exitstatus]).to eq(["1\n", 3])
    expect(errors).to match(/\Amemory-tracker: .*; the program runs untracked\n\z/)
  end

  it "loads nothing into the program but the tracker" do
    [[], ["--disable-gems"]].each do |options|
      program = [*options, "-e", "puts $LOADED_FEATURES"]
      plain = IO.popen([clean_environment, ruby, *program], &:readlines)
      added = with_agent(*program)[0].lines - plain
      expect(added).not_to be_empty
      expect(added.grep_v(%r{/memory/tracker[./]|/rbconfig\.rb$})).to be_empty
    end
  end

  it "gives no warnings" do
    expect(with_agent("-w", "-e", "exit")[1]).not_to include("warning")
  end

  it "uses the tracker that the program has already" do
    FileUtils.mkdir("copy")
    FileUtils.cp_r(File.join(lib, "memory"), "copy")
    program = "require 'memory/tracker'; puts $LOADED_FEATURES.grep(/memory_tracker\\.[a-z]+$/).size"
    output, errors, = with_agent("-Icopy", "-e", program)
    expect([output, errors]).to eq(["1\n", ""])
    expect(Dir.glob("*.final").size).to eq(1)
  end

  it "takes call paths of the classes that were named, also those that come later, and names those that do not" do
    program = "class Cart; end; class Größe; end; $kept = [Cart.new, Größe.new]; Late = Class.new; $kept << Late.new"
    options = ["--limit", "1000", "--depth", "3", *%w[Größe Late Cat Nope].flat_map { |name| ["--class", name] }]
    lines = top("--batch", *options, ruby, "-e", program).output.lines(chomp: true)
    expect(lines.each_cons(2).to_h.slice(*lines.grep(/ (Größe|Late)$/)).values).to all(match(/100 %  <main>  -e:1$/))
    expect(lines.grep(/ %  /).size).to eq(2)
    expect(lines).to include("no object was seen of: Cat, Nope")
  end

  # The numbers that a program in one process leaves at its end.
  def last_table(*arguments)
    top("--batch", "--limit", "1000", ruby, *arguments)
  end

  it "has no thread in the program but for what --gc and --light need" do
    counts = [[], %w[--gc 60], %w[--light]].map do |options|
      top("--batch", *options, ruby, "-e", "$stderr.puts Thread.list.size").errors
    end
    expect(counts).to eq(%W[1\n 2\n 2\n])
  end

  it "leaves Ruby's report of a deadlock, and the end of all threads, to the program" do
    result = last_table("-e", "Thread.new { sleep 0.1 }; Thread.list.each { |t| t.join unless t == Thread.main }; " \
                              "Thread::Queue.new.pop")
    expect([result.code, result.errors]).to match([1, /No live threads left. Deadlock\?/])
    expect(result.tables).to be >= 1
  end

  it "does not write into files of a program that closes all it finds" do
    program = "3.upto(255) { |i| IO.for_fd(i).close rescue nil }; mine = Array.new(4) { |i| File.open(i.to_s, 'w') }"
    program += "; 8.times { mine.each { |f| f.puts 1; f.flush rescue nil }; sleep 0.1 }"
    top("--batch", "--interval", "0.2", ruby, "-e", program)
    expect((0..3).map { |i| File.read(i.to_s).include?("RETAINED") }).to all(be(false))
  end

  describe "at the end of a program" do
    it "leaves its numbers although it closed its output" do
      program = "class Kept; end; $k = Kept.new; [1, 2].each { |n| IO.for_fd(n).close }"
      expect(last_table("-e", program).rows).to include("Kept")
    end

    it "leaves its numbers although it sent its output elsewhere" do
      program = "class Kept; end; $k = Kept.new; $stdout.reopen('log'); $stderr.reopen($stdout); warn 'mine'"
      result = last_table("-e", program)
      expect(result.rows).to include("Kept")
      expect([result.errors, File.read("log")]).to eq(["", "mine\n"])
    end

    it "has said its last words before the table" do
      expect(last_table("-e", "print 'words'; at_exit { print ' last' }").output).to start_with("words last2")
    end

    it "counts what it makes in its own end blocks" do
      expect(last_table("-e", "class Late; end; at_exit { $late = Late.new }").rows).to include("Late")
    end

    it "leaves nothing when there is no end: exit! and KILL" do
      expect(with_agent("-e", "exit!")[1]).to be_empty
      with_agent("-e", "Process.kill(:KILL, Process.pid); sleep")
      expect(Dir.glob("*.final")).to be_empty
    end

    it "leaves its numbers when an exception ends it" do
      result = last_table("-e", "class Kept; end; $k = Kept.new; raise 'broken'")
      expect(result.code).to eq(1)
      expect(result.rows).to include("Kept")
      expect(result.errors).to include("broken (RuntimeError)")
    end
  end
end
