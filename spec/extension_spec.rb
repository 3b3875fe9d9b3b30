# frozen_string_literal: true

require "open3"

RSpec.describe "the extension" do
  def dynamic_section
    library = $LOADED_FEATURES.grep(%r{/memory_tracker\.so\z}).first
    output, status = Open3.capture2("readelf", "--dynamic", "--wide", library)
    expect(status).to be_success
    output
  end

  it "binds functions of other libraries at their first call, where that was asked for",
     if: ENV["MEMORY_TRACKER_LAZY_BINDING"] == "1" do
    require "memory/tracker"
    expect(dynamic_section).not_to match(/\b(BIND_NOW|NOW)\b/)
    expect(ENV.fetch("LD_BIND_NOW", nil)).to be_nil
  end
end
