# frozen_string_literal: true

require "json"
require "spec_helper"
require "support/terminal"

RSpec.describe "keys of the viewer" do
  # A terminal in whose folder the settings are kept, without a word about that in the options.
  around do |example|
    Terminal.open(env: { "MEMORY_TRACKER_SETTINGS" => "settings" }) do |terminal|
      example.metadata[:terminal] = terminal
      example.run
    end
  end

  let(:terminal) { RSpec.current_example.metadata[:terminal] }

  def start(*options)
    path = terminal.write("program.rb", "class Product; end\nkept = Array.new(30) { Product.new }\nsleep")
    terminal.start(Terminal.top(*options, RbConfig.ruby, path))
    terminal.wait_for_viewer
  end

  def leave
    terminal.press("Q", "y")
    expect(terminal.status).to eq(130)
  end

  def file(name)
    File.join(terminal.folder, name)
  end

  it "keeps what they change for the next time, unless an option says otherwise" do
    start
    terminal.press("5", "[", "T")
    terminal.wait_for(/the theme is light/)
    leave
    expect(File.read(file("settings")).lines.drop(1)).to eq(["sort = class\n", "interval = 0.5\n", "theme = light\n"])
    start
    terminal.wait_for(/every 0\.5 s/)
    terminal.wait_for(/CLASS▾/)
    leave
    start("--interval", "2", "--sort", "live")
    terminal.wait_for(/every 2\.0 s/)
    terminal.wait_for(/LIVE▾/)
    leave
    start("--no-settings")
    terminal.wait_for(/GROWTH.s▾/)
    leave
    expect(File.read(file("settings")).lines.size).to eq(4)
  end

  it "report settings that make no sense, and leave them alone" do
    File.write(file("settings"), "interval = often\n")
    start
    terminal.wait_for(/the settings are not used: line 1: interval takes seconds/)
    terminal.press("T")
    terminal.wait_for(/the settings were not kept: line 1: interval takes seconds/)
    leave
    expect(File.read(file("settings"))).to eq("interval = often\n")
  end

  it "write what is shown, and say where" do
    start
    terminal.wait_for(/ Product$/)
    terminal.press("w")
    terminal.wait_for(/write to: memory-tracker-\d+-\d{8}-\d{6}\.txt/)
    terminal.press("Tab", "Enter")
    name = terminal.wait_for(%r{written to \S*/(memory-tracker-\S+\.json)})[1]
    leave
    product = JSON.parse(File.read(file(name))).fetch("lines").find { |line| line["class"] == "Product" }
    expect(product).to include("live" => 30, "depth" => 0)
  end

  it "search from match to match" do
    start
    terminal.wait_for(/ Product$/)
    terminal.press("\\")
    terminal.type("product")
    terminal.wait_for(/search: product/)
    terminal.press("Enter")
    terminal.wait_for(/n N next match/)
    terminal.press("F3")
    terminal.wait_for(/no other line has "product"/)
    leave
  end
end
