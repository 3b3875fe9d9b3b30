# frozen_string_literal: true

require_relative "../../support/each_object"
require_relative "../../support/heap"
require_relative "../../support/ruby_program"
require_relative "cli/run_top"

RSpec.describe Memory::Tracker::Capture, "and hidden objects" do
  let(:options) { {} }
  let(:capture) { described_class.new(**options).tap(&:start) }

  after { capture.stop }

  def row(name)
    capture.snapshot.rows.find { |row| row.name == name }
  end

  def hidden
    row("(hidden Array)")&.live_count.to_i
  end

  # Reading rows makes arrays, and with a JIT hidden ones: as many each time, and with GC disabled they stay.
  def expect_hidden(count)
    was_disabled = GC.disable
    readings = Array.new(3) { [capture.count_for(Array), hidden] }
    yield
    readings << [capture.count_for(Array), hidden]
    arrays, hidden_ones = readings.transpose.map { |numbers| (numbers[3] - numbers[2]) - (numbers[2] - numbers[1]) }
    expect(-arrays).to be_within(500).of(count)
    expect(hidden_ones).to be_within(500).of(count)
  ensure
    GC.enable unless was_disabled
  end

  [{}, { depth: 3 }, { mode: :light }].each do |options|
    context "with #{options}" do
      let(:options) { options }

      it "counts arrays as hidden while they are, and as arrays when they are revealed" do
        capture
        arrays = Array.new(10_000) { [nil] }
        expect_hidden(10_000) { HeapWalk.hide_each(arrays) }
        expect_hidden(-10_000) { HeapWalk.reveal_each(arrays) }
        expect(arrays.size).to eq(10_000)
      end
    end
  end

  it "takes what is allocated and freed along" do
    GC.disable
    capture
    arrays = Array.new(1000) { [nil] }
    allocated = capture[Array].new_count
    total = capture.new_count
    HeapWalk.hide_each(arrays)
    expect(capture[Array].new_count).to be_within(20).of(allocated - 1000)
    expect(capture.new_count - total).to be < 500
    expect(capture[Array].live_count).to be >= 0
    GC.enable
  end

  it "counts the freeing of hidden arrays for none but them" do
    capture
    Heap.away do
      arrays = Array.new(5000) { [nil] }
      HeapWalk.hide_each(arrays)
      expect(hidden).to be >= 5000
      nil
    end
    GC.start
    expect(hidden).to be < 500
    expect(row("(hidden Array)").free_count).to be >= 4900
    expect(capture[Array].live_count).to eq(capture[Array].new_count - capture[Array].free_count)
  end

  it "retains hidden arrays apart from others" do
    capture
    arrays = Array.new(2000) { [nil] }
    HeapWalk.hide_each(arrays)
    GC.start
    expect(capture.retained_count_for(Array)).to be < 500
    expect(row("(hidden Array)").retained_count).to be >= 2000
    expect(arrays.size).to eq(2000)
  end

  it "retains what is hidden after the GC apart, too" do
    capture
    arrays = Array.new(2000) { [nil] }
    GC.start
    expect(capture.retained_count_for(Array)).to be >= 2000
    HeapWalk.hide_each(arrays)
    expect(capture.retained_count_for(Array)).to be < 500
    expect(arrays.size).to eq(2000)
  end

  it "counts singleton classes apart from classes" do
    capture
    classes = capture.count_for(Class)
    GC.disable
    objects = Array.new(500) { Object.new.tap(&:singleton_class) }
    expect(capture.count_for(Class) - classes).to be < 10
    expect(row("(singleton Class)").live_count).to be >= 500
    GC.enable
    expect(objects.size).to eq(500)
  end

  it "does not mistake what is hidden and revealed within one call" do
    capture
    before = capture.count_for(Array)
    GC.disable
    flat = Array.new(500) { [[1], [2]].flatten }
    expect(capture.count_for(Array) - before).to be_between(2000, 2010)
    GC.enable
    expect(flat.size).to eq(500)
  end

  it "has as many hidden objects and singleton classes as the heap" do
    all = described_class.new(existing: true).tap(&:start)
    GC.start
    GC.disable
    heap = HeapWalk.counts.select { |key, _count| key.is_a?(String) && !key.start_with?("(internal") }
    rows = all.snapshot.rows.to_h { |row| [row.name, row.live_count] }
    GC.enable
    expect(heap.keys).to include("(hidden Array)", "(hidden Hash)", "(singleton Class)")
    heap.each { |name, count| expect(rows[name]).to be_within(5).of(count), name }
    all.stop
  end

  describe "after the boot of a real program", :top do
    # @return [String] a program that boots `source` while it is counted, and prints what differs from each_object
    def program(source)
      <<~RUBY
        capture = Memory::Tracker::Capture.new(existing: true).tap(&:start)
        #{source}
        require #{File.expand_path("../../support/each_object", __dir__).dump}
        3.times { GC.start }
        p EachObject.differences(capture)
        p capture.inexact_reason
        p capture.snapshot.rows.find { |row| row.name == "(singleton Class)" }.live_count > 100
      RUBY
    end

    it "has the numbers of each_object for a Sinatra application with templates" do
      result = RubyProgram.run(program(<<~RUBY), gems: true)
        require "sinatra/base"
        require "liquid"
        require "i18n"
        class Shop < Sinatra::Base
          set :environment, :production
          get("/:name") { |name| Liquid::Template.parse("{{ name | upcase }}").render("name" => name) }
        end
        require "rack/mock_request"
        100.times { |n| Rack::MockRequest.new(Shop).get("/item\#{n}", "HTTP_HOST" => "localhost") }
      RUBY
      expect(result.out).to eq("{}\nnil\ntrue\n"), result.to_s
    end

    it "has the numbers of each_object for a Rails application" do
      installed = system(clean_environment, RbConfig.ruby, "-e", 'gem "rails"', err: File::NULL)
      skip "Rails is not installed" unless installed
      # Not Bundler's load path, in which Rails is not.
      source = program(<<~RUBY)
        require "rails"
        require "active_model/railtie"
        require "action_controller/railtie"
        class Shop < Rails::Application
          config.eager_load = true
          config.secret_key_base = "x"
          config.logger = Logger.new(nil)
          config.hosts.clear
          routes.append { get "/items/:id", to: "items#show" }
        end
        class ItemsController < ActionController::Base
          def show = render(inline: "<%= params[:id] %>")
        end
        40.times { |n| Object.const_set("Model\#{n}", Class.new { include ActiveModel::Model; attr_accessor :name, :price }) }
        Shop.initialize!
        50.times { |n| Rack::MockRequest.new(Shop).get("/items/\#{n}") }
      RUBY
      out, status = Open3.capture2e({ **clean_environment, "RAILS_ENV" => "production" }, RbConfig.ruby,
                                    "-I#{File.join(SpecSupport::ROOT, "lib")}", "-rmemory/tracker", "-e", source)
      expect([out, status.success?]).to eq(["{}\nnil\ntrue\n", true])
    end
  end
end
