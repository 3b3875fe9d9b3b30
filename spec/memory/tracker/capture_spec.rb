# frozen_string_literal: true

require_relative "../../support/heap"

RSpec.describe Memory::Tracker::Capture do
  subject(:capture) { described_class.new }

  let(:klass) { Class.new }

  after { capture.stop }

  def make(count, of: klass)
    Array.new(count) { of.new }
  end

  describe "#start and #stop" do
    it "say whether they changed anything" do
      expect(capture).not_to be_running
      expect([capture.stop, capture.start, capture.start]).to eq([false, true, false])
      expect(capture).to be_running
      expect([capture.stop, capture.stop]).to eq([true, false])
      expect(capture).not_to be_running
    end

    it "begin from zero each time" do
      capture.start
      kept = make(7)
      expect(capture.count_for(klass)).to eq(7)
      capture.stop
      capture.start
      expect(capture.count_for(klass)).to eq(0)
      expect(capture[klass]).to be_nil
      kept.concat(make(2))
      expect(capture.count_for(klass)).to eq(2)
    end

    it "count nothing after the stop" do
      capture.start
      kept = make(3)
      capture.stop
      all = capture.new_count
      kept.concat(make(5))
      expect([capture.count_for(klass), capture.new_count]).to eq([3, all])
    end

    it "see no free of an object that was there before" do
      kept = make(500)
      capture.start
      kept.clear
      GC.start
      expect(capture[klass]).to be_nil
      expect(capture.count_for(klass)).to eq(0)
    end

    it "survive being collected while running and while stopped" do
      Heap.away do
        20.times do
          other = described_class.new(depth: 4)
          other.start
          make(3)
          other.stop
        end
        nil
      end
      GC.start
      capture.start
      expect(make(4).size).to eq(capture.count_for(klass))
    end

    it "keep a running capture that nobody refers to any more" do
      Heap.away do
        described_class.new.start
        nil
      end
      GC.start
      running = ObjectSpace.each_object(described_class).select(&:running?)
      expect(running.size).to eq(1)
      expect(running.each(&:stop)).to all(be_exact)
    end
  end

  describe "numbers after the stop" do
    it "stay those of a class when others take the addresses of dead ones" do
      capture.start
      kept = make(5)
      Heap.away { Array.new(3000) { Class.new.new } && nil }
      capture.stop
      before = capture.each.to_h { |seen, record| [seen.object_id, record] }
      GC.start
      later = Array.new(3000) { Class.new.tap(&:new) }
      expect(later.map { |other| capture.count_for(other) }).to all(eq(0))
      expect(later.filter_map { |other| capture[other] }).to be_empty
      expect(capture.count_for(klass)).to eq(kept.size)
      expect(capture.each.to_h { |seen, record| [seen.object_id, record] }.to_a - before.to_a).to be_empty
    end

    it "are found when classes have moved" do
      classes = Array.new(200) { Class.new.freeze }
      capture.start
      kept = classes.each_with_index.map { |each, index| make(index % 5, of: each) }
      capture.stop
      Heap.shuffle
      expect(classes.map { |each| capture.count_for(each) }).to eq(kept.map(&:size))
    end
  end

  describe "counting" do
    before { capture.start }

    it "is for exactly the class" do
      child = Class.new(klass)
      kept = make(3) + make(4, of: child)
      kept.first.singleton_class
      kept << kept.first.clone << kept.last.dup
      expect([capture.count_for(klass), capture.count_for(child)]).to eq([5, 4])
    end

    it "knows what was freed" do
      Heap.away { make(1000) && nil }
      GC.start
      record = capture[klass]
      expect(record.new_count).to eq(1000)
      expect(record.live_count).to eq(Heap.count(klass)).and be < 20
      expect(record.free_count).to eq(1000 - record.live_count)
      expect(record.retained_count).to eq(record.live_count)
      expect(capture.retained_count_for(klass)).to eq(record.live_count)
    end

    it "sums up all classes" do
      kept = make(10)
      sums = %i[new_count free_count live_count retained_count]
      Heap.without_gc do
        born = capture.new_count
        dead = capture.free_count
        live = capture.live_count
        expect(born - dead).to eq(live)
        expect(capture.live_count).to be >= kept.size
        totals = sums.map { |name| capture.public_send(name) }
        records = capture.to_h.values
        sums.zip(totals) { |name, total| expect(total).to be_within(2000).of(records.sum(&name)) }
      end
    end

    it "takes the same time for count_for whatever the heap" do
      few = time { capture.count_for(klass) }
      kept = make(300_000)
      many = time { capture.count_for(klass) }
      expect(kept.size).to eq(capture.count_for(klass))
      expect(many).to be < (few * 20) + 0.001
    end

    def time(&)
      Array.new(15) do
        start = SpecSupport.now
        100.times(&)
        SpecSupport.now - start
      end.min
    end
  end

  describe "#[] and #each" do
    it "have nothing before the start" do
      expect([capture[klass], capture.each.to_a, capture.count_for(klass), capture.new_count]).to eq([nil, [], 0, 0])
      expect(capture.retained_count_for(klass)).to eq(0)
    end

    it "know a class once it has had an object" do
      capture.start
      expect(capture[klass]).to be_nil
      kept = make(2)
      expect(capture[klass].to_h).to eq(new_count: 2, free_count: 0, live_count: 2, retained_count: 0,
                                        allocated_bytes: Heap.bytes.fetch(klass))
      expect(capture[klass]).to eq(capture.to_h[klass]).and be_frozen
      expect(kept.size).to eq(2)
    end

    it "give pairs, or an enumerator, of classes only" do
      capture.start
      make(1)
      pairs = []
      expect(capture.each { |*pair| pairs << pair }).to be(capture)
      expect(pairs.map(&:first)).to all(be_a(Class)).and include(klass, Array)
      expect(pairs.map(&:last)).to all(be_a(Memory::Tracker::Record))
      expect(capture.each).to be_an(Enumerator)
      expect(pairs.map(&:first).uniq.size).to eq(pairs.size)
    end

    it "let the block stop and clear the capture" do
      capture.start
      make(1)
      expect { capture.each { capture.clear } }.not_to raise_error
      expect { capture.each { capture.stop } }.not_to raise_error
    end
  end

  describe "#track, #tracking? and #untrack" do
    it "hold a class and let it go" do
      expect([capture.tracking?(klass), capture.untrack(klass)]).to eq([false, false])
      expect(capture.track(klass)).to be(capture)
      expect(capture.tracking?(klass)).to be(true)
      expect([capture.untrack(klass), capture.tracking?(klass)]).to eq([true, false])
    end

    it "count a class before, while and after it is tracked" do
      capture.start
      kept = make(1)
      capture.track(klass)
      kept.concat(make(2))
      capture.untrack(klass)
      kept.concat(make(4))
      expect(capture.count_for(klass)).to eq(7).and eq(kept.size)
    end

    it "keep what is tracked over a restart" do
      capture.track(klass)
      2.times do
        capture.start
        expect(capture.tracking?(klass)).to be(true)
        capture.stop
      end
    end

    it "take no more memory when done over and over" do
      capture.start
      capture.track(klass)
      capture.untrack(klass)
      before = capture.statistics[:bytes]
      20_000.times { capture.track(klass) && capture.untrack(klass) }
      # Eight bytes each time would be more; entries for some pages of the heap may come.
      expect(capture.statistics[:bytes] - before).to be < 65_536
    end
  end

  describe "what is not a class" do
    [nil, 5, :String, "String", Kernel, Object.new, BasicObject.new].each do |thing|
      %i[track untrack tracking? count_for retained_count_for []].each do |name|
        it "makes #{name} raise a TypeError (#{Module === thing ? thing : thing.__id__.class})" do
          message = /\Awrong argument type \w+ \(expected Class\)\z/
          expect { capture.public_send(name, thing) }.to raise_error(TypeError, message)
        end
      end
    end

    it "is refused without asking its class for a name" do
      rude = Class.new { %i[name to_s inspect].each { |method| define_singleton_method(method) { |_| raise } } }
      stub_const("Rude", rude)
      expect { capture.track(rude.new) }.to raise_error(TypeError, "wrong argument type Rude (expected Class)")
    end

    it "may still be a singleton class, which has no objects of its own" do
      capture.start
      object = klass.new
      object.singleton_class
      expect(capture.count_for(object.singleton_class)).to eq(0)
      expect(capture.count_for(klass)).to eq(1)
    end
  end

  describe "options" do
    [-1, 129].each do |depth|
      it "refuse a depth of #{depth}" do
        expect { described_class.new(depth: depth) }.to raise_error(ArgumentError, /depth must be between 0 and 128/)
        expect { capture.track(klass, depth: depth) }.to raise_error(ArgumentError, /depth must be between/)
      end
    end

    it "refuse what is no number" do
      expect { described_class.new(depth: "ten") }.to raise_error(TypeError)
      expect { described_class.new(path_interval: 0) }.to raise_error(ArgumentError, /path_interval/)
    end

    it "are told again" do
      expect(described_class.new(depth: 12).depth).to eq(12)
      expect(capture.depth).to eq(0)
    end

    it "allow no copy" do
      expect { capture.dup }.to raise_error(NoMethodError)
      expect { capture.clone }.to raise_error(NoMethodError)
    end
  end

  describe "#clear" do
    it "begins again from zero and goes on counting" do
      capture.start
      kept = make(5)
      expect(capture.clear).to be(capture)
      expect([capture.count_for(klass), capture.running?]).to eq([0, true])
      kept.concat(make(2))
      expect(capture.count_for(klass)).to eq(2)
      kept.clear
      GC.start
      expect(capture[klass].free_count).to be <= 2
    end

    it "leaves a stopped capture stopped, with nothing in it" do
      capture.start
      kept = make(5)
      capture.stop
      capture.clear
      expect([capture.running?, capture.count_for(klass), capture.new_count]).to eq([false, 0, 0])
      expect(capture.each.to_a).to be_empty
      expect(kept.size).to eq(5)
    end

    it "does nothing before the start" do
      expect(capture.clear).to be(capture)
    end

    it "enters what is there again when existing objects count" do
      all = described_class.new(existing: true)
      kept = make(6)
      all.start
      expect(all.count_for(klass)).to eq(6)
      all.clear
      expect(all.count_for(klass)).to eq(kept.size)
      expect(Heap.differences(all)).to eq({})
      all.stop
    end
  end

  describe "several at a time" do
    it "count each from its own start" do
      captures = Array.new(4) { |index| described_class.new(depth: index * 3) }
      kept = captures.map do |each|
        each.start
        make(10)
      end
      expect(captures.map { |each| each.count_for(klass) }).to eq([40, 30, 20, 10])
      captures.values_at(1, 0).each(&:stop)
      kept.concat(make(1))
      expect(captures.map { |each| each.count_for(klass) }).to eq([40, 30, 21, 11])
      captures.each(&:stop)
      expect(captures).to all(be_exact)
    end
  end

  describe "#statistics" do
    it "tells what the capture takes" do
      expect(capture.statistics[:bytes]).to be < 8192
      capture.start
      make(100_000)
      expect(capture.statistics).to include(lost: 0, dropped: 0, paths_dropped: 0)
      expect(capture.statistics).to include(classes_dropped: 0, events_dropped: 0)
      expect(capture.statistics[:classes]).to be > 3
      expect(capture.statistics[:bytes]).to be_between(200_000, 100_000_000)
      running = capture.statistics[:bytes]
      capture.stop
      expect(capture.statistics[:bytes]).to be < running
    end

    it "shows nodes and frames of call paths" do
      deep = described_class.new(depth: 5).tap(&:start)
      make(10)
      expect(deep.statistics).to include(nodes: be > 10, frames: be > 3)
      deep.stop
    end
  end

  describe "#inspect" do
    it "is short" do
      expect(capture.inspect).to eq("#<Memory::Tracker::Capture stopped, 0 live objects>")
      capture.start
      expect(capture.inspect).to match(/\A#<Memory::Tracker::Capture running, \d+ live objects>\z/)
    end
  end

  describe "#exact?" do
    it "is true without a reason" do
      capture.start
      make(10)
      expect([capture.exact?, capture.inexact_reason]).to eq([true, nil])
      capture.stop
      expect([capture.exact?, capture.inexact_reason]).to eq([true, nil])
    end
  end
end
