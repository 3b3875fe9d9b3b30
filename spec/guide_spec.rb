# frozen_string_literal: true

require "memory/tracker"

# What a newcomer does with the library, step by step, each time with a leak that is really there.
RSpec.describe "Looking for a leak" do
  # Visits are noted down and never forgotten.
  let(:guest_book) do
    stub_const("GuestBook", Class.new do
      def initialize
        @visits = []
      end

      def visit(name)
        @visits << { name: name, badge: Object.new }
      end

      def greet(name)
        { greeting: "Hello #{name}" }.fetch(:greeting)
      end
    end)
  end
  let(:visit_line) { "#{__FILE__}:#{guest_book.instance_method(:visit).source_location.last + 1}:in " }
  let(:book) { guest_book.new }

  def capture
    @capture ||= Memory::Tracker::Capture.new
  end

  def sampler(**options)
    @sampler ||= Memory::Tracker::Sampler.new(**options)
  end

  after do
    @capture&.stop
    @sampler&.stop
  end

  describe "which class grows" do
    it "is seen by the counts of a capture, without naming classes beforehand" do
      capture.start
      before = [Hash, Object, Array].to_h { |klass| [klass, capture.count_for(klass)] }
      1000.times { |number| book.visit(number) }
      expect(capture.count_for(Hash) - before[Hash]).to be_between(1000, 1010)
      expect(capture.count_for(Object) - before[Object]).to be_between(1000, 1010)
      expect(capture.count_for(Array) - before[Array]).to be < 10
      expect(capture.stop).to be(true)
      expect(capture.count_for(Hash)).to be >= 1000
    end

    it "is seen by comparing with a baseline" do
      classes = [Hash, Array, String]
      capture.start
      GC.start
      baseline = classes.to_h { |klass| [klass, capture.count_for(klass)] }
      300.times { |number| book.visit(number) }
      2000.times { |number| book.greet(number) }
      GC.start
      grown = classes.to_h { |klass| [klass, capture.count_for(klass) - baseline[klass]] }
      expect(grown[Hash]).to be_between(300, 320)
      expect(grown.select { |_klass, growth| growth > 100 }.keys).to eq([Hash])
    end
  end

  describe "where the objects come from" do
    it "is told by the top paths of a class under analysis" do
      sampler(depth: 10).track_with_analysis(Hash)
      sampler.start
      500.times { |number| book.visit(number) }
      statistics = sampler.statistics(Hash)
      worst = statistics[:top_paths].first(5).first
      expect(statistics[:live_count]).to be >= 500
      expect(worst[:count]).to eq(500)
      expect(worst[:path].first).to eq("#{visit_line}'GuestBook#visit'")
      expect(worst[:path].size).to eq(10)
    end

    it "is told apart from where garbage comes from" do
      sampler(depth: 15).track_with_analysis(Hash)
      sampler.start
      3000.times { |number| book.greet(number) }
      200.times { |number| book.visit(number) }
      GC.start
      paths = sampler.statistics(Hash, limit: nil)[:top_paths]
      expect(paths.first[:path].first).to start_with(visit_line)
      expect(paths.first).to include(count: 200, retained: 200)
      garbage = paths.find { |path| path[:path].first.include?("GuestBook#greet") }
      expect(garbage[:total]).to eq(3000)
      expect(garbage[:retained]).to be < 100
    end

    it "can be asked for at the moment that a capture shows growth" do
      capture.start
      200.times { |number| book.visit(number) }
      expect(capture.count_for(Hash)).to be > 100
      sampler(depth: 15).track_with_analysis(Hash)
      sampler.start
      1000.times { |number| book.visit(number) }
      expect(sampler.statistics(Hash)[:top_paths].first(3).first).to include(count: 1000)
      expect(capture.count_for(Hash)).to be >= 1200
    end

    it "is told to a block, object by object" do
      events = []
      capture.track(guest_book, depth: 3) { |klass, event, path| events << [klass, event, path.first] }
      capture.start
      guest_book.new
      SpecSupport.eventually("the event") { events.any? }
      expect(events.first).to match([guest_book, :newobj, start_with("#{__FILE__}:#{__LINE__ - 2}:in 'block")])
    end
  end

  describe "a cache" do
    let(:entry) { stub_const("CacheEntry", Class.new) }

    it "that drops nothing is seen to grow by what is added" do
      capture.start
      cache = {}
      500.times { |key| cache[key] = entry.new }
      baseline = capture.count_for(entry)
      700.times { |key| cache[key + 500] = entry.new }
      GC.start
      current = capture.count_for(entry)
      expect(current).to be > baseline * 2
      expect(current - baseline).to eq(700)
      expect(cache.size).to eq(capture.retained_count_for(entry))
    end

    it "that has a limit is seen to stay" do
      capture.start
      cache = {}
      sizes = Array.new(5) do |round|
        1000.times do |key|
          cache[(round * 1000) + key] = entry.new
          cache.shift while cache.size > 400
        end
        GC.start
        capture.retained_count_for(entry)
      end
      # The machine's stack may still show one or two that were dropped.
      expect(sizes).to all(be_between(400, 410))
    end
  end

  describe "requests" do
    it "that leave something behind are found, with the line that does" do
      sampler.track_with_analysis(Hash)
      sampler.start
      1500.times { |number| answer("guest #{number}") }
      GC.start
      statistics = sampler.statistics(Hash)
      expect(statistics[:live_count]).to be_between(1500, 1700)
      expect(statistics[:top_paths].first).to include(count: 1500)
      expect(statistics[:top_paths].first[:path].first).to start_with(visit_line)
      expect(statistics[:top_paths].first[:path][1]).to end_with("#answer'")
    end

    it "that leave nothing behind are not accused" do
      sampler.track_with_analysis(Hash)
      sampler.start
      1500.times { |number| book.greet("guest #{number}") }
      GC.start
      expect(sampler.statistics(Hash)[:live_count]).to be < 1000
    end

    def answer(name)
      parameters = { name: name }
      book.visit(parameters[:name])
      book.greet(name)
    end
  end

  describe "objects from before the start" do
    let(:crate) { stub_const("Crate", Class.new) }

    it "change no count when they go, with or without a GC before the start" do
      old = Array.new(1000) { crate.new }
      capture.start
      fresh = Array.new(100) { crate.new }
      expect(capture.count_for(crate)).to eq(100)
      old.clear
      GC.start
      expect(capture.count_for(crate)).to eq(100)
      expect(capture[crate].free_count).to eq(0)
      fresh.clear
      GC.start
      expect(capture.count_for(crate)).to be_between(0, 5)
    end

    it "never make a count negative, of whatever class" do
      capture.start
      3.times do
        Array.new(2000) { |number| [number.to_s, { number => Object.new }] }
        GC.start
      end
      expect(capture.map { |_klass, record| record.live_count }).to all(be >= 0)
      expect(capture.map { |_klass, record| record.retained_count }).to all(be >= 0)
      expect(capture.live_count).to be >= 0
      expect(capture).to be_exact
    end

    it "count as well when that is asked for" do
      old = Array.new(1000) { crate.new }
      whole = Memory::Tracker::Capture.new(existing: true)
      whole.start
      expect(whole.count_for(crate)).to eq(1000)
      expect(whole.call_tree(crate).top_paths.first).to include(path: ["(before the start)"], count: 1000)
      old.clear
      GC.start
      expect(whole.count_for(crate)).to be < 10
    ensure
      whole.stop
    end
  end
end
