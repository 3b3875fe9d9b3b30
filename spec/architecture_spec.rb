# frozen_string_literal: true

require "tsort"

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

  # No file of these includes itself by way of others.
  without_cycles = %w[base source binding vm]

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

  # What files include, a header and its source being one module, which is included by whatever includes either.
  includes = lambda do |folder|
    sources.grep(%r{\A#{folder}/}).group_by { |file| file.delete_suffix(File.extname(file)) }.to_h do |name, files|
      headers = files.flat_map { |file| File.read(File.join(root, file)).scan(/^\s*#\s*include\s+"([^"]+)"/) }.flatten
      [name, headers.map { |header| header.delete_suffix(File.extname(header)) }.grep(%r{\A#{folder}/}).uniq - [name]]
    end
  end

  # Strongly connected components, of more than one module each.
  cycles = lambda do |graph|
    each_child = ->(name, &block) { graph.fetch(name, []).each(&block) }
    TSort.strongly_connected_components(graph.method(:each_key), each_child).select { |names| names.size > 1 }
  end

  it "can be searched for cycles" do
    graph = { "a" => %w[b], "b" => %w[c], "c" => %w[b d], "d" => %w[e], "e" => [] }
    expect(cycles.call(graph).map(&:sort)).to eq([%w[b c]])
    expect(includes.call("base").fetch("base/thread")).to include("base/condition")
  end

  without_cycles.each do |folder|
    it "#{folder} has no cycle of files that include each other" do
      expect(cycles.call(includes.call(folder)).map(&:sort)).to be_empty
    end
  end

  it "run no Ruby code in the scope of who calls them" do
    calls = sources.grep_v(%r{\Avm/evaluate}).grep(/\.c\z/).select do |file|
      File.read(File.join(root, file)).match?(/\brb_eval_string|\brb_obj_instance_eval/)
    end
    expect(calls).to be_empty
  end

  it "are these, with sources in them" do
    expect(sources.map { |file| file[%r{\A[^/]+}] }.uniq - doors.keys).to be_empty
    expect(included.call("model", /^\s*#\s*include\s+"([^"]+)"/)).not_to be_empty
  end

  it "have sources whose base names differ, because all objects land in one folder" do
    names = sources.grep(/\.c\z/).map { |file| File.basename(file) }
    expect(names.tally.select { |_name, count| count > 1 }).to be_empty
  end

  it "have no file, nor have lib, exe, spec and rakelib, of more than 500 lines" do
    files = Dir.glob("{ext,lib,exe,spec,rakelib}/**/*.{c,h,rb,rake}", base: File.expand_path("..", __dir__))
    long = files.select { |file| File.foreach(File.expand_path("../#{file}", __dir__)).count > 500 }
    expect(long).to be_empty
    expect(files.size).to be > 300
  end
end
