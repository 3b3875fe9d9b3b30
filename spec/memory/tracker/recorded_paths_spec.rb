# frozen_string_literal: true

RSpec.describe Memory::Tracker::Capture do
  let(:capture) { described_class.new(depth: 5, **options) }

  before { capture.start }

  after { capture.stop }

  def make(klass, count)
    Array.new(count) { klass.new }
  end

  # Live objects of a class whose call path was recorded.
  def recorded(klass)
    capture.call_tree(klass).each_path.sum { |_path, counts| counts.live_count }
  end

  describe "with a path interval" do
    let(:options) { { path_interval: 4 } }

    it "records the call path of every nth object of a class, and counts all of them" do
      ticket = stub_const("Ticket", Class.new)
      voucher = stub_const("Voucher", Class.new)
      kept = Array.new(100) { |number| [ticket.new, number < 10 ? voucher.new : nil] }
      expect([ticket, voucher].map { |klass| capture.count_for(klass) }).to eq([100, 10])
      expect([ticket, voucher].map { |klass| recorded(klass) }).to eq([25, 3])
      expect(capture.call_tree(ticket)).to have_attributes(live_count: 100, total_allocations: 100)
      expect(capture.snapshot.facts[:path_interval]).to eq(4)
      expect(kept.size).to eq(100)
    end
  end

  describe "with chosen classes" do
    let(:options) { { classes: %w[Ticket Box::Voucher] } }

    it "records call paths of those only, and counts all" do
      ticket = stub_const("Ticket", Class.new)
      other = stub_const("Box::Ticket", Class.new)
      kept = make(ticket, 10) + make(other, 10) + make(Class.new, 10)
      expect([ticket, other].map { |klass| recorded(klass) }).to eq([10, 0])
      expect([ticket, other].map { |klass| capture.count_for(klass) }).to eq([10, 10])
      expect(kept.size).to eq(30)
    end

    it "tells for which of them it still waits" do
      expect(capture.snapshot.facts[:awaited_classes]).to eq("Ticket, Box::Voucher")
      kept = make(stub_const("Box::Voucher", Class.new), 1)
      expect(capture.snapshot.facts[:awaited_classes]).to eq("Ticket")
      kept += make(stub_const("Ticket", Class.new), 1)
      expect(capture.snapshot.facts[:awaited_classes]).to be_nil
      expect(kept.size).to eq(2)
    end

    it "records them for a class that gets its name after its first objects, from the next look on" do
      late = Class.new
      kept = make(late, 3)
      stub_const("Ticket", late)
      capture.snapshot
      kept += make(late, 4)
      expect(recorded(late)).to eq(4)
      expect(capture.count_for(late)).to eq(kept.size)
    end

    it "records them for a class of the same name that comes instead of it" do
      2.times do
        again = stub_const("Ticket", Class.new)
        kept = make(again, 3)
        expect(recorded(again)).to eq(kept.size)
      end
    end

    it "leaves a depth alone that is asked for with #track, and comes back to the choice with #untrack" do
      ticket = stub_const("Ticket", Class.new)
      other = stub_const("Other", Class.new)
      capture.track(other, depth: 1)
      capture.track(ticket, depth: 0)
      kept = make(other, 2) + make(ticket, 2)
      expect([other, ticket].map { |klass| recorded(klass) }).to eq([2, 0])
      [other, ticket].each { |klass| capture.untrack(klass) }
      kept += make(other, 2) + make(ticket, 2)
      expect([other, ticket].map { |klass| recorded(klass) }).to eq([2, 2])
      expect(kept.size).to eq(8)
    end

    it "keeps the choice over a restart and a clear" do
      capture.stop
      capture.start
      kept = make(stub_const("Ticket", Class.new), 2)
      expect(recorded(Ticket)).to eq(2)
      capture.clear
      kept += make(Ticket, 3)
      expect(recorded(Ticket)).to eq(3)
      expect(kept.size).to eq(5)
    end

    it "refuses what is no choice" do
      expect { described_class.new(classes: ["Ticket"]) }.to raise_error(ArgumentError, /depth of at least 1/)
      expect { described_class.new(depth: 1, classes: [String]) }.to raise_error(TypeError)
      expect { described_class.new(depth: 1, classes: "Ticket") }.to raise_error(TypeError)
    end
  end
end
