# frozen_string_literal: true

require "fileutils"
require "open3"
require "rubygems/package"
require "tmpdir"

RSpec.describe "the gem" do
  # Nothing of this checkout, of Bundler or of the machine's gems may be what makes the installed gem work.
  before(:all) do
    @directory = Dir.mktmpdir("memory tracker gem ")
    @home = File.join(@directory, "home")
    @package = File.join(@directory, "memory-tracker.gem")
    @built = run("gem", "build", "memory-tracker.gemspec", "--output", @package, chdir: SpecSupport::ROOT)
    @installed = run("gem", "install", "--local", "--no-document", @package)
  end

  after(:all) { FileUtils.rm_rf(@directory) }

  def clean_environment
    inherited = ENV.keys.grep(/\A(BUNDLE|BUNDLER|GEM|RUBY|MEMORY_TRACKER)/).to_h { |name| [name, nil] }
    inherited.merge("GEM_HOME" => @home, "GEM_PATH" => @home)
  end

  # @return [Array(String, Process::Status)] all output together, and how it ended
  def run(*command, chdir: @directory)
    command = [RbConfig.ruby, "-S", *command] if command.first == "gem"
    Open3.capture2e(clean_environment, *command, chdir: chdir, stdin_data: "")
  end

  def executable
    File.join(@home, "bin", "memory-tracker-top")
  end

  def expect_success((output, status))
    expect(status).to be_success, "it ended with #{status}:\n#{output}"
  end

  it "builds and installs into an empty home" do
    expect_success(@built)
    expect_success(@installed)
    expect(Dir.children(File.join(@home, "gems"))).to eq(["memory-tracker-#{Memory::Tracker::VERSION}"])
  end

  it "has what is needed to build it and to read about it, and nothing that was built or is for tests" do
    files = Gem::Package.new(@package).spec.files
    expect(files).to include(
      "LICENSE", "README.md", "CHANGELOG.md", "exe/memory-tracker-top", "lib/memory/tracker.rb",
      "ext/memory_tracker/extconf.rb", "ext/memory_tracker/depend", "ext/memory_tracker/model/snapshot.h"
    )
    expect(files.grep(%r{\.(so|o|bundle|log)\z|\A(spec|tmp|bin|benchmark)/})).to be_empty
  end

  it "exports nothing from its extension but what Ruby looks for", if: RUBY_PLATFORM.include?("linux") do
    library = Dir.glob("extensions/**/memory_tracker.so", base: @home).first
    names, status = Open3.capture2e("nm", "-D", "--defined-only", File.join(@home, library))
    expect(status).to be_success
    # ruby.h defines the second one, in Rubies that are not released yet.
    expect(names.lines.map { |line| line.split.last } - ["ruby_abi_version"]).to eq(["Init_memory_tracker"])
  end

  it "says its version" do
    output, status = run(RbConfig.ruby, executable, "--version")
    expect_success([output, status])
    expect(output).to include(Memory::Tracker::VERSION)
  end

  it "watches a program" do
    program = File.join(@directory, "program.rb")
    File.write(program, <<~RUBY)
      class Kept; end
      kept = Array.new(1_234) { Kept.new }
      GC.start
      puts "kept \#{kept.size}"
    RUBY
    output, status = run(RbConfig.ruby, executable, "--batch", "--limit", "200", RbConfig.ruby, program)
    expect_success([output, status])
    expect(output).to include("kept 1234").and match(/^\s*1,234\b.*\bKept$/)
  end

  it "is loaded by a program that requires it" do
    output, status = run(RbConfig.ruby, "-e", 'require "memory/tracker"; print Memory::Tracker::VERSION')
    expect_success([output, status])
    expect(output).to eq(Memory::Tracker::VERSION)
  end
end
