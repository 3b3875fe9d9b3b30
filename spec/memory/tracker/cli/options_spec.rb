# frozen_string_literal: true

require "memory/tracker/agent/settings"
require "memory/tracker/cli"

RSpec.describe Memory::Tracker::CLI::Options do
  def parse(*arguments)
    described_class.parse(arguments)
  end

  def refusal(*arguments)
    parse(*arguments)
    nil
  rescue described_class::Error => e
    e.message
  end

  it "takes everything from the first word that is no option as the command" do
    options = parse("--batch", "ruby", "--version", "--sort", "x")
    expect(options.command).to eq(%w[ruby --version --sort x])
    expect(options).to be_batch
  end

  it "takes everything after -- as the command" do
    expect(parse("--", "--odd", "name").command).to eq(%w[--odd name])
  end

  it "leaves the arguments that it was given alone" do
    arguments = %w[--interval 3 ruby -v].freeze
    expect(described_class.parse(arguments).command).to eq(%w[ruby -v])
  end

  it "has defaults for a first look" do
    expect(parse("ruby").to_s).to eq("limit=20&existing=true")
    expect(parse("ruby")).not_to be_batch
  end

  it "hands over what it was told" do
    arguments = %w[--interval 0.5 --iterations=3 --sort alloc --limit 7 --depth 128 --path-interval 16 --gc 10
                   --no-existing --no-mouse --no-settings ruby]
    text = described_class.parse(arguments, unseen: ->(_options) { "there is no terminal" }).to_s
    expect(text.split("&")).to contain_exactly(
      "interval=0.5", "iterations=3", "sort=alloc", "limit=7", "depth=128", "path_interval=16",
      "gc=10.0", "existing=false", "mouse=false", "settings=false"
    )
  end

  it "takes the last of several values" do
    expect(described_class.parse(%w[--interval 5 --interval 0.5 --batch ruby]).settings).to include(interval: 0.5)
  end

  it "runs a command, or does one of the things that need none" do
    expect(parse("ruby").action).to eq(:launch)
    expect(parse("--list").action).to eq(:list)
    expect(parse("--attach", "4711")).to have_attributes(action: :attach, attach: 4711, record: nil)
    expect(parse("--attach", "1", "--record", "file")).to have_attributes(action: :attach, record: "file")
    expect(parse("--replay", "file")).to have_attributes(action: :replay, replay: "file")
  end

  it "refuses to do two of them, or one of them with a command" do
    expect(refusal("--attach", "1", "ruby")).to eq("--attach takes no command, and there is ruby")
    expect(refusal("--list", "ruby")).to eq("--list takes no command, and there is ruby")
    expect(refusal("--list", "--replay", "file")).to eq("--replay has no effect with --list")
    expect(refusal("--replay", "file", "--record", "other")).to eq("--record has no effect with --replay")
    expect(refusal("--record", "file", "--same-process", "ruby")).to eq("--record has no effect with --same-process")
    expect(refusal("--attach", "-3")).to eq("--attach takes a number from 1 to 2147483647, not -3")
    expect(refusal("--attach", "puma")).to eq("invalid argument: --attach puma")
  end

  it "takes call paths of the classes that are named, ten frames of each when nothing else is said" do
    options = parse("--class", "Shop::Session", "--class=Größe", "--class", "Shop::Session", "ruby")
    expect(options.to_s.b).to end_with("&classes=Shop::Session,Größe".b).and include("depth=10")
    expect(parse("--class", "Hash", "--depth", "3", "ruby").to_s).to include("depth=3").and include("classes=Hash")
  end

  it "tells what was asked for from what is so by itself" do
    expect(parse("--attach", "1").start).to eq({})
    expect(parse("--attach", "1", "--class", "Hash").start).to eq(classes: ["Hash"])
    expect(parse("--attach", "1", "--light", "--depth", "3", "--existing").start)
      .to eq(mode: :light, depth: 3, existing: true)
  end

  it "asks only where it matters whether there is a terminal for the viewer" do
    asked = 0
    unseen = ->(_options) { (asked += 1) && nil }
    [%w[--batch ruby], %w[--list], %w[--help], %w[--attach 1 --batch]].each do |arguments|
      described_class.parse(arguments, unseen: unseen)
    end
    expect { described_class.parse([], unseen: unseen) }.to raise_error(described_class::Error)
    expect(asked).to eq(0)
    described_class.parse(%w[ruby], unseen: unseen)
    expect(asked).to eq(1)
  end

  it "takes options of tables where the viewer cannot be shown, but no file for output" do
    unseen = ->(_options) { "there is no terminal" }
    expect(described_class.parse(%w[--limit 3 --no-mouse ruby], unseen: unseen).settings).to include(limit: 3)
    expect { described_class.parse(%w[--output file ruby], unseen: unseen) }
      .to raise_error(described_class::Error, "--output has no effect without the viewer, and there is no terminal")
  end

  it "takes a memory limit with a unit" do
    sizes = %w[64M 8388608 9000k 2G 16MB].map { |text| parse("--memory-limit", text, "ruby").settings[:memory_limit] }
    expect(sizes).to eq([64 << 20, 8 << 20, 9000 << 10, 2 << 30, 16 << 20])
    expect(parse("--memory-limit", "64M", "ruby").to_s).to include("memory_limit=67108864")
    handed = Memory::Tracker::Agent::Settings.parse(parse("--memory-limit", "64M", "ruby").to_s)
    expect(handed.slice(*Memory::Tracker::Agent::Settings::CAPTURE)).to eq(existing: true, memory_limit: 64 << 20)
    expect(parse("--attach", "1", "--memory-limit", "64M").start).to eq(memory_limit: 64 << 20)
    expect(Memory::Tracker::CLI::OptionTable::MEMORY.begin).to eq(Memory::Tracker::Capture::MEMORY_LEAST)
  end

  it "refuses a memory limit that is none" do
    ["7M", "0", "-64M", "64X", "M", "much", "9999999999999G", "1e9", "64M\n1", ""].each do |text|
      expect(refusal("--memory-limit", text, "ruby"))
        .to eq("--memory-limit takes a size from 8M to 1024G, such as 64M, not #{text}")
    end
  end

  it "can ask for a light capture" do
    expect(parse("--light", "--depth", "3", "ruby").to_s.split("&")).to include("mode=light", "existing=true")
  end

  it "answers a question instead of asking for a command" do
    expect(parse("--version").answer).to eq("memory-tracker-top #{Memory::Tracker::VERSION}")
    expect(parse("--help").answer).to start_with("Usage: memory-tracker-top ")
  end

  it "names every option in the help, in lines that fit a terminal" do
    help = parse("--help").answer
    expect(help).to include("--batch", "--interval SECONDS", "--iterations N", "--sort COLUMN", "--limit N",
                            "--depth N", "--class NAME", "--path-interval N", "--light", "--gc SECONDS",
                            "--[no-]existing", "--no-settings", "--help", "--version")
    expect(help.lines.map { |line| line.chomp.size }.max).to be <= 80
  end

  it "keeps a command that is no valid text" do
    command = ["\xff".dup.force_encoding("UTF-8"), "--\xfe"]
    expect(parse("--batch", *command).command).to eq(command)
  end

  {
    [] => "there is no command to run",
    %w[--batch] => "there is no command to run",
    %w[--nope ruby] => "invalid option: --nope",
    %w[--interval] => "missing argument: --interval",
    %w[--interval soon ruby] => "invalid argument: --interval soon",
    %w[--interval 0.09 ruby] => "--interval takes a number from 0.1 to 86400.0, not 0.09",
    %w[--interval=-1 ruby] => "--interval takes a number from 0.1 to 86400.0, not -1.0",
    %w[--iterations 0 ruby] => "--iterations takes a number from 1 to 1000000000, not 0",
    %w[--iterations 1.5 ruby] => "invalid argument: --iterations 1.5",
    %w[--sort size ruby] => "invalid argument: --sort size",
    %w[--limit 0 ruby] => "--limit takes a number from 1 to 1000000, not 0",
    %w[--depth 129 ruby] => "--depth takes a number from 0 to 128, not 129",
    %w[--depth=-1 ruby] => "--depth takes a number from 0 to 128, not -1",
    %w[--path-interval 0 ruby] => "--path-interval takes a number from 1 to 1000000, not 0",
    %w[--class foo ruby] => "--class takes the name of a class, such as Shop::Session, not foo",
    %w[--class A,B ruby] => "--class takes the name of a class, such as Shop::Session, not A,B",
    %w[--class ::A ruby] => "--class takes the name of a class, such as Shop::Session, not ::A",
    ["--class", "A\n", "ruby"] => "--class takes the name of a class, such as Shop::Session, not A\n",
    ["--class", "A\xff", "ruby"] => "--class takes the name of a class, such as Shop::Session, not A\ufffd",
    %w[--class A --depth 0 ruby] => "--class asks for call paths, and --depth 0 for none",
    %w[--path-interval 2 --depth 0 ruby] => "--path-interval asks for call paths, and --depth 0 for none",
    %w[--path-interval 2 --batch ruby] => "--path-interval has no effect on tables without --depth or --class",
    %w[--overwrite ruby] => "--overwrite has no effect without --record",
    %w[--limit 3 ruby] => "--limit has no effect without --batch",
    %w[--attach 4294967296] => "--attach takes a number from 1 to 2147483647, not 4294967296",
    %w[--light --path-interval 2 ruby] => "--light takes its samples by itself, and no --path-interval",
    %w[--no-existing --light ruby] => "--light always counts objects from before the start, and takes no --no-existing",
    %w[--gc 0 ruby] => "--gc takes a number from 0.1 to 86400.0, not 0.0"
  }.each do |arguments, message|
    it "refuses #{arguments.empty? ? "an empty command line" : arguments.join(" ").dump}" do
      expect(refusal(*arguments)).to eq(message)
    end
  end
end
