# frozen_string_literal: true

require "memory/tracker/cli"

RSpec.describe Memory::Tracker::CLI::Environment do
  def variables(inherited = {}, arguments = %w[ruby app.rb])
    options = Memory::Tracker::CLI::Options.parse(arguments)
    described_class.new(options, inherited: inherited).to_h("/private")
  end

  let(:lib) { File.join(SpecSupport::ROOT, "lib") }

  it "makes every Ruby load the agent, by a name without a path" do
    expect(variables).to include("RUBYOPT" => "-rmemory/tracker/agent", "RUBYLIB" => lib)
  end

  it "keeps what was set" do
    expect(variables({ "RUBYOPT" => "-W0 -rset", "RUBYLIB" => "/one two:/three" })).to include(
      "RUBYOPT" => "-rmemory/tracker/agent -W0 -rset", "RUBYLIB" => "#{lib}:/one two:/three"
    )
  end

  it "does not make an empty path of an empty variable" do
    expect(variables({ "RUBYOPT" => "", "RUBYLIB" => "" })).to include(
      "RUBYOPT" => "-rmemory/tracker/agent", "RUBYLIB" => lib
    )
  end

  it "tells the agent where to report and what for" do
    expect(variables({}, %w[--batch --limit 3 ruby app.rb])).to include(
      "MEMORY_TRACKER_DIRECTORY" => "/private",
      "MEMORY_TRACKER_MODE" => "batch",
      "MEMORY_TRACKER_OPTIONS" => a_string_including("limit=3"),
      "MEMORY_TRACKER_COMMAND" => "ruby app.rb"
    )
  end
end
