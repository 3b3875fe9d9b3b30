# frozen_string_literal: true

require "memory/tracker/cli"

RSpec.describe "README.md" do
  readme = File.read(File.expand_path("../README.md", __dir__))

  it "has a row for each option that the help has, and for no other" do
    help = Memory::Tracker::CLI::Options.parse(["--help"]).answer
    described = readme.lines.grep(/^\| `--/).flat_map { |row| row.scan(/`(--[^` ]+)/) }.flatten
    expect(described).to match_array(help.scan(/^ +(?:-\w, )?(--\S+)/).flatten)
  end

  it "points only to files that are there" do
    files = readme.scan(/\]\((?!https?:)([^)#]+)\)/).flatten
    missing = files.reject { |file| File.exist?(File.expand_path("../#{file}", __dir__)) }
    expect(files).not_to be_empty
    expect(missing).to be_empty
  end
end
