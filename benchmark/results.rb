# frozen_string_literal: true

require "etc"
require "psych"
require "rbconfig"
require "tempfile"
require_relative "figures"
require_relative "goals"

# Runs all benchmarks and writes what they say, with the machine, the versions and the date, into RESULTS.md, in the
# place of what was there for the same version of Ruby.
module Results
  FILE = File.expand_path("RESULTS.md", __dir__)
  NAMES = %w[counts paths growth memory light viewer].freeze

  HEAD = <<~TEXT
    # Results

    Written by `rake benchmark`, a section for each version of Ruby. Ratios are of CPU time, both sides measured in turn in
    one process, and of several such processes the median; what they are held against, and the goals, are named beside
    them. [TRIED.md](TRIED.md) has what was done to get there.
  TEXT

  # A line of the viewer's benchmark, which is written in C, that has a goal.
  VIEWER_LINE = /^  (?<what>\S.*?) +(?<value>\d+\.\d+) \S+ +goal:/

  module_function

  def machine
    model = File.foreach("/proc/cpuinfo").grep(/model name/).first.to_s.split(": ").last.to_s.chomp if
      File.exist?("/proc/cpuinfo")
    load = File.read("/proc/loadavg").split.first(3).join(", ") if File.exist?("/proc/loadavg")
    ["cores: #{Etc.nprocessors}, #{model || RUBY_PLATFORM}, #{Etc.uname[:sysname]} #{Etc.uname[:release]}",
     ("load before it began #{load}" if load), Time.now.strftime("%Y-%m-%d")].compact.join("; ")
  end

  def libraries
    names = %w[erubi kramdown liquid mail rack rouge sinatra]
    versions = Gem.loaded_specs.values_at(*names).compact.to_h { |gem| [gem.name, gem.version] }
    versions.merge("psych" => Psych::VERSION).sort.map { |named| named.join(" ") }.join(", ")
  end

  def command(name)
    return ["tmp/benchmark/viewer"] if name == "viewer"

    [RbConfig.ruby, *$LOAD_PATH.flat_map { |path| ["-I", path] }, File.join(__dir__, "#{name}.rb")]
  end

  # @return [String] what it printed, which is shown meanwhile; what has failed is said, and takes nothing else with it
  def run(name)
    puts "", "#{Time.now.strftime("%H:%M:%S")} benchmark:#{name}"
    output = IO.popen(command(name)) { |io| io.each_line.map { |line| line.tap { print line } }.join }
    return output if $?.success? # rubocop:disable Style/SpecialGlobalVars

    failed << name
    "#{output}benchmark:#{name} has failed\n"
  end

  def failed
    @failed ||= []
  end

  def measure(name)
    output = run(name)
    keep_viewer(output) if name == "viewer"
    "### #{name}\n\n```\n#{output.strip}\n```\n"
  end

  # @param output [String] of the viewer's benchmark
  def keep_viewer(output)
    screen = nil
    output.each_line do |line|
      screen = line.chomp if line.match?(/, \d+x\d+$/)
      match = VIEWER_LINE.match(line) or next
      Figures.keep("viewer, #{match[:what]}", screen, match[:value].to_f)
    end
  end

  def version
    RUBY_VERSION[/\A\d+\.\d+/]
  end

  # What is in the file, by version.
  def sections
    return {} unless File.exist?(FILE)

    File.read(FILE).split(/^(?=## )/).drop(1).to_h { |section| [section[/\d+\.\d+/], section] }
  end

  # @return [String] what this Ruby has to say
  def section
    head = "## Ruby #{version}\n\n#{RUBY_DESCRIPTION}; #{machine}\n\nReal libraries: #{libraries}.\n"
    Tempfile.create("figures") do |file|
      ENV["BENCHMARK_FIGURES"] = file.path
      details = NAMES.map { |name| measure(name) }
      [head, Goals.table(Figures.read(file.path)), *details].join("\n")
    end
  end

  def write
    all = sections.merge(version => section).sort.map { |_, text| "#{text.chomp}\n" }
    File.write(FILE, [HEAD, *all].join("\n"))
    puts "", "#{Time.now.strftime("%H:%M:%S")} all is in #{FILE}"
    abort "benchmark: #{failed.join(", ")} failed" if failed.any?
  end
end

if $PROGRAM_NAME == __FILE__
  $stdout.sync = true
  Results.write
end
