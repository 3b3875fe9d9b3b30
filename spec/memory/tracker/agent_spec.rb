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
      directory: Dir.pwd, mode: "batch", output: "stderr", command: "a program",
      options: "interval=1.0&sort=growth&limit=1000&depth=0&existing=true", **variables
    }
    env = variables.to_h { |name, value| ["MEMORY_TRACKER_#{name.upcase}", value] }
    env.merge!(clean_environment.merge(env), "RUBYOPT" => "-rmemory/tracker/agent", "RUBYLIB" => lib)
    Open3.capture3(env, ruby, *arguments, stdin_data: "")
  end

  it "reports the process and prints its table" do
    output, errors, status = with_agent("-e", "puts Process.pid")
    expect(status).to be_success
    expect(File.read(output.chomp)).to eq("tracked\n")
    expect(errors).to match(/RETAINED/).and match(/pid #{output.chomp}\b/)
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
      output, = with_agent("-e", "puts Process.pid")
      expect(File.read(output.chomp)).to eq("untracked\n")
    end
  end

  it "gives up with one line when the tracker cannot start" do
    output, errors, status = with_agent("-e", "puts 1; exit 3", options: "sort=nothing")
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
    expect(output).to eq("1\n")
    expect(errors).to include("RETAINED")
  end

  it "takes call paths of the classes that were named, also those that come later, and names those that do not" do
    program = "class Cart; end; class Größe; end; $kept = [Cart.new, Größe.new]; Late = Class.new; $kept << Late.new"
    options = "interval=1.0&sort=growth&limit=1000&depth=3&existing=true&classes=Größe,Late,Cat,Nope"
    lines = with_agent("-e", program, options: options, output: "stdout")[0].force_encoding("UTF-8").lines(chomp: true)
    expect(lines.each_cons(2).to_h.slice(*lines.grep(/ (Größe|Late)$/)).values).to all(match(/100 %  Class#new  -e:1$/))
    expect(lines.grep(/ %  /).size).to eq(2)
    expect(lines).to include("no object was seen of: Cat, Nope")
  end

  describe "in a program of several processes" do
    def tables(program)
      errors = with_agent("-e", "class Outer; end; $outer = Outer.new; #{program}")[1]
      [errors.scan("RETAINED").size, errors]
    end

    it "prints for the first, not for those that it starts" do
      count, errors = tables("system(RbConfig.ruby, '-e', 'class Inner; end; $inner = Inner.new')")
      expect(count).to eq(1)
      expect(errors).to match(/ Outer$/)
    end

    it "does not load the tracker into those" do
      output, = with_agent("-e", "system(RbConfig.ruby, '-e', 'p defined?(Memory)')")
      expect(output).to eq("nil\n")
    end

    it "prints nothing for forked children", unless: SpecSupport.sanitized? do
      count, errors = tables("2.times { fork { exit } }; fork { exit! }; Process.waitall")
      expect(count).to eq(1)
      expect(errors).to match(/ Outer$/)
    end

    it "goes on after an exec" do
      count, errors = tables("exec(RbConfig.ruby, '-e', 'class Inner; end; $inner = Inner.new')")
      expect(count).to eq(1)
      expect(errors).to match(/ Inner$/)
    end

    it "does not trouble a program that becomes a daemon" do
      program = "Process.daemon(true, true); File.write('done', GC.count.to_s)"
      _, errors, status = with_agent("-e", program)
      expect(status).to be_success
      eventually("the daemon") { File.exist?("done") }
      expect(errors.scan("RETAINED").size).to be <= 1
    end
  end

  describe "at the end of a program" do
    it "prints although the program closed its output" do
      program = "class Kept; end; $k = Kept.new; [1, 2].each { |n| IO.for_fd(n).close }"
      expect(with_agent("-e", program)[1]).to match(/ Kept$/)
    end

    it "prints although the program sent its output elsewhere" do
      program = "class Kept; end; $k = Kept.new; $stdout.reopen('log'); $stderr.reopen($stdout); warn 'mine'"
      output, errors, = with_agent("-e", program, output: "stdout")
      expect(output).to match(/ Kept$/)
      expect([errors, File.read("log")]).to eq(["", "mine\n"])
    end

    it "prints after the program's last words" do
      output, = with_agent("-e", "print 'words'; at_exit { print ' last' }", output: "stdout")
      expect(output).to start_with("words last\n").or start_with("words last2")
    end

    it "counts what the program makes in its own end blocks" do
      expect(with_agent("-e", "class Late; end; at_exit { $late = Late.new }")[1]).to match(/ Late$/)
    end

    it "prints nothing when there is no end: exit! and KILL" do
      expect(with_agent("-e", "exit!")[1]).to be_empty
      expect(with_agent("-e", "Process.kill(:KILL, Process.pid); sleep")[1]).to be_empty
    end

    it "prints when an exception ends the program" do
      _, errors, status = with_agent("-e", "class Kept; end; $k = Kept.new; raise 'broken'")
      expect(status.exitstatus).to eq(1)
      expect(errors).to match(/ Kept$/).and include("broken (RuntimeError)")
    end

    it "does not wait for a reader that has left" do
      reader, writer = IO.pipe
      reader.close
      pid = Process.spawn(clean_environment, ruby, RunTop::EXECUTABLE, "--batch", "--interval", "0.1",
                          ruby, "-e", "sleep 0.5; exit 3", out: writer, err: "errors")
      writer.close
      expect(status_of(pid).exitstatus).to eq(3)
      expect(File.read("errors")).to be_empty
    end
  end
end
