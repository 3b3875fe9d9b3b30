# frozen_string_literal: true

require_relative "lib/memory/tracker/version"

Gem::Specification.new do |spec|
  spec.name = "memory-tracker"
  spec.version = Memory::Tracker::VERSION
  spec.authors = ["The memory-tracker authors"]
  spec.summary = "Shows live which classes of a Ruby program grow, and which lines keep making the objects that stay."
  spec.description = <<~TEXT
    Counts every object of a running Ruby program, by class and by call path, from the virtual machine's own events:
    allocated, freed, live, and retained by the last full garbage collection. With a top for the terminal.
  TEXT
  spec.license = "MIT"
  spec.required_ruby_version = ">= 3.1"
  spec.metadata = { "rubygems_mfa_required" => "true" }

  spec.files = Dir.glob(
    %w[lib/**/*.rb sig/**/*.rbs exe/* ext/**/*.{c,h,rb} ext/**/depend examples/**/*.rb *.md LICENSE],
    base: __dir__
  )
  spec.bindir = "exe"
  spec.executables = ["memory-tracker-top"]
  spec.extensions = ["ext/memory_tracker/extconf.rb"]
  spec.require_paths = ["lib"]
end
