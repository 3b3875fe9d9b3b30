# frozen_string_literal: true

require "json"
require_relative "../../support/heap"

RSpec.describe Memory::Tracker::CallTree do
  let(:crate) { Class.new }
  let(:capture) { Memory::Tracker::Capture.new(depth: 16) }
  let(:kept) { [] }
  let(:here) { ->(frame) { frame.path == __FILE__ && !frame.native? } }
  let(:tree) { capture.call_tree(crate, filter: here) }

  after { capture.stop }

  def nest(count, &block)
    count.zero? ? yield : nest(count - 1, &block)
  end

  # Thirty kept by one line, fifty dropped by another. The stack may still hold some of those.
  def stock
    capture.start
    30.times { kept << crate.new }
    @dropped_at = __LINE__ + 1
    50.times { crate.new }
    GC.start
    @kept_at = __LINE__ - 4
  end

  it "has the allocating line first, its callers below, and the counts of each" do
    stock
    allocating = tree.root.children.to_h { |node| [node.frame.lineno, node] }
    expect(allocating.keys).to contain_exactly(@kept_at, @dropped_at)
    expect(allocating[@kept_at].total).to have_attributes(new_count: 30, free_count: 0, retained_count: 30)
    expect(allocating[@kept_at].total.allocated_bytes).to eq(30 * (Heap.bytes.fetch(crate) / Heap.count(crate)))
    expect(allocating[@dropped_at].total.new_count).to eq(50)
    expect(allocating[@dropped_at].total.retained_count).to be < 10
    expect(tree.root.total.new_count).to eq(80)
  end

  it "knows a node's parent, children, path and own counts" do
    stock
    leaf = tree.root.each_node.find { |node| node.self.retained_count == 30 }
    expect(leaf.path.last).to eq(leaf.frame)
    expect(leaf.parent.children).to include(leaf)
    expect(leaf.parent.self.new_count).to eq(0)
    expect(leaf.parent.total.retained_count).to eq(30)
    expect(tree.root.frame).to be_nil
    expect(tree.root.parent).to be_nil
    expect(tree.root.path).to be_empty
  end

  it "shows frames as lines of a backtrace" do
    stock
    frame = tree.root.children.first.frame
    expect(frame.path).to eq(__FILE__)
    expect(frame.to_s).to eq("#{__FILE__}:#{@kept_at}:in '#{frame.label}'")
    expect(frame.label).to end_with("#stock")
  end

  it "counts as the capture does" do
    stock
    record = capture[crate]
    expect(tree.total_allocations).to eq(record.new_count)
    expect(tree.live_count).to eq(record.live_count)
    expect(tree.retained_count).to eq(record.retained_count)
  end

  describe "#top_paths" do
    it "gives strings and counts, those with most live objects first" do
      stock
      first = tree.top_paths.first
      expect(first).to include(count: 30, retained: 30, total: 30)
      expect(first[:path].first).to match(/\A#{Regexp.escape(__FILE__)}:#{@kept_at}:in '.*stock'\z/)
    end

    it "orders by what is asked for, and gives as many as are asked for" do
      stock
      expect(tree.top_paths(by: :total).map { |path| path[:total] }).to eq([50, 30])
      expect(tree.top_paths(by: :retained).first[:retained]).to eq(30)
      expect(tree.top_paths(limit: 1, by: :total).size).to eq(1)
      expect(tree.top_paths(limit: nil).size).to eq(2)
    end

    it "refuses another order" do
      expect { tree.top_paths(by: :age) }.to raise_error(Memory::Tracker::Error)
      capture.start
      expect { tree.top_paths(by: :age) }.to raise_error(ArgumentError, /live, retained, total/)
    end
  end

  it "keeps the counts of a path that is the beginning of another" do
    short = Memory::Tracker::Capture.new
    short.track(crate, depth: 3)
    short.start
    nest(2) { kept << crate.new }
    short.track(crate, depth: 5)
    2.times { nest(2) { kept << crate.new } }
    paths = short.call_tree(crate).top_paths.to_h { |path| [path[:path].size, path[:count]] }
    expect(paths.keys).to include(3, 5)
    expect(paths.values.sum).to eq(3)
  ensure
    short.stop
  end

  it "leaves objects without a path to the root" do
    plain = Memory::Tracker::Capture.new
    plain.start
    kept << crate.new
    tree = plain.call_tree(crate)
    expect(tree.top_paths).to be_empty
    expect(tree.root.self).to have_attributes(new_count: 1, free_count: 0)
  ensure
    plain.stop
  end

  describe "#hotspots" do
    it "counts an object once for each frame, however often that was called" do
      capture.start
      4.times { nest(3) { kept << crate.new } }
      recursive = tree.hotspots.find { |spot| spot[:frame].include?("nest") && !spot[:frame].include?("block") }
      expect(recursive).to include(count: 4, total: 4)
      expect(tree.hotspots(limit: 2).size).to eq(2)
      expect(tree.hotspots.map { |spot| spot[:count] }).to all(be <= 4)
    end
  end

  describe "#invert" do
    it "has callers first, the same counts, and is its own opposite" do
      stock
      inverted = tree.invert
      expect(inverted).to be_inverted
      expect(inverted.root.total).to eq(tree.root.total)
      expect(inverted.top_paths.first[:path]).to eq(tree.top_paths.first[:path].reverse)
      expect(inverted.invert.to_h).to eq(tree.to_h)
    end
  end

  it "leaves out frames that a filter drops, and joins the paths that become the same" do
    stock
    all = capture.call_tree(crate)
    joined = capture.call_tree(crate, filter: ->(frame) { frame.path != __FILE__ })
    expect(all.top_paths.size).to eq(2)
    expect(joined.top_paths.size).to eq(1)
    expect(joined.root.total).to eq(all.root.total)
    expect(capture.call_tree(crate, filter: ->(_frame) { false }).root.self).to eq(all.root.total)
  end

  it "is a copy, that later births do not change" do
    stock
    before = tree.to_h
    kept << crate.new
    expect(tree.to_h).to eq(before)
    expect(capture.call_tree(crate).total_allocations).to eq(81)
  end

  it "becomes JSON, also where names are not valid text" do
    stock
    expect(JSON.parse(tree.to_json, symbolize_names: true)).to eq(tree.as_json)
    expect(JSON.parse(JSON.generate("tree" => tree)).dig("tree", "retained_count")).to be_between(30, 40)
    odd = described_class.new(class_name: "\xff")
    expect(JSON.parse(odd.to_json)["class"]).to eq("\u{fffd}")
  end

  it "is empty after clear!, while the capture counts on" do
    stock
    tree.clear!
    expect(tree).to be_empty
    expect(tree.top_paths).to be_empty
    expect(tree.retained_count).to eq(0)
    expect(capture.retained_count_for(crate)).to be >= 30
  end

  it "is empty for a class without objects, and needs a Class" do
    capture.start
    expect(capture.call_tree(Class.new)).to be_empty
    expect { capture.call_tree(Kernel) }.to raise_error(TypeError)
    expect { capture.call_tree("Hash") }.to raise_error(TypeError)
  end

  it "can be read after the capture has stopped" do
    stock
    capture.stop
    expect(tree.top_paths.first).to include(count: 30, retained: 30)
  end
end
