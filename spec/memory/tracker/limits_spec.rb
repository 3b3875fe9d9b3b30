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

  it "keeps its memory in bounds when paths never repeat" do
    capture = described_class.new(depth: 10).tap(&:start)
    klass = Class.new
    3000.times { |index| eval("klass.new", binding, "nowhere_#{index}.rb", index) } # rubocop:disable Style/EvalWithLocation
    expect(capture[klass].new_count).to eq(3000)
    expect(capture.statistics).to include(dropped: 0, bytes: be < 64 << 20)
  ensure
    capture.stop
  end
end
