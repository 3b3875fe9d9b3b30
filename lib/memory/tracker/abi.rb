# frozen_string_literal: true

# Refuses an extension that was built for another Ruby before it is loaded: it would read that Ruby's memory by the
# layout of its own, and crash the process or show wrong numbers. What it was built for stands in the library file
# itself, so that the two never differ, however the file came to where it is.
#
# Programs that `memory-tracker-top` runs load this in every Ruby they start. So it is written in a syntax that all of
# them read, and defines nothing.

require "rbconfig"

this_ruby = [RUBY_ENGINE, RbConfig::CONFIG["ruby_version"], RUBY_PLATFORM].join(" ")
feature = "memory/tracker/memory_tracker.#{RbConfig::CONFIG["DLEXT"]}"
extension = $LOAD_PATH.map { |directory| File.join(directory.to_s, feature) }.find { |path| File.file?(path) }
built_for = extension && File.open(extension, "rb") { |file| file.read[/memory-tracker ABI \[([^\]\0]+)\]/, 1] }

unless built_for == this_ruby
  raise LoadError, "memory-tracker's extension was built for #{built_for}, this is #{this_ruby}" if built_for

  raise LoadError, "memory-tracker's extension is not built for this Ruby, #{this_ruby}"
end
