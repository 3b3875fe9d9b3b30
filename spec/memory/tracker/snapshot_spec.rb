# frozen_string_literal: true

require_relative "../../support/heap"

RSpec.describe Memory::Tracker::Snapshot do
  let(:capture) { Memory::Tracker::Capture.new(**options) }
  let(:options) { {} }
  let(:klass) { stub_const("SnapshotOfThis", Class.new) }

  before { klass && capture.start }

  after { capture.stop }

  def make(count, of: klass)
    Array.new(count) { of.new }
  end

  it "has the counts of a class by its name, and does not change" do
    kept = make(3)
    snapshot = capture.snapshot
    kept.concat(make(2))
    expect(snapshot["SnapshotOfThis"]).to have_attributes(new_count: 3, live_count: 3, free_count: 0, retained_count: 0)
    expect(capture.snapshot["SnapshotOfThis"].live_count).to eq(kept.size)
    expect(snapshot["SnapshotOfThis"].to_h).to include(name: "SnapshotOfThis", new_count: 3)
    expect(snapshot["NoSuchClass"]).to be_nil
  end

  it "agrees with the capture" do
    make(100)
    capture.snapshot
    Heap.without_gc do
      snapshot = capture.snapshot
      rows = snapshot.rows.sum(&:live_count)
      facts = snapshot.facts
      expect(rows).to eq(facts[:live_count])
      expect(facts[:new_count] - facts[:free_count]).to eq(facts[:live_count])
      expect(capture.live_count).to be_between(facts[:live_count], facts[:live_count] + 20_000)
    end
  end

  it "keeps the number of a class over snapshots" do
    make(1)
    first = capture.snapshot["SnapshotOfThis"]
    make(1)
    expect(capture.snapshot["SnapshotOfThis"].id).to eq(first.id)
    rows = capture.snapshot.rows
    expect(rows.map(&:id).uniq.size).to eq(rows.size)
  end

  it "tells hidden, anonymous and unloaded classes from others" do
    kept = make(1) + make(1, of: Class.new)
    snapshot = capture.snapshot
    expect(snapshot["SnapshotOfThis"]).to have_attributes(internal?: false, anonymous?: false, unloaded?: false)
    anonymous = snapshot.select(&:anonymous?)
    expect(anonymous.map(&:name)).to include(/\A#<Class:0x\h+>\z/)
    expect(snapshot.rows.select(&:internal?).map(&:name)).to all(start_with("("))
    expect(kept.size).to eq(2)
  end

  describe "of classes without a name" do
    # Names of classes => their origins.
    def origins(*classes)
      kept = classes.map(&:new)
      rows = capture.snapshot.rows.to_h { |row| [row.name, row.origin] }
      expect(kept.size).to eq(classes.size)
      classes.map { |each| rows[each.to_s] }
    end

    context "with call paths" do
      let(:options) { { depth: 2 } }

      it "has the line that made each of them" do
        made = [Class.new, klass.dup, Class.new(klass) { attr_reader :name }, Struct.new(:a)]
        place = "#{__FILE__}:#{__LINE__ - 1}"
        expect(origins(*made, klass)).to eq([place, place, place, place, nil])
      end

      it "has no line of a class from before the start" do
        old = Class.new(klass)
        capture.clear
        expect(origins(old)).to eq(["SnapshotOfThis"])
      end

      it "has none any more once there is a name" do
        late = Class.new
        expect(origins(late)).to eq(["#{__FILE__}:#{__LINE__ - 1}"])
        stub_const("NamedLater", late)
        expect(origins(late)).to eq([nil])
      end

      it "has the same line after a compaction and when the class is gone" do
        kept = Class.new.new
        line = "#{__FILE__}:#{__LINE__ - 1}"
        3.times { GC.compact }
        expect(capture.snapshot.rows.map(&:origin)).to include(line)
        expect(kept).not_to be_nil
      end
    end

    it "has the nearest class above them that has a name" do
      below = Class.new(Class.new(klass) { prepend Module.new }) { include Comparable }
      expect(origins(below, Class.new, Class.new(BasicObject), Struct.new(:a))).to eq(
        ["SnapshotOfThis", nil, nil, "Struct"]
      )
    end
  end

  it "leaves out hidden objects when it goes through the classes" do
    all = Memory::Tracker::Capture.new(existing: true).tap(&:start)
    expect(all.snapshot.rows.map(&:name)).to include("(internal T_DATA)")
    expect(all.snapshot.map(&:name)).to include("String").and(satisfy { |names| names.grep(/\A\(/).empty? })
    expect(all.snapshot.each).to be_an(Enumerator)
    all.stop
  end

  it "names a class that got its name after its first object" do
    late = Class.new
    make(1, of: late)
    expect(capture.snapshot.map(&:name)).not_to include("NamedLate")
    stub_const("NamedLate", late)
    expect(capture.snapshot["NamedLate"].new_count).to eq(1)
  end

  it "names a class by its module once that has a name" do
    outer = Module.new
    inner = outer.const_set(:Inner, Class.new(klass))
    make(1, of: inner)
    expect(capture.snapshot.map(&:name)).to include(/\A#<Module:0x\h+>::Inner\z/)
    stub_const("OuterLate", outer)
    expect(capture.snapshot["OuterLate::Inner"]&.new_count).to eq(1)
    expect(capture.snapshot.map(&:name)).not_to include(/\A#<Module/)
  end

  it "shows what a class that is gone has left" do
    Heap.away do
      200.times { Class.new.new }
      nil
    end
    3.times { GC.start }
    Array.new(500) { Class.new.new }
    snapshot = capture.snapshot
    unloaded = snapshot.rows.select { |row| row.name == "(unloaded classes)" || row.unloaded? }
    expect(unloaded.sum(&:free_count)).to be > 150
    expect(snapshot.facts[:new_count]).to eq(snapshot.rows.sum(&:new_count))
  end

  it "has facts about the process" do
    GC.start
    facts = capture.snapshot.facts
    expect(facts).to include(pid: Process.pid, lost: 0, dropped: 0, events_dropped: 0, inexact_reason: nil)
    expect(facts[:runtime]).to include(RUBY_VERSION)
    expect(facts[:time]).to be_within(5).of(Time.now)
    expect(facts[:seconds]).to be_between(0, 60)
    expect(facts[:uptime]).to be_a(Float).and be >= facts[:seconds]
    expect(facts[:major_gcs]).to eq(GC.stat(:major_gc_count))
    expect(facts[:minor_gcs]).to eq(GC.stat(:minor_gc_count))
    expect(facts[:heap_live_slots]).to be_between(1, facts[:heap_slots])
    expect(facts[:tracker_bytes]).to be_between(1, 1 << 30)
    expect(facts[:major_gcs_seen]).to be >= 1
  end

  it "is exact as the capture is" do
    expect([capture.snapshot.exact?, capture.exact?]).to eq([true, true])
  end

  it "can be taken after the stop" do
    kept = make(4)
    capture.stop
    make(1)
    expect(capture.snapshot["SnapshotOfThis"].live_count).to eq(kept.size)
    GC.start
    expect(capture.snapshot["SnapshotOfThis"].live_count).to eq(kept.size)
  end

  it "cannot be made by hand" do
    expect { described_class.new }.to raise_error(TypeError)
    expect { described_class.allocate }.to raise_error(TypeError)
  end

  it "outlives its capture" do
    snapshot = Heap.away do
      other = Memory::Tracker::Capture.new.tap(&:start)
      kept = make(5)
      other.stop
      kept && other.snapshot
    end
    3.times { GC.start }
    expect(snapshot["SnapshotOfThis"].new_count).to eq(5)
    expect(snapshot.bytes.bytesize).to be > 100
  end

  context "with call paths" do
    let(:options) { { depth: 10 } }

    it "has the same counts for classes" do
      kept = make(30) + Array.new(5) { klass.new }
      expect(capture.snapshot["SnapshotOfThis"].live_count).to eq(kept.size)
      rows = capture.snapshot.rows
      expect(rows.sum(&:new_count)).to be > kept.size
    end
  end

  context "when it is read by many threads while the program works" do
    let(:options) { { depth: 5 } }

    it "never shows fewer than nothing" do
      readers = Array.new(4) do
        Thread.new { Array.new(30) { capture.snapshot.rows.map(&:live_count).min } }
      end
      worker = Thread.new { 20_000.times { |index| index % 100 == 0 ? Class.new.new : klass.new.to_s } }
      lowest = readers.flat_map(&:value).min
      worker.join
      expect(lowest).to be_between(0, 1000)
    end
  end
end
