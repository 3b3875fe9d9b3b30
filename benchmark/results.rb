# frozen_string_literal: true

require "etc"
require "open3"

# Runs all benchmarks and writes what they say, with the machine, the versions and the date, into RESULTS.md, in the
# place of what was there for the same version of Ruby.
module Results
  FILE = File.expand_path("RESULTS.md", __dir__)
  NAMES = %w[counts paths memory viewer].freeze

  HEAD = <<~TEXT
    # Results

    Written by `rake benchmark`, a section for each version of Ruby. Ratios are of CPU time, both sides measured in turn in
    one process; what they are held against, and the goals, are named beside them.
  TEXT

  module_function

  def machine
    model = File.foreach("/proc/cpuinfo").grep(/model name/).first.to_s.split(": ").last.to_s.chomp if
      File.exist?("/proc/cpuinfo")
    load = File.read("/proc/loadavg").split.first(3).join(", ") if File.exist?("/proc/loadavg")
    ["#{Etc.nprocessors} cores, #{model || RUBY_PLATFORM}, #{Etc.uname[:sysname]} #{Etc.uname[:release]}",
     ("load before it began #{load}" if load), Time.now.strftime("%Y-%m-%d")].compact.join("; ")
  end

  def measure(name)
    output, status = Open3.capture2("rake", "benchmark:#{name}")
    print output
    abort "benchmark:#{name} has failed" unless status.success?
    "### #{name}\n\n```\n#{output.strip}\n```\n"
  end

  def version
    RUBY_VERSION[/\A\d+\.\d+/]
  end

  def sections
    return {} unless File.exist?(FILE)

    File.read(FILE).split(/^(?=## )/).drop(1).to_h { |section| [section[/\d+\.\d+/], section] }
  end

  def write
    head = "## Ruby #{version}\n\n#{RUBY_DESCRIPTION}; #{machine}\n"
    section = [head, *NAMES.map { |name| measure(name) }].join("\n")
    all = sections.merge(version => section).sort.map { |_, text| "#{text.chomp}\n" }
    File.write(FILE, [HEAD, *all].join("\n"))
  end
end

Results.write
