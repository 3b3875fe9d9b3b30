# frozen_string_literal: true

require "json"
require "spec_helper"
require_relative "fixtures/programs/trends"
require_relative "support/ruby_program"

# Programs of each kind, watched by the viewer: what it says on the screen, round by round.
RSpec.describe "what the viewer says of" do
  seconds_of_a_round = 3
  prelude = <<~RUBY
    require "json"
    $stdout.sync = true
    require #{File.join(SpecSupport::EXTENSIONS, "spec/support/viewer_probe/viewer_probe").dump}
    require #{File.expand_path("fixtures/programs/trends", __dir__).dump}
    CAPTURE = Memory::Tracker::Capture.new(depth: 3)
    VIEWER = ViewerProbe.new
    def look(number) = VIEWER.feed(CAPTURE.snapshot.bytes, (number + 1) * #{seconds_of_a_round})
  RUBY

  # Runs a kind of program for some rounds, each followed by `collection`.
  # @return [Array<Array<String>>] the screen after each round
  define_method(:screens) do |kind, rounds: 25, collection: "GC.start", before: ""|
    result = RubyProgram.run(prelude + <<~RUBY)
      program = Trends::KINDS.fetch(#{kind.dump}).new
      #{before}
      CAPTURE.start
      #{rounds}.times do |number|
        program.round(number)
        #{collection}
        look(number)
        # What was shown is printed at once: kept, it would be a leak of its own.
        puts JSON.generate(VIEWER.screen(160, 50))
      end
    RUBY
    expect(result.status).to be_success, result.to_s
    result.out.lines.map { |line| JSON.parse(line).map(&:rstrip) }
  end

  def rows(screen)
    screen.drop_while { |line| !line.include?("RETAINED") }.drop(1).grep(/\S/)
  end

  # @return [String, nil] the line of the class that is counted
  def row(screen)
    rows(screen).find { |line| line.include?("Trends::Thing") }
  end

  def signs(screen)
    screen.grep(/▲/)
  end

  Trends::LEAKS.each_key do |kind|
    it "#{kind}: it is at the top with the sign, and alone" do
      screens(kind).last(6).each do |screen|
        expect(rows(screen).first).to match(/ \+\d[\d.,]* ▲ .*Trends::Thing/), screen.join("\n")
        expect(rows(screen).drop(1).join).not_to include("▲"), screen.join("\n")
      end
    end
  end

  Trends::OTHERS.each_key do |kind|
    it "#{kind}: it has no sign, and nothing else has" do
      screens(kind).last(8).each do |screen|
        expect(row(screen)).not_to be_nil, screen.join("\n")
        expect(signs(screen)).to be_empty, screen.join("\n")
      end
    end
  end

  it "a steady leak: what grows by 50 in three seconds grows by 16.7 in one" do
    expect(row(screens("a steady leak").last)).to match(/ \+16\.[67] ▲ /)
  end

  it "a steady leak: three major GCs are enough" do
    first = screens("a steady leak", rounds: 4).index { |screen| row(screen)&.include?("▲") }
    expect(first).to be_between(2, 3)
  end

  it "a steady leak without major GCs: growth is unconfirmed, and the footer says how to confirm it" do
    # A minor GC becomes a major one when Ruby finds that necessary; with room in the heap it does not.
    room = "kept = Array.new(300_000) { Object.new }; kept = nil; GC.start"
    last = screens("a steady leak", rounds: 8, collection: "GC.start(full_mark: false)", before: room).last
    expect(row(last)).to match(/~\+\d/), last.join("\n")
    expect(signs(last)).to be_empty, last.join("\n")
    expect(last.last).to include("g GC to confirm ~")
  end

  it "a steady leak since a mark" do
    marking = "GC.start; VIEWER.press(\"b\") if number == 10"
    last = screens("a steady leak", collection: marking).last
    # The key is pressed before the round's own numbers have come: fifteen rounds of fifty follow.
    expect(row(last)).to match(/ \+7[45]\d /), last.join("\n")
  end
end
