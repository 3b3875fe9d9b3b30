# frozen_string_literal: true

require_relative "memory/tracker/cli/run_top"
require_relative "support/terminal"

RSpec.describe "examples/leaky_shop.rb", :top do
  shop = File.join(SpecSupport::ROOT, "examples/leaky_shop.rb")

  # The place of the line with this text in it.
  place = lambda do |text|
    "leaky_shop.rb:#{File.readlines(shop).index { |line| line.include?(text) } + 1}"
  end

  # The line below the one of a class in the last table.
  def below(table, name)
    table.lines(chomp: true).drop_while { |line| !line.end_with?("  #{name}") }[1]
  end

  it "has the leaking lines first below the leaking classes, in a table" do
    result = top("--batch", "--interval", "60", "--depth", "10", "--sort", "retained", "--limit", "100",
                 RunTop::RUBY, shop, "1.5")
    expect(below(result.output, "Shop::Session")).to end_with(place.call("Session.new(token"))
    expect(below(result.output, "Shop::Listener")).to end_with(place.call("Listener.new(order"))
  end

  it "shows a leaking line after two keys" do
    Terminal.open(columns: 120) do |terminal|
      terminal.start(Terminal.top("--interval", "0.2", "--gc", "0.3", RbConfig.ruby, shop))
      terminal.wait_for(/▲.*Shop::Session$/) { terminal.classes.first == "Shop::Session" }
      terminal.press("Enter", "Down")
      terminal.wait_for(/▾ Shop::Session\n.*│ .*#{Regexp.escape(place.call("Session.new(token"))}$/)
      terminal.press("Q", "y")
      terminal.status
    end
  end
end
