# frozen_string_literal: true

require "fileutils"

# The library with an extension that was built for another Ruby, as far as can be told before it is loaded.
module ForeignExtension
  LIB = File.join(SpecSupport::ROOT, "lib")
  EXTENSION = "memory/tracker/memory_tracker.#{RbConfig::CONFIG["DLEXT"]}".freeze
  MARK = /(?<=memory-tracker ABI \[)[^\]]+(?=\])/n

  # What the extension says that it was built for, and what this is.
  OTHER = "ruby 2.9.9 vax-vms"
  THIS = [RUBY_ENGINE, RbConfig::CONFIG["ruby_version"], RUBY_PLATFORM].join(" ").freeze
  MESSAGE = "memory-tracker's extension was built for #{OTHER}, this is #{THIS}".freeze

  module_function

  # @param directory [String] where to put it
  # @return [String] the same, for the load path
  def make(directory)
    FileUtils.cp_r(LIB, directory)
    path = File.join(directory, EXTENSION)
    bytes = File.binread(path)
    bytes.sub!(MARK) { |mark| "#{OTHER}]".ljust(mark.size, "\0").b } || raise("#{path} does not tell its ABI")
    File.binwrite(path, bytes)
    directory
  end
end
