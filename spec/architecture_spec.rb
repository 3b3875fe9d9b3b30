# frozen_string_literal: true

RSpec.describe "the folders of the extension" do
  root = File.expand_path("../ext/memory_tracker", __dir__)
  sources = Dir.glob("*/**/*.{c,h}", base: root)

  # What each folder may include of the project: whole folders, or single headers.
  doors = {
    "base" => %w[base/],
    "model" => %w[model/ base/],
    "vm" => %w[vm/ model/ base/],
    "transport" => %w[transport/ model/snapshot.h base/],
    "viewer" => %w[viewer/ model/snapshot.h base/],
    "terminal" => %w[terminal/ viewer/ model/snapshot.h base/],
    "source" => %w[source/ transport/ viewer/ model/snapshot.h model/snapshot_sum.h terminal/clock.h base/],
    "binding" => %w[binding/ model/ vm/ transport/ viewer/ terminal/ source/ base/]
  }
  # These compile and run without Ruby.
  without_ruby = %w[base model transport viewer terminal source]

  included = lambda do |folder, pattern|
    sources.grep(%r{\A#{folder}/}).flat_map do |file|
      File.read(File.join(root, file)).scan(pattern).flatten.map { |header| "#{file} includes #{header}" }
    end
  end

  doors.each do |folder, headers|
    it "#{folder} includes only #{headers.join(", ")} of the project, each by its folder" do
      strangers = included.call(folder, /^\s*#\s*include\s+"([^"]+)"/).reject do |include|
        include.split.last.start_with?(*headers) && !include.include?("..")
      end
      expect(strangers).to be_empty
    end
  end

  without_ruby.each do |folder|
    it "#{folder} knows nothing of Ruby" do
      expect(included.call(folder, %r{^\s*#\s*include\s+["<](ruby(?:\.h|/)[^">]*)})).to be_empty
    end
  end

  it "are these, with sources in them" do
    expect(sources.map { |file| file[%r{\A[^/]+}] }.uniq - doors.keys).to be_empty
    expect(included.call("model", /^\s*#\s*include\s+"([^"]+)"/)).not_to be_empty
  end

  it "have sources whose base names differ, because all objects land in one folder" do
    names = sources.grep(/\.c\z/).map { |file| File.basename(file) }
    expect(names.tally.select { |_name, count| count > 1 }).to be_empty
  end
end
