# frozen_string_literal: true

require_relative "run_top"
require_relative "../../../support/observed"

RSpec.describe "memory-tracker-top --record and --replay" do
  include Observed

  let(:file) { File.join(@place, "recording") }

  # Records a program that keeps 20 objects more each time, up to its end.
  def record(*options)
    pid, = observed(<<~RUBY)
      class Kept; end
      $kept = []
      puts "ready"
      loop { 20.times { $kept << Kept.new }; sleep 0.05 }
    RUBY
    result = top("--attach", pid.to_s, "--batch", "--interval", "0.1", "--iterations", "8", "--record", file, *options)
    expect(result.code).to eq(0)
    result
  end

  def replay(*options, interval: 0.1)
    top("--replay", file, "--batch", "--interval", interval.to_s, "--limit", "1000", *options)
  end

  it "prints the same tables again" do
    recorded = record("--limit", "1000")
    played = replay
    expect([played.code, played.errors]).to eq([0, ""])
    expect(played.tables).to be_between(6, 8)
    expect(played.rows["Kept"]).to eq(recorded.rows["Kept"])
    expect(File.stat(file).mode & 0o777).to eq(0o600)
  end

  it "prints fewer of them when asked to" do
    record
    expect(replay(interval: 0.4).tables).to be_between(1, 3)
    expect(replay("--iterations", "2").tables).to eq(2)
  end

  it "plays up to the damage, and says where it is" do
    record
    size = File.size(file)
    File.truncate(file, size - 3)
    played = replay
    expect(played.code).to eq(0)
    expect(played.tables).to be_between(5, 7)
    expect(played.errors).to match(/\Amemory-tracker-top: the recording is damaged at byte \d+ of #{size - 3}; /)
  end

  it "refuses what is no recording, and does not write over it" do
    File.write(file, "important")
    expect([replay.code, replay.errors])
      .to eq([125, "memory-tracker-top: #{file} cannot be shown: it is no recording\n"])
    result = top("--batch", "--record", file, "--overwrite", *program)
    expect([result.code, result.output, result.errors])
      .to eq([125, "", "memory-tracker-top: #{file} is there already and is no recording, so it is left as it is\n"])
    expect([File.read(file), started?]).to eq(["important", false])
  end

  # A program that tells by a file that it was started.
  let(:program) { [RbConfig.ruby, "-e", "File.write(#{File.join(@place, "started").dump}, ''); GC.start"] }

  def started?
    File.exist?(File.join(@place, "started"))
  end

  describe "a file that is there" do
    [["--batch"], []].each do |how|
      it "is not overwritten unasked by a program that is run #{how.first || "without --batch"}" do
        record
        before = File.binread(file)
        result = top(*how, "--record", file, *program)
        expect([result.code, result.output]).to eq([64, ""])
        expect(result.errors).to eq("memory-tracker-top: --record makes a new file, and #{file} exists; --overwrite " \
                                    "replaces a recording; see memory-tracker-top --help\n")
        expect([File.binread(file), started?]).to eq([before, false])
      end
    end

    it "is not overwritten unasked by what is attached to, which does not begin to count" do
      record
      before = File.binread(file)
      pid, = observed("puts 'ready'; sleep")
      result = top("--attach", pid.to_s, "--batch", "--record", file)
      expect([result.code, result.errors]).to match([64, a_string_including("#{file} exists")])
      expect(File.binread(file)).to eq(before)
      expect(top("--list").output).to match(/^ *#{pid} .*nobody looks/)
    end

    it "is replaced with --overwrite" do
      record
      before = replay.output[/  pid \d+/]
      expect(top("--batch", "--record", file, "--overwrite", *program).code).to eq(0)
      expect(replay.output).to match(/  pid \d+/)
      expect(replay.output[/  pid \d+/]).not_to eq(before)
      expect(Dir.children(@place).grep(/recording/)).to eq(["recording"])
    end

    it "stays as it is when the command does not exist" do
      record
      before = File.binread(file)
      expect(top("--batch", "--record", file, "--overwrite", "./nothing").code).to eq(127)
      expect(File.binread(file)).to eq(before)
      expect(Dir.children(@place).grep(/recording/)).to eq(["recording"])
    end
  end

  describe "a file that cannot be written" do
    it "keeps the program from being started" do
      [%w[--batch], []].each do |how|
        result = top(*how, "--record", "/no/such/file", *program)
        expect([result.code, result.output, result.errors, started?])
          .to eq([125, "", "memory-tracker-top: /no/such/file cannot be written: No such file or directory\n", false])
      end
    end

    it "keeps a process from being counted" do
      pid, = observed("puts 'ready'; sleep")
      result = top("--attach", pid.to_s, "--batch", "--record", "/no/such/file")
      expect([result.code, result.errors])
        .to eq([125, "memory-tracker-top: /no/such/file cannot be written: No such file or directory\n"])
      expect(top("--list").output).to match(/^ *#{pid} .*nobody looks/)
    end
  end

  it "leaves no file behind when nothing was recorded" do
    expect(top("--batch", "--record", file, "./nothing").code).to eq(127)
    result = top("--attach", Process.pid.to_s, "--batch", "--record", file)
    expect([result.code, File.exist?(file)]).to eq([125, false])
  end

  it "says that there is no such file" do
    expect(replay.errors).to eq("memory-tracker-top: #{file} cannot be shown: No such file or directory\n")
  end

  it "records a program that is run" do
    program = "class Kept; end; $k = Array.new(77) { Kept.new }; GC.start"
    result = top("--batch", "--record", file, "--limit", "1000", RbConfig.ruby, "-e", program)
    expect(result.code).to eq(0)
    expect(replay.rows["Kept"]).to eq(result.rows["Kept"]).and match(/\A\s+77\b/)
    expect(replay.output).to match(%r{ pid \d+  /\S+})
  end

  it "goes on recording in a file of its own when the program is killed" do
    pid, = observed("puts 'ready'; sleep")
    RunTop.start_top("--attach", pid.to_s, "--batch", "--interval", "0.1", "--record", file,
                     env: looking) do |looker, output|
      RunTop.line_of(output)
      Process.kill(:KILL, looker)
      status_of(looker)
    end
    expect(Memory::Tracker::Recording.open(file).damage).to be_nil
  end

  describe Memory::Tracker::Recording do
    subject(:recording) { described_class.open(file) }

    before { record }

    it "has snapshots, each at its time" do
      expect(recording.count).to be >= 8
      kept = Array.new(recording.count) { |index| recording.snapshot(index)["Kept"].live_count }
      expect(kept).to eq(kept.sort)
      expect(kept.last).to be > kept.first
      times = Array.new(recording.count) { |index| recording.seconds(index) }
      expect(times.first).to eq(0)
      expect(times).to eq(times.sort)
    end

    it "knows when there is none" do
      expect { recording.snapshot(1000) }.to raise_error(IndexError, /there are \d+ snapshots/)
      expect { recording.seconds(-1) }.to raise_error(IndexError)
    end

    it "does not tell the end of a program that nobody has seen end" do
      expect([recording.how, recording.damage]).to eq([nil, nil])
    end
  end
end
