# frozen_string_literal: true

require "logger"
require "open3"
require "rack/builder"
require "rack/lint"
require "rack/mock_request"
require "stringio"
require "memory/tracker/rack"

RSpec.describe Memory::Tracker::Rack do
  let(:session) { stub_const("Session", Class.new) }
  let(:sessions) { [] }
  let(:log) { StringIO.new }
  let(:logger) { Logger.new(log) }
  let(:application) do
    lambda do |_env|
      100.times { sessions << session.new }
      [200, { "content-type" => "text/plain" }, ["ok"]]
    end
  end
  let(:middleware) { described_class.new(application, logger: logger, interval: 0.02, threshold: 50, **options) }
  let(:options) { {} }
  let(:requests) { Rack::MockRequest.new(Rack::Lint.new(middleware)) }

  after { middleware.stop }

  # Requests until the log has what is waited for.
  def request_until(pattern)
    SpecSupport.eventually("the log to match #{pattern}") do
      expect(requests.get("/").body).to eq("ok")
      log.string[pattern]
    end
  end

  it "logs a class that grows, and answers requests as before" do
    request_until(/WARN.*Session has grown by \d+ to \d+ live objects, \d+ of them retained/)
  end

  context "with a class under analysis" do
    let(:options) { { classes: [session], depth: 4 } }

    it "logs where its objects came from" do
      request_until(/\d+ from #{Regexp.escape(__FILE__)}:18:in '/)
    end
  end

  context "when a class has grown often" do
    let(:options) { { increases_threshold: 2 } }

    it "logs where its objects came from, without having been told" do
      request_until(/\d+ from #{Regexp.escape(__FILE__)}:18:in '/)
    end
  end

  it "is silent as long as nothing grows" do
    quiet = described_class.new(->(_env) { [204, {}, []] }, logger: logger, interval: 0.01)
    100.times { Rack::MockRequest.new(quiet).get("/") }
    SpecSupport.eventually("samples") { quiet.sampler.samples.values.any? { |sample| sample.sample_count > 5 } }
    expect(log.string).to be_empty
  ensure
    quiet.stop
  end

  it "starts one thread, however many requests come first" do
    before = Thread.list.size
    Array.new(8) { Thread.new { 5.times { requests.get("/") } } }.each(&:join)
    expect(Thread.list.size).to eq(before + 1)
  end

  it "starts again in a forked process", unless: SpecSupport.sanitized? do
    request_until(/Session has grown/)
    reader, writer = IO.pipe
    child = fork do
      log.truncate(0)
      request_until(/Session has grown/)
      writer.write("grown")
      exit!(0)
    end
    writer.close
    Process.wait(child)
    expect(reader.read).to eq("grown")
  end

  it "uses the logger of the request when it has none" do
    plain = described_class.new(application, interval: 0.02, threshold: 50)
    SpecSupport.eventually("the request's logger") do
      Rack::MockRequest.new(plain).get("/", "rack.logger" => logger)
      log.string.include?("Session has grown")
    end
  ensure
    plain.stop
  end

  it "fails no request when sampling is not possible" do
    allow(middleware.sampler).to receive(:run).and_raise(Memory::Tracker::Error, "it cannot be tracked")
    request_until(/ERROR.*stops sampling: it cannot be tracked/)
    3.times { requests.get("/") }
    expect(log.string.scan("stops sampling").size).to eq(1)
  end

  it "fails no request when its thread cannot be made" do
    allow(Thread).to receive(:new).and_raise(ThreadError, "can't create Thread: Resource temporarily unavailable")
    3.times { expect(requests.get("/").body).to eq("ok") }
    expect(log.string.scan(/ERROR.*does not sample: can't create Thread/).size).to eq(1)
  end

  it "fails no request when the application's logger fails, too" do
    broken = Object.new
    failing = described_class.new(application, logger: broken)
    allow(Thread).to receive(:new).and_raise(ThreadError, "can't create Thread")
    expect(Rack::MockRequest.new(failing).get("/").body).to eq("ok")
  end

  it "is used as any middleware is, and loaded only when it is required" do
    inner = application
    app = Rack::Builder.app do
      use Memory::Tracker::Rack, interval: 60
      run inner
    end
    expect(app).to be_a(described_class)
    expect { described_class.new(application, interval: 0) }.to raise_error(ArgumentError)
    loaded = <<~RUBY
      require "memory/tracker"
      print defined?(Memory::Tracker::Rack).inspect, $LOADED_FEATURES.grep(/call_tree|sampler|rack\\.rb/)
    RUBY
    paths = $LOAD_PATH.flat_map { |path| ["-I", path] }
    expect(Open3.capture2(RbConfig.ruby, *paths, "-e", loaded).first).to eq("nil[]")
  end
end
