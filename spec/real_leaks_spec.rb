# frozen_string_literal: true

require "json"

require_relative "support/ruby_program"

# Leaks that real libraries have when they are used in a certain way. Nothing is filtered out.
RSpec.describe "leaks of real libraries" do
  times = 300
  # ZJIT keeps some of the operands that it saw (ObjectSpace.each_object finds them, too).
  others = defined?(RubyVM::ZJIT) && RubyVM::ZJIT.enabled? ? 100 : 20

  # What has grown while `work` was done many times over.
  # @param setup [String] Ruby code
  # @param work [String] Ruby code, with a new `number` each time
  # @return [Hash{String => Hash}] name of the class => :count, :path (the worst, as strings) and :origins
  define_method(:leaks) do |setup, work|
    result = RubyProgram.run(<<~RUBY)
      require "json"
      #{setup}
      work = ->(number) { #{work} }
      5.times { |number| work.call(-1 - number) }
      GC.start
      capture = Memory::Tracker::Capture.new(depth: 10)
      capture.start
      #{times}.times(&work)
      GC.start
      capture.stop
      leaks = capture.select { |_klass, record| record.retained_count >= #{times} }.to_h do |klass, record|
        [klass.name, { count: record.retained_count, paths: capture.call_tree(klass).top_paths(by: :retained) }]
      end
      puts JSON.generate(leaks: leaks, origins: capture.snapshot.rows.select(&:anonymous?).map(&:origin).uniq)
    RUBY
    expect(result.status).to be_success, result.to_s
    JSON.parse(result.out, symbolize_names: true)
  end

  # The frame that stands first below a class, once it is seen that it is the class that leaks.
  define_method(:first_frame) do |found, name|
    leak = found[:leaks].fetch(name)
    expect(leak[:count]).to be_between(times, times + others)
    expect(leak[:paths].first[:retained]).to be_between(times, times + 10)
    leak[:paths].first[:path].first
  end

  # The line of source that a frame is at.
  def source_of(frame)
    file, line = frame.match(/\A(.+):(\d+):in /).captures
    File.readlines(file)[Integer(line) - 1]
  end

  describe "sessions of visitors that keep no cookies, in a Rack pool" do
    let(:found) do
      leaks(<<~RUBY, 'browser.get("/")')
        require "rack/session"
        require "rack/session/pool"
        require "rack/mock"
        application = ->(env) { [200, {}, [(env["rack.session"]["visits"] = 1).to_s]] }
        browser = Rack::MockRequest.new(Rack::Session::Pool.new(application))
      RUBY
    end

    it "come from the line that takes a copy of each session" do
      frame = first_frame(found, :Hash)
      expect(frame).to include("/rack/session/abstract/id.rb:")
      expect(source_of(frame)).to include("dup")
    end

    it "have their ids kept by the line that stores them" do
      frame = first_frame(found, :String)
      expect(frame).to include("/rack/session/pool.rb:")
      expect(source_of(frame)).to include("store")
    end
  end

  describe "strainers of anonymous filters, in Liquid" do
    let(:found) do
      leaks(<<~RUBY, "template.render!({}, filters: [Module.new { def shout(text) = text.upcase }])")
        require "liquid"
        template = Liquid::Template.parse("{{ 'a' | shout }}")
      RUBY
    end

    it "come from the line that makes a class for each" do
      frame = first_frame(found, :Class)
      expect(frame).to match(%r{/liquid/\w+\.rb:})
      expect(source_of(frame)).to include("Class.new")
      expect(found[:origins]).to eq([frame[/\A.+:\d+(?=:in)/]])
    end
  end

  describe "keys that are put together, in i18n" do
    let(:found) do
      leaks(<<~RUBY, 'I18n.t(format("user.number-%d.name", number), default: "nobody")')
        require "i18n"
        I18n.available_locales = [:en]
        I18n.backend.store_translations(:en, greeting: "hello")
      RUBY
    end

    it "come from the lines that take them apart" do
      frames = %i[Array Symbol].to_h { |name| [name, first_frame(found, name)] }
      expect(frames.values).to all(include("/i18n.rb:"))
      expect(source_of(frames[:Array])).to include("split")
      expect(source_of(frames[:Symbol])).to include("to_sym")
    end
  end
end
