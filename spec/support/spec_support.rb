# frozen_string_literal: true

require "rbconfig"
require "memory/tracker"

# What specs and torture share.
module SpecSupport
  ROOT = File.expand_path("../..", __dir__)
  EXTENSIONS = File.join(ROOT, "tmp/extensions/#{RUBY_PLATFORM}-#{RUBY_VERSION}")

  module_function

  # Loads a test-only extension, which `rake extensions` built.
  # @param folder [String] where its extconf.rb is, such as "spec/support/heap_walk"
  def require_extension(folder)
    require File.join(EXTENSIONS, folder, File.basename(folder))
  end

  # Whether the extension is compiled with sanitizers. The runtime of ASan can leave its own locks taken in the child
  # of a process whose other threads were busy, which then waits forever; examples that make one are not for it.
  def sanitized?
    ENV.key?("MEMORY_TRACKER_SANITIZED")
  end

  # How often to repeat what takes long: MEMORY_TRACKER_THOROUGH=1 asks for more than every run has time for.
  def repetitions(usual, thorough:)
    ENV.key?("MEMORY_TRACKER_THOROUGH") ? thorough : usual
  end

  # Waits until the block gives a true value and returns it; fails after `seconds`.
  # @param what [String] what is waited for, for the message
  def eventually(what, seconds: 30)
    deadline = now + seconds
    loop do
      value = yield
      return value if value
      raise "waited #{seconds} s in vain for #{what}" if now > deadline

      sleep 0.02
    end
  end

  def now
    Process.clock_gettime(Process::CLOCK_MONOTONIC)
  end
end
