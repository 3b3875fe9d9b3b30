# frozen_string_literal: true

RSpec.describe Memory::Tracker::Capture, "and its limits" do
  it "refuses a capture too many, and takes one again when another has stopped" do
    captures = []
    expect do
      loop { captures << described_class.new.tap(&:start) }
    end.to raise_error(Memory::Tracker::LimitError, /\d+ captures run already, which is as many as there can be/)
    expect(captures.size).to be > 4
    refused = described_class.new
    expect { refused.start }.to raise_error(Memory::Tracker::LimitError)
    expect(refused).not_to be_running
    captures.pop.stop
    expect(refused.start).to be(true)
  ensure
    [refused, *captures].compact.each(&:stop)
  end

  it "has errors that are all of one kind" do
    expect(Memory::Tracker::LimitError.ancestors).to include(Memory::Tracker::Error)
    expect(Memory::Tracker::Error.superclass).to be(StandardError)
  end

  it "has no snapshot before the start" do
    expect { described_class.new.snapshot }.to raise_error(Memory::Tracker::Error, /never started/)
  end

  it "goes on counting with call paths that are deeper than it records" do
    capture = described_class.new(depth: 128)
    klass = Class.new
    dive = ->(depth) { depth.zero? ? klass.new : dive.call(depth - 1) }
    capture.start
    objects = Array.new(50) { dive.call(500) }
    expect(capture.count_for(klass)).to eq(objects.size)
    expect(capture).to be_exact
  ensure
    capture.stop
  end

  describe "with code that never repeats" do
    let(:capture) { described_class.new(depth: 10) }
    let(:crate) { Class.new }

    before { capture.start }
    after { capture.stop }

    def pack_once(owner, number)
      owner.class_eval("def pack_#{number}(crate) = crate.new", "goods.rb", number) # rubocop:disable Style/EvalWithLocation
      owner.new.public_send("pack_#{number}", crate)
      owner.remove_method("pack_#{number}")
    end

    it "keeps its memory in bounds, and counts everything" do
      methods = repetitions(50_000, thorough: 1_500_000)
      owner = Class.new
      1.upto(methods) { |number| pack_once(owner, number) }
      statistics = capture.statistics
      report("#{methods} methods: #{statistics}")
      expect(capture[crate].new_count).to eq(methods)
      expect(statistics[:dropped]).to eq(0)
      # What one method leaves behind, with the garbage of this process, or what the limits of all tables come to.
      expect(statistics[:bytes]).to be < [methods * 3_000, 400 << 20].min
      expect(statistics[:nodes]).to be <= 2 << 20
    end

    # What a long run has come to; the usual one has nothing to tell.
    def report(text)
      RSpec.configuration.reporter.message(text) if ENV.key?("MEMORY_TRACKER_THOROUGH")
    end
  end
end
