# frozen_string_literal: true

require_relative "support/layers"

RSpec.describe "the folders of the extension" do
  plain = Layers::SOURCES.reject { |file| Layers::WITH_RUBY.include?(Layers.folder(file)) }

  it "are these, with sources in them" do
    expect(Layers::SOURCES.map { |file| Layers.folder(file) }.uniq).to match_array(Layers::MAY_INCLUDE.keys)
    expect(Layers.includes("model/tracker.c")).to include("model/tracker.h")
  end

  it "include of the project what the layers allow, each header by its folder" do
    expect(Layers.crossings).to be_empty
    expect(Layers::SOURCES.flat_map { |file| Layers.includes(file) }.grep(/\.\./)).to be_empty
  end

  it "know nothing of Ruby outside of vm and binding" do
    known = plain.select { |file| Layers.text(file).match?(%r{^\s*#\s*include\s+["<]ruby(?:\.h|/)|\bVALUE\b}) }
    expect(known).to be_empty
  end

  it "keep the insides of the viewer to app" do
    outside = Layers::SOURCES.reject { |file| Layers.folder(file) == "app" }
    expect(outside.select { |file| Layers.includes(file).include?("app/viewer_state.h") }).to be_empty
  end

  it "can be searched for cycles" do
    graph = { "a" => %w[b], "b" => %w[c], "c" => %w[b d], "d" => %w[e], "e" => [] }
    expect(Layers.cycles(graph)).to eq([%w[b c]])
    expect(Layers.modules.fetch("base/thread")).to include("base/condition")
    expect(Layers.folders.fetch("vm")).to include("model")
  end

  it "have no files that include each other" do
    expect(Layers.cycles(Layers.modules)).to be_empty
  end

  it "do not include each other" do
    expect(Layers.cycles(Layers.folders)).to be_empty
  end

  it "are compiled into the native tests, but for vm and binding" do
    archived = File.read(File.expand_path("../rakelib/native.rake", __dir__))[/SOURCES = .*$/]
    expect(archived).to include("ext/memory_tracker/*/*.c", ".exclude(\"**/{vm,binding}/*.c\")")
    expect(plain.grep(%r{/.*/})).to be_empty
  end

  it "run no Ruby code in the scope of who calls them" do
    calls = Layers::SOURCES.grep_v(%r{\Avm/evaluate}).grep(/\.c\z/).select do |file|
      Layers.text(file).match?(/\brb_eval_string|\brb_obj_instance_eval/)
    end
    expect(calls).to be_empty
  end

  it "have sources whose base names differ, because all objects land in one folder" do
    names = Layers::SOURCES.grep(/\.c\z/).map { |file| File.basename(file) }
    expect(names.tally.select { |_name, count| count > 1 }).to be_empty
  end

  it "have no file, nor have lib, exe, spec and rakelib, of more than 500 lines" do
    files = Dir.glob("{ext,lib,exe,spec,rakelib}/**/*.{c,h,rb,rake}", base: File.expand_path("..", __dir__))
    long = files.select { |file| File.foreach(File.expand_path("../#{file}", __dir__)).count > 500 }
    expect(long).to be_empty
    expect(files.size).to be > 300
  end
end
