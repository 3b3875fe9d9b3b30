# frozen_string_literal: true

require "fileutils"
require "tmpdir"

require_relative "../../../support/batch_table"
require_relative "run_top"

RSpec.describe "memory-tracker-top --batch with several processes", :top do
  let(:ruby) { RunTop::RUBY }
  let(:options) { ["--batch", "--interval", "0.3", "--limit", "1000"] }

  around { |example| Dir.mktmpdir("mt") { |directory| Dir.chdir(directory) { example.run } } }

  def tables_of(*arguments, **more)
    result = top(*options, *arguments, **more)
    [BatchTable.all(result.output), result]
  end

  # A program with two children that keep objects each, until a file is there.
  let(:cluster) do
    <<~RUBY
      class Kept; end
      $kept = Array.new(10) { Kept.new }
      pids = [100, 1000].map { |n| fork { $0 = "worker of \#{n}"; $kept.concat(Array.new(n) { Kept.new }); sleep } }
      trap(:TERM) { pids.each { |pid| Process.kill(:TERM, pid) }; Process.waitall; exit }
      $stdout.syswrite("\#{pids.join(" ")}\\n")
      sleep
    RUBY
  end

  # Runs the program until a table matches, and ends it. Gives the block that table; returns all that was printed.
  def watch(*arguments, want:, program: cluster)
    start_top(*options, *arguments, ruby, "-e", program) do |pid, output|
      reader = RunTop::Transcript.new(output)
      found = nil
      eventually("such a table") do
        found = BatchTable.all(reader.text).reverse.find { |table| want.call(table) }
      end
      yield found, pid, reader
      Process.kill(:TERM, pid)
      expect(status_of(pid).exitstatus).to eq(0)
      return reader.finished
    end
  end

  it "has a line for each, and the sum of all", unless: SpecSupport.sanitized? do
    ready = ->(table) { table.processes.size == 3 && table.live("Kept") == 1130 }
    text = watch(want: ready) do |table, _|
      expect(table.header).to match(/\A\S+ \S+  3 processes  #{Regexp.escape(ruby[0, 10])}.*  exact\z/)
      lives = table.processes.values.map { |cells| cells[2].delete(",").to_i }
      expect(table.header[/live ([\d,]+)/, 1].delete(",").to_i).to eq(lives.sum)
      expect(table.processes.values.map(&:last)).to match([/\A#{Regexp.escape(ruby)} -e .*  exact\z/,
                                                           "worker of 100  exact", "worker of 1000  exact"])
    end
    last = BatchTable.all(text).last
    expect(last.header).to match(/3 processes .*ended after/)
    expect(last.live("Kept")).to eq(1130)
    expect(last.processes.values.map(&:last)).to match([/  ended with status 0\z/, *[/  ended by SIGTERM\z/] * 2])
  end

  it "prints a table for each, too, with --per-process", unless: SpecSupport.sanitized? do
    ready = ->(table) { table.header.include?("  worker of 1000  ") && table.rows.key?("Kept") }
    text = watch("--per-process", want: ready) do |table, _|
      expect(table.live("Kept")).to eq(1010)
    end
    last = BatchTable.all(text).last(4)
    expect(last.map { |table| table.header[/  (?:pid|\d+ processes)/] }).to eq(["  3 processes", *["  pid"] * 3])
    expect(last.map { |table| table.live("Kept") }).to eq([1130, 10, 110, 1010])
  end

  it "goes on with those that answer when one is stopped, and says so", unless: SpecSupport.sanitized? do
    ready = ->(table) { table.processes.size == 3 && table.live("Kept") == 1130 }
    watch(want: ready) do |table, _, reader|
      stopped = table.processes.keys.last
      Process.kill(:STOP, stopped)
      seen = reader.size
      late = eventually("tables without an answer") do
        tables = BatchTable.all(reader.since(seen))
        found = tables.select { |each| each.processes[stopped]&.last&.match?(/does not answer; its numbers are of \d/) }
        found.last if found.size > 2
      end
      expect(late.live("Kept")).to eq(1130)
    ensure
      Process.kill(:CONT, stopped)
    end
  end

  it "names one that was killed, with its last numbers, and takes it out of the sum", unless: SpecSupport.sanitized? do
    ready = ->(table) { table.processes.size == 3 && table.live("Kept") == 1130 }
    program = cluster.sub("sleep\n", "Process.wait; sleep\n").sub("Process.waitall", "Process.waitall rescue nil")
                     .sub("Process.kill(:TERM, pid) }", "(Process.kill(:TERM, pid) rescue nil) }")
    watch(program: program, want: ready) do |table, _, reader|
      killed = table.processes.keys.last
      seen = reader.size
      Process.kill(:KILL, killed)
      named = eventually("the one that was killed") do
        BatchTable.all(reader.since(seen)).find { |each| each.processes[killed]&.last&.include?("ended") }
      end
      expect(named.processes[killed].last).to match(/ended by a signal, exit! or exec; its numbers are of \d/)
      expect(named.processes[killed][2]).to eq(table.processes[killed][2])
      expect(named.header).to include("  2 processes  ")
      expect(named.live("Kept")).to eq(120)
    end
  end

  it "follows a daemon, and says so", unless: SpecSupport.sanitized? do
    program = "class Kept; end; Process.daemon(true, true); $k = Array.new(99) { Kept.new }; sleep 1.5; exit 4"
    tables, result = tables_of(ruby, "-e", program)
    expect(result.code).to eq(0)
    expect(result.errors)
      .to match(/\Amemory-tracker-top: the program ended with status 0; process \d+ goes on, and so do the tables\n\z/)
    daemon = result.errors[/process (\d+)/, 1]
    expect(tables.last.header).to match(/  pid #{daemon}  .*ended after/)
    expect(tables.last.live("Kept")).to eq(99)
  end

  it "leaves a daemon and its folder at a signal, so that it can be attached to", unless: SpecSupport.sanitized? do
    env = { "TMPDIR" => Dir.pwd, "XDG_RUNTIME_DIR" => nil }
    daemon = nil
    start_top(*options, ruby, "-e", "Process.daemon(true, true); sleep 60", env: env, errors: "err") do |pid, _|
      daemon = eventually("the daemon") { File.read("err")[/process (\d+) goes on, and/, 1] }
      Process.kill(:TERM, pid)
      expect(status_of(pid).exitstatus).to eq(0)
    end
    expect(File.read("err"))
      .to end_with("process #{daemon} goes on; memory-tracker-top --attach #{daemon} looks into it\n")
    looked = top("--attach", daemon, "--batch", "--iterations", "1", "--interval", "0.1", env: env)
    expect(looked.tables).to eq(1), looked.inspect
    Process.kill(:KILL, daemon.to_i)
    eventually("its end") { !File.exist?("/proc/#{daemon}") || File.read("/proc/#{daemon}/stat").include?(") Z") }
    top("--batch", "true", env: env)
    expect(Dir.glob("**/run-*")).to be_empty
  end

  it "can be attached to, and refuses what it does not do", unless: SpecSupport.sanitized? do
    env = { "TMPDIR" => Dir.pwd, "XDG_RUNTIME_DIR" => nil }
    start_top("--batch", ruby, "-e", "$stdout.syswrite(\"\#{$$}\\n\"); sleep", env: env) do |_, output|
      pid = line_of(output).chomp
      attach = ->(*more) { top("--attach", pid, "--batch", "--iterations", "1", "--interval", "0.1", *more, env: env) }
      expect([attach.call.code, attach.call("--depth", "0", "--existing").code]).to eq([0, 0])
      [["--light"], ["--depth", "3"], ["--no-existing"]].each do |settings|
        refused = attach.call(*settings)
        expect([refused.code, refused.output]).to eq([125, ""])
        expect(refused.errors).to include("are counted already, with other settings: exact, depth 0, ")
      end
      expect([attach.call("--gc", "1")].map { |each| [each.code, each.output, each.errors] })
        .to match([[125, "", /with --batch and without --gc/]])
    end
  end

  it "has a table at the interval, no matter how many programs a shell runs", unless: SpecSupport.sanitized? do
    script = "for i in 1 2 3 4 5 6; do #{ruby} -e 'class Kept; end; $k = Kept.new'; done; sleep 1; exit 7"
    tables, result = tables_of("--iterations", "1", "--interval", "0.9", "sh", "-c", script)
    expect([result.code, tables.size]).to eq([7, 2]).or eq([7, 1])
    # The only one in a table is named in its header.
    named = tables.flat_map { |table| [*table.processes.keys, *table.header[/  pid (\d+)  /, 1]&.to_i] }
    expect(named.uniq.size).to eq(6)
    expect(tables.map { |table| table.live("Kept") }.sum).to be >= 6
  end

  it "names the first of many short-lived ones, and counts the others", unless: SpecSupport.sanitized? do
    program = "100.times { Process.wait(fork { exit }) }; warn $$; sleep 0.7"
    tables, result = tables_of(ruby, "-e", program)
    expect(result.code).to eq(0)
    ended = tables.flat_map { |table| table.processes.values.select { |cells| cells.last.end_with?("with status 0") } }
    more = tables.flat_map(&:more).sum { |line| line[/and (\d+) more ha/, 1].to_i }
    expect(ended.reject { |cells| cells.first == result.errors.chomp }.size + more).to eq(100)
    expect(tables.map { |table| table.processes.size }.max).to be <= 18
  end

  it "sums fifty at a time", unless: SpecSupport.sanitized? do
    program = "class Kept; end; pids = 49.times.map { fork { $k = Kept.new; sleep } }; " \
              "trap(:TERM) { pids.each { |pid| Process.kill(:TERM, pid) }; Process.waitall; exit }; sleep"
    text = watch(program: program, want: ->(table) { table.live("Kept") == 49 }) do |table, _|
      expect(table.processes.size).to eq(50)
    end
    # All of them are named when they have ended, in the last table or in one before.
    named = BatchTable.all(text).flat_map do |table|
      table.processes.select do |_, cells|
        cells.last.end_with?("SIGTERM")
      end.keys
    end
    expect(named.uniq.size).to eq(49)
  end

  it "has the call paths of all processes together", unless: SpecSupport.sanitized? do
    program = cluster.gsub("sleep }", "GC.start; sleep }")
    watch("--depth", "3", program: program, want: ->(table) { table.live("Kept") == 1130 }) do |_, _, reader|
      expect(reader.text).to match(/^     1,100 .*%  block \(3 levels\) in <main>  -e:3$/)
    end
  end

  it "records their sum", unless: SpecSupport.sanitized? do
    ready = ->(table) { table.processes.size == 3 && table.live("Kept") == 1130 }
    watch("--record", "sum.rec", want: ready) { nil }
    replayed = top("--replay", "sum.rec", "--batch", "--limit", "1000", "--interval", "0.1")
    last = BatchTable.all(replayed.output).last
    expect(last.live("Kept")).to eq(1130)
    expect(last.header).to include("  3 processes of ")
  end

  it "runs full collections in all of them with --gc", unless: SpecSupport.sanitized? do
    watch("--gc", "0.3", want: ->(table) { table.rows.key?("Kept") && table.rows["Kept"][0] == "1,130" }) do |table, _|
      expect(table.processes.values.map { |cells| cells[3] }).to all(match(/\A[\d,]+\z/))
    end
  end

  it "goes on while the reader of the tables does not read, and ends by a signal all the same" do
    input, output = IO.pipe
    command = [ruby, RunTop::EXECUTABLE, *options, "--interval", "0.1", ruby, "-e",
               "trap(:TERM) { File.write('done', ''); exit 3 }; " \
               "names = Array.new(900) { |i| Object.const_set(\"C\#{i}\", Class.new).new }; n = 0; " \
               "loop { File.write('n', (n += 1).to_s); sleep 0.05 }"]
    pid = Process.spawn(clean_environment, *command, out: output, err: File::NULL, pgroup: true)
    output.close
    eventually("a full pipe") { File.exist?("n") && File.read("n").to_i > 60 }
    before = SpecSupport.now
    Process.kill(:TERM, pid)
    expect(status_of(pid).exitstatus).to eq(3)
    expect(SpecSupport.now - before).to be < 4
    expect(File).to exist("done")
  ensure
    end_group(pid)
    input.close
  end

  it "waits for a slow reader where no signal has come" do
    input, output = IO.pipe
    pid = Process.spawn(clean_environment, ruby, RunTop::EXECUTABLE, *options, ruby, "-e",
                        "$k = Array.new(3000) { |i| Object.const_set(\"C\#{i}\", Class.new).new }",
                        out: output, err: File::NULL, pgroup: true)
    output.close
    text = +""
    loop do
      text << input.readpartial(5000)
      sleep 0.01
    rescue EOFError
      break
    end
    expect(status_of(pid).exitstatus).to eq(0)
    expect(text.scan(/ C\d+$/).uniq.size).to be > 900
  ensure
    end_group(pid)
  end
end
