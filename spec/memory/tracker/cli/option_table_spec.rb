# frozen_string_literal: true

require "stringio"
require "tmpdir"

require "memory/tracker/cli"
require "memory/tracker/agent/screen"
require "memory/tracker/agent/serve"

# Each option in each mode: what reaches those who count and show is another with it, or it is refused.
RSpec.describe Memory::Tracker::CLI::OptionTable do
  around do |example|
    Dir.mktmpdir do |folder|
      @folder = folder
      example.run
    end
  end

  # What leads to a mode, and an option that belongs to no mode but chooses one.
  modes = {
    launch: [[], %w[true]],
    same_process: [%w[--same-process], %w[true]],
    launch_unseen: [[], %w[true]],
    launch_batch: [%w[--batch], %w[true]],
    attach: [%w[--attach 4711], []],
    attach_unseen: [%w[--attach 4711], []],
    attach_batch: [%w[--attach 4711 --batch], []],
    replay: [%w[--replay recording], []],
    replay_unseen: [%w[--replay recording], []],
    replay_batch: [%w[--replay recording --batch], []],
    list: [%w[--list], []]
  }
  choosing = %i[batch same_process attach replay list]

  # An option as it is given, and what it needs beside it.
  samples = {
    per_process: [%w[--per-process], []],
    interval: [%w[--interval 7], []],
    iterations: [%w[--iterations 7], []],
    sort: [%w[--sort alloc], []],
    limit: [%w[--limit 7], []],
    mouse: [%w[--no-mouse], []],
    settings: [%w[--no-settings], []],
    output: [%w[--output FOLDER/output], []],
    wait: [%w[--no-wait], []],
    depth: [%w[--depth 7], []],
    classes: [%w[--class Shop::Session], []],
    path_interval: [%w[--path-interval 7], %w[--depth 3]],
    memory_limit: [%w[--memory-limit 64M], []],
    mode: [%w[--light], []],
    gc: [%w[--gc 7], []],
    existing: [%w[--no-existing], []],
    record: [%w[--record FOLDER/new], []],
    overwrite: [%w[--overwrite], %w[--record FOLDER/there]]
  }

  let(:handed) { [] }
  let(:errors) { StringIO.new }

  def run(mode, arguments)
    [Memory::Tracker::TUI, Memory::Tracker::Program].each do |screen|
      allow(screen).to receive(:problem).and_return(mode.end_with?("_unseen") ? "there is none" : nil)
    end
    stub_program
    stub_tables
    stub_agent
    stub_remote
    allow(Memory::Tracker::Recording).to receive(:open).and_return(shown(damage: nil))
    Memory::Tracker::CLI.run(arguments.map { |word| word.sub("FOLDER", @folder) }, output: StringIO.new, errors: errors)
  end

  # A program in the launcher's viewer, and whatever the agent reads in it.
  def stub_program
    allow(Memory::Tracker::Program).to receive(:new) do |_command, environment, options|
      variables = environment.to_h { |variable| variable.split("=", 2) }
      Memory::Tracker::Agent::Serve.new(variables)
      handed << options.except(:directory)
      instance_double(Memory::Tracker::Program, start: nil, run: 0)
    end
    allow(Process).to receive(:spawn).and_wrap_original do |spawn, environment, *command|
      in_program(environment)
      spawn.call({}, *command)
    end
  end

  # The launcher's tables of a program.
  def stub_tables
    tables = instance_double(Memory::Tracker::Batch, started: nil, hurry: nil, stop: nil, ended: nil, run: nil)
    allow(Memory::Tracker::Batch).to receive(:new) { |_directory, _fd, options| handed << options and tables }
  end

  def in_program(environment)
    return Memory::Tracker::Agent::Screen.start(environment) if environment["MEMORY_TRACKER_MODE"] == "screen"

    handed << environment.except("MEMORY_TRACKER_DIRECTORY")
  end

  def stub_agent
    allow(Memory::Tracker::Capture).to receive(:new) do |**options|
      handed << options
      instance_double(Memory::Tracker::Capture, start: nil)
    end
    allow(Memory::Tracker::Server).to receive(:new)
    allow(Memory::Tracker::TUI).to receive(:start) do |_capture, **options|
      # The viewer has left: the launcher waits for that.
      File.delete(options.delete(:marker))
      handed << options
    end
  end

  def stub_remote
    # No process of a launched program lives on, for the end of which its launcher would wait.
    allow(Memory::Tracker::Remote).to receive(:processes) do |directory = ""|
      File.basename(directory).start_with?(Memory::Tracker::CLI::RunDirectory::PREFIX) ? [] : [[4711, "socket"]]
    end
    allow(Memory::Tracker::Remote).to receive(:open).and_return(shown(start: ->(settings, _) { handed << settings }))
  end

  # What can be shown, and tells how.
  def shown(start: nil, **others)
    sink = double("sink", **others)
    allow(sink).to receive(:start, &start) if start
    allow(sink).to receive(:collect)
    allow(sink).to receive(:view) { |options| handed << options and :left }
    allow(sink).to receive(:print) { |_fd, options| handed << options and nil }
    sink
  end

  it "is asked here about each option" do
    expect(samples.keys + choosing).to match_array(described_class::ALL.map(&:key))
    expect(modes.keys).to match_array(described_class::MODES)
    expect(described_class::ALL.flat_map(&:modes) - described_class::MODES).to be_empty
  end

  described_class::ALL.reject { |option| choosing.include?(option.key) }.each do |option|
    option_arguments, needed = samples.fetch(option.key)

    modes.each do |mode, (before, command)|
      with = [*before, *needed, *option_arguments, *command]
      without = [*before, *needed, *command]
      # Where there is no terminal for the viewer its options are let pass.
      let_pass = mode.end_with?("_unseen") && !option.modes.include?(:"#{mode[/[a-z]+/]}_batch")

      if !option.modes.include?(mode)
        it "refuses #{with.join(" ")} as #{mode}" do
          expect(run(mode, with)).to eq(64)
          expect(errors.string).to match(/\Amemory-tracker-top: --\S+ has no effect with.*; see .* --help\n\z/)
          expect([handed, Dir.children(@folder)]).to eq([[], []])
        end
      elsif let_pass
        it "lets #{with.join(" ")} pass as #{mode}, and says that there is no viewer" do
          expect(run(mode, with)).to eq(0)
          expect(errors.string).to include("tables on stderr instead of the viewer, because there is none")
        end
      elsif option.key == :overwrite
        it "replaces a file by #{with.join(" ")} as #{mode}, and not without" do
          File.write(File.join(@folder, "there"), "")
          expect([run(mode, without), handed]).to eq([64, []])
          expect(run(mode, with)).to eq(0)
          expect(handed).not_to be_empty
        end
      else
        it "hands over #{with.join(" ")} as #{mode}" do
          expect(run(mode, without)).to eq(0)
          plain = handed.dup
          handed.clear
          expect(run(mode, with)).to eq(0)
          expect(handed).not_to eq(plain)
        end
      end
    end
  end

  ["--list --batch", "--list --same-process", "--list --attach 1", "--list --replay file", "--attach 1 --replay file",
   "--attach 1 --same-process", "--replay file --same-process", "--batch --same-process true"].each do |line|
    it "refuses #{line}" do
      expect(run(:launch, line.split)).to eq(64)
      expect(errors.string).to match(/\Amemory-tracker-top: --\S+ has no effect with .*\n\z/)
      expect(handed).to be_empty
    end
  end
end
