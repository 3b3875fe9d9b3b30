# frozen_string_literal: true

require "fileutils"
require "stringio"
require "tmpdir"

require "memory/tracker/cli"

require_relative "run_top"

RSpec.describe Memory::Tracker::CLI::Launcher, :top do
  let(:ruby) { RunTop::RUBY }

  around do |example|
    Dir.mktmpdir("memory tracker ") { |directory| Dir.chdir(directory) { example.run } }
  end

  # An executable file in a directory with a space in its name.
  def script(name, text, mode: 0o755)
    File.write(name, text)
    File.chmod(mode, name)
    File.expand_path(name)
  end

  describe "the exit status" do
    it "is the program's" do
      expect(top(ruby, "-e", "exit 0").code).to eq(0)
      expect(top(ruby, "-e", "exit 3").code).to eq(3)
      expect(top("--batch", ruby, "-e", "exit! 4").code).to eq(4)
      expect(top(ruby, "-e", "abort 'no'").code).to eq(1)
    end

    it "is what the program decides at the very end" do
      expect(top(ruby, "-e", "at_exit { exit 9 }; exit 1").code).to eq(9)
    end

    it "is 128 and the signal that ended it" do
      expect(top(ruby, "-e", "Process.kill(:TERM, Process.pid); sleep").code).to eq(143)
      expect(top(ruby, "-e", "Process.kill(:KILL, Process.pid); sleep").code).to eq(137)
      expect(top("sh", "-c", "kill -SEGV $$").code).to eq(139)
    end

    it "is 127 for a command that does not exist" do
      result = top("--batch", "./not/there")
      expect(result.errors).to eq("memory-tracker-top: cannot run ./not/there: there is no such command\n")
      expect([result.code, top("no-such-command-anywhere").code, top("").code]).to eq([127, 127, 127])
    end

    it "is 126 for a command that cannot be executed" do
      file = script("plain", "text", mode: 0o644)
      expect(top("--batch", file).errors).to eq("memory-tracker-top: cannot run #{file}: it is not executable\n")
      expect([top(file).code, top(Dir.pwd).code]).to eq([126, 126])
      expect(top(Dir.pwd).errors).to end_with(": it is a directory\n")
    end

    it "is 126 for a script whose interpreter is missing" do
      result = top(script("odd", "#!/no/such/interpreter\n"))
      expect([result.code, result.errors]).to match([126, /its interpreter does not exist$/])
    end

    it "is 64 for bad options, with one line and a hint" do
      result = top("--sort", "a\nb\e[1m", "ruby")
      expect(result.code).to eq(64)
      expect(result.errors).to eq(
        "memory-tracker-top: invalid argument: --sort a\\nb\\e[1m; see memory-tracker-top --help\n"
      )
      expect([top.code, top("--nope").code]).to eq([64, 64])
    end

    it "is 125 when there is no place for its files" do
      allow(Dir).to receive(:mktmpdir).and_raise(ArgumentError, "could not find a temporary directory")
      errors = StringIO.new
      expect(Memory::Tracker::CLI.run(["--batch", ruby, "-e", "1"], errors: errors)).to eq(125)
      expect(errors.string).to eq("memory-tracker-top: could not find a temporary directory\n")
    end
  end

  describe "--help and --version" do
    it "say why they cannot be printed", if: File.exist?("/dev/full") do
      pid = Process.spawn(clean_environment, ruby, RunTop::EXECUTABLE, "--help", out: "/dev/full", err: "errors")
      expect(status_of(pid).exitstatus).to eq(125)
      expect(File.read("errors")).to eq("memory-tracker-top: No space left on device\n")
    end

    it "go to stdout" do
      expect(top("--help").output).to start_with("Usage:")
      expect(top("--version").output).to eq("memory-tracker-top #{Memory::Tracker::VERSION}\n")
    end

    it "do not mind a reader that has left" do
      reader, writer = IO.pipe
      reader.close
      pid = Process.spawn(clean_environment, ruby, RunTop::EXECUTABLE, "--help", out: writer, err: "errors")
      writer.close
      expect(status_of(pid).exitstatus).to eq(0)
      expect(File.read("errors")).to be_empty
    end
  end

  describe "the tables" do
    let(:program) { "class Kept; end; Kept.freeze; $kept = Array.new(1_234) { Kept.new }; GC.start" }

    it "go to stdout with --batch" do
      result = top("--batch", "--limit", "1000", ruby, "-e", program)
      expect(result.rows["Kept"]).to match(/^\s*1,234\b.*\b1,234\b/)
      expect(result.errors).to be_empty
    end

    it "are of full collections with --gc, also where the program has disabled GC" do
      result = top("--batch", "--gc", "0.2", "--interval", "0.2", ruby, "-e", "GC.disable; sleep 1.5")
      expect(result.output.scan(/gc \d+\+\d+/).uniq.size).to be > 2
    end

    it "go to stderr without it, and leave every byte of the program's output alone" do
      noise = "srand 1; $stdout.binmode; 300.times { $stdout.write(Random.bytes(1_000)) }"
      plain = IO.popen([clean_environment, ruby, "-e", noise], "rb", &:read)
      result = top("--interval", "0.1", "--limit", "1000", ruby, "-e", "#{program}; #{noise}; sleep 0.5")
      expect(result.output.b).to eq(plain)
      expect(result.rows(result.errors)["Kept"]).to match(/^\s*1,234\b/)
    end

    it "have no escape codes, on a pipe and without" do
      expect(top("--batch", ruby, "-e", "1").output).not_to match(/\e/)
    end

    it "come at the interval, as many as asked for, and once more at the end" do
      result = top("--batch", "--interval", "0.1", "--iterations", "2", ruby, "-e", "sleep 1.5; puts 'went on'")
      expect(result.tables).to eq(3)
      expect(result.output.index("went on")).to be < result.output.rindex("RETAINED")
    end

    it "are sorted and cut as asked for" do
      classes = top("--batch", "--sort", "class", "--limit", "5", ruby, "-e", "1").rows.keys
      expect(classes.size).to eq(5)
      expect(classes).to eq(classes.sort)
    end

    it "count what was there before the program, unless told otherwise" do
      with, without = [[], ["--no-existing"]].map do |options|
        top("--batch", "--limit", "1000", *options, ruby, "-e", "1").rows
      end
      expect(with).to include("Encoding")
      expect(without).not_to include("Encoding")
    end

    it "say what a light capture knows and what it estimates" do
      program = "100.times { 1000.times { [1] }; sleep 0.005 }; $kept = Array.new(500) { Struct.new(:a) }; sleep 0.5"
      result = top("--batch", "--light", "--interval", "0.2", "--sort", "alloc", ruby, "-e", program)
      expect(result.output).to match(/  light: live is exact, .* estimated from \d+ of \d+$/)
      expect(result.output).to match(/ \d\S*\*  Array$/)
      expect(result.rows.fetch("Class")).not_to be_empty
    end

    it "follow full garbage collections that they have run" do
      majors = "n = GC.stat(:major_gc_count); sleep 1.5; puts GC.stat(:major_gc_count) - n"
      result = top("--interval", "0.1", "--gc", "0.2", ruby, "-e", majors)
      expect(result.output.to_i).to be >= 2
    end

    it "end with one sentence when they cannot be written, and the program goes on", if: File.exist?("/dev/full") do
      program = "sleep 0.5; $stderr.puts 'went on'; exit 3"
      command = [ruby, RunTop::EXECUTABLE, "--batch", "--interval", "0.1", ruby, "-e", program]
      pid = Process.spawn(clean_environment, *command, out: "/dev/full", err: %w[errors a])
      expect(status_of(pid).exitstatus).to eq(3)
      expect(File.read("errors"))
        .to eq("memory-tracker-top: there are no more tables: No space left on device\nwent on\n")
    end

    it "end without a word when their reader has left" do
      input, keys = IO.pipe
      start_top("--batch", "--interval", "0.1", ruby, "-e", "gets; exit 3", in: input, errors: "err") do |pid, output|
        line_of(output)
        output.close
        [input, keys].each(&:close)
        expect(status_of(pid).exitstatus).to eq(3)
      end
      expect(File.read("err")).to be_empty
    end

    it "name the program as it was started" do
      expect(top("--batch", ruby, "-e", "1").output.lines.first).to include("#{ruby} -e 1"[0, 20])
    end
  end

  describe "the program" do
    it "reads the standard input" do
      expect(top(ruby, "-e", "print gets, $stdin.read", input: "one\ntwo\n").output).to eq("one\ntwo\n")
    end

    it "gets its own options" do
      result = top("--limit", "3", "--", ruby, "-e", "p ARGV", "--", "--batch", "-x")
      expect(result.output).to eq(%(["--batch", "-x"]\n))
    end

    it "inherits open files" do
      File.write("data", "from a file")
      File.open("data") do |file|
        expect(top(ruby, "-e", "print IO.for_fd(9).read", 9 => file).output).to eq("from a file")
      end
    end

    it "keeps what RUBYOPT and RUBYLIB said" do
      FileUtils.mkdir_p("my lib")
      File.write("my lib/mine.rb", "MINE = 1")
      env = { "RUBYOPT" => "-W0 -rmine", "RUBYLIB" => File.expand_path("my lib") }
      expect(top(ruby, "-e", "p MINE, $VERBOSE", env: env).output).to eq("1\nnil\n")
    end

    it "may be a script with a path with a space" do
      path = script("my program", "#!#{ruby}\nclass Kept; end\n$kept = Kept.new\n")
      expect(top("--batch", "--limit", "1000", path).rows).to include("Kept")
    end

    it "may be a shell script that runs several Rubies" do
      path = script("several", "#!/bin/sh\n#{ruby} -e 'class One; end; $o = One.new'\n" \
                               "#{ruby} -e 'class Two; end; $o = Two.new'\nexit 6\n")
      result = top("--batch", "--limit", "1000", path)
      expect(result.code).to eq(6)
      expect(result.output).to match(/ One$/).and match(/ Two$/)
    end

    it "may run under bundle exec" do
      File.write("Gemfile", "")
      result = top("--batch", "--limit", "1000", ruby, Gem.bin_path("bundler", "bundle"), "exec", ruby, "-e",
                   "class Kept; end; $kept = Kept.new; puts defined?(Bundler)",
                   env: { "BUNDLE_GEMFILE" => File.expand_path("Gemfile") })
      expect(result.errors).not_to include("memory-tracker")
      expect(result.output).to include("constant\n")
      expect(result.rows).to include("Kept")
    end

    it "may be no Ruby at all, which costs one line" do
      result = top("--batch", "sh", "-c", "echo hello; exit 5")
      expect([result.code, result.output]).to eq([5, "hello\n"])
      expect(result.errors).to eq(
        "memory-tracker-top: no Ruby reported, so there was nothing to count: sh -c echo hello; exit 5\n"
      )
    end

    it "is told nothing about Rubies when one has reported" do
      expect(top("--batch", "sh", "-c", "#{ruby} -e 'exit!'; exit 5").errors).to be_empty
    end
  end

  it "leaves no files behind, however the program ends" do
    env = { "TMPDIR" => Dir.pwd, "XDG_RUNTIME_DIR" => nil }
    ["exit 1", "exit!", "Process.kill(:KILL, $$); sleep", "File.write(ENV['MEMORY_TRACKER_DIRECTORY'] + '/x', '')",
     "require 'fileutils'; FileUtils.rm_r(ENV['MEMORY_TRACKER_DIRECTORY'])"].each do |program|
      top(ruby, "-e", program, env: env)
    end
    top("./nothing", env: env)
    expect(Dir.glob("**/*").grep_v(/\Amemory-tracker-\d+\z/)).to be_empty
  end

  it "keeps its files to itself" do
    mode = top(ruby, "-e", "puts File.stat(ENV['MEMORY_TRACKER_DIRECTORY']).mode.to_s(8)").output
    expect(mode).to eq("40700\n")
  end
end
