# frozen_string_literal: true

require "open3"
require "tmpdir"
require_relative "../../support/foreign_extension"

RSpec.describe "require \"memory/tracker\"" do
  around { |example| Dir.mktmpdir { |directory| Dir.chdir(directory) { example.run } } }

  # A Ruby with nothing in its load path but its own libraries and these.
  def ruby(source, *directories)
    options = directories.flat_map { |directory| ["-I", directory] }
    environment = ENV.keys.grep(/\ARUBY(OPT|LIB)|\ABUNDLE/).to_h { |name| [name, nil] }
    Open3.capture2e(environment, RbConfig.ruby, *options, "-e", source).first
  end

  let(:report) { "begin; require 'memory/tracker'; rescue LoadError => e; puts e.class, e.message; end" }

  it "loads the extension that was built for this Ruby" do
    expect(ruby("#{report}; p Memory::Tracker::Capture.new.start", ForeignExtension::LIB)).to eq("true\n")
  end

  it "refuses one that was built for another before it is loaded, and defines nothing" do
    foreign = ForeignExtension.make(File.join(Dir.pwd, "foreign"))
    program = "#{report}; p defined?(Memory), $LOADED_FEATURES.grep(/memory_tracker/)"
    expect(ruby(program, foreign)).to eq("LoadError\n#{ForeignExtension::MESSAGE}\nnil\n[]\n")
  end

  it "looks into the one that would be loaded" do
    foreign = ForeignExtension.make(File.join(Dir.pwd, "foreign"))
    expect(ruby(report, foreign, ForeignExtension::LIB)).to include("vax-vms")
    expect(ruby(report, ForeignExtension::LIB, foreign)).to eq("")
  end

  it "says when there is none" do
    FileUtils.cp_r(ForeignExtension::LIB, "lib")
    FileUtils.rm(File.join("lib", ForeignExtension::EXTENSION))
    expect(ruby(report, File.join(Dir.pwd, "lib"))).to eq(
      "LoadError\nmemory-tracker's extension is not built for this Ruby, #{ForeignExtension::THIS}\n"
    )
  end

  describe "of memory-tracker-top" do
    before do
      Dir.mkdir("app")
      ForeignExtension.make(File.join(Dir.pwd, "app", "lib"))
      FileUtils.cp_r(File.join(SpecSupport::ROOT, "exe"), "app")
    end

    def top(*arguments)
      out, status = Open3.capture2e(RbConfig.ruby, "app/exe/memory-tracker-top", *arguments)
      [out.lines(chomp: true).sort, status.exitstatus]
    end

    it "runs the program untracked, with its status, and says so once" do
      message = "the extension cannot be loaded (#{ForeignExtension::MESSAGE}); the program runs untracked"
      expect(top("--batch", RbConfig.ruby, "-e", "puts 1; exit 3")).to eq([["1", "memory-tracker-top: #{message}"], 3])
    end

    it "says why it can do nothing else" do
      expect(top("--list")).to eq([["memory-tracker-top: #{ForeignExtension::MESSAGE}"], 125])
      expect(top("--attach", "1")).to eq([["memory-tracker-top: #{ForeignExtension::MESSAGE}"], 125])
    end
  end

  describe "where another garbage collector runs" do
    # What such a Ruby answers; the default one of the Rubies before 3.4 has no such method.
    let(:other) { "def GC.config = { implementation: 'mmtk' }" }

    it "refuses it with a sentence" do
      expect(ruby("#{other}; #{report}", ForeignExtension::LIB)).to eq(
        "LoadError\nmemory-tracker tracks objects of Ruby's default garbage collector only, and this is mmtk\n"
      )
    end
  end
end

RSpec.describe "extconf.rb" do
  let(:path) { File.join(SpecSupport::ROOT, "ext/memory_tracker/extconf.rb") }

  # What it says where a constant of this Ruby is another one; it must not get as far as to look for anything.
  def configure(change)
    Dir.mktmpdir do |directory|
      out, status = Open3.capture2e(RbConfig.ruby, "-W0", "-e", "#{change}; load #{path.dump}", chdir: directory)
      [out, status.success?, Dir.children(directory)]
    end
  end

  it "refuses a 32-bit Ruby with a sentence" do
    expect(configure("require 'rbconfig/sizeof'; RbConfig.const_set(:SIZEOF, { 'void*' => 4 })")).to eq(
      ["memory-tracker maps 64-bit addresses; it cannot be built for a 32-bit Ruby (#{RUBY_PLATFORM}).\n", false, []]
    )
  end

  it "refuses Windows with a sentence" do
    message = "memory-tracker needs POSIX threads, signals and terminals; it cannot be built for Windows (x64-mingw)."
    expect(configure("RUBY_PLATFORM = 'x64-mingw'")).to eq(["#{message}\n", false, []])
  end
end
