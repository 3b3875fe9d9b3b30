# frozen_string_literal: true

require "stringio"

require "memory/tracker/cli"

require_relative "run_top"
require_relative "../../../support/observed"

RSpec.describe Memory::Tracker::CLI::List do
  include Observed

  # What --list says of a process, but for its command.
  def listed(pid)
    line = top("--list").output[/^ *#{pid} .*/]
    %i[pid ruby live retained up].zip(line.split).to_h
  end

  # Starts a program that loads the agent when it wants to, and is counted from then on.
  def counting(source, options: "")
    pid, = observed(source, agent: false,
                            env: { "MEMORY_TRACKER_START" => "now", "MEMORY_TRACKER_OPTIONS" => options })
    pid
  end

  def number(text)
    Integer(text.delete(","), 10)
  end

  def seconds(text)
    text.split(":").inject(0) { |sum, part| (sum * 60) + Integer(part, 10) }
  end

  describe "what is retained" do
    let(:kept) { "class Kept; end; $k = Array.new(5000) { Kept.new }" }

    it "is unknown before a full collection was seen" do
      pid = counting("GC.disable; require 'memory/tracker/agent'; #{kept}; puts 'ready'; sleep")
      columns = listed(pid)
      expect(columns[:retained]).to eq("–")
      expect(number(columns[:live])).to be > 5000
    end

    it "is a number after full collections" do
      pid = counting("require 'memory/tracker/agent'; #{kept}; 2.times { GC.start }; puts 'ready'; sleep")
      columns = listed(pid)
      expect(columns[:retained]).to match(/\A\d{1,3}(?:,\d{3})+\z/)
      expect(number(columns[:retained])).to be_between(5000, number(columns[:live]))
    end

    it "is marked where it is an upper bound" do
      pid = counting("require 'memory/tracker/agent'; #{kept}; puts 'ready'; loop { GC.start; sleep 0.05 }",
                     options: "mode=light")
      retained = eventually("a full collection") { listed(pid)[:retained].then { |text| text unless text == "–" } }
      expect(retained).to match(/\A≤\d{1,3}(?:,\d{3})+\z/)
    end

    it "is nothing for certain where the upper bound is nothing" do
      facts = { runtime: "ruby 3.4.1", live_count: 7, retained_count: 0, retained_bound: true, major_gcs_seen: 1,
                uptime: 61.0, seconds: 1.0, command: "app" }
      snapshot = instance_double(Memory::Tracker::Snapshot, facts: facts)
      remote = instance_double(Memory::Tracker::Remote, running?: true, snapshot: snapshot, close: nil)
      allow(Memory::Tracker::Remote).to receive_messages(processes: [[4711, "socket"]], open: remote)
      described_class.new(output: output = StringIO.new).run
      expect(output.string.lines.last.split).to eq(%w[4711 3.4.1 7 0 1:01 app])
    end
  end

  it "tells for how long a process has run, not for how long it was counted" do
    before = now
    pid = counting("sleep 3; require 'memory/tracker/agent'; puts 'ready'; sleep")
    up = seconds(listed(pid)[:up])
    expect(up).to be_between(3, (now - before).ceil)
  end
end
