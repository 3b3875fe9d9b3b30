# frozen_string_literal: true

require "fileutils"
require "tmpdir"

# Looks into a capture of its own process, as the launcher does from another: snapshots are taken by a native thread, at
# any time, and printed as tables.
class Observer
  # @param capture [Memory::Tracker::Capture]
  # @param output [Integer] the file descriptor that tables are printed to
  # @param options [Hash{Symbol => Object}] as for Memory::Tracker::Remote#print
  def initialize(capture, output, options = {})
    @capture = capture
    @output = output
    @options = { interval: 0.01, **options }
  end

  # @return [self]
  def start
    @directory = Dir.mktmpdir("mt")
    @server = Memory::Tracker::Server.new(@capture, "program", {})
    @server.start(@directory)
    remote = Memory::Tracker::Remote.open(@server.path)
    @thread = Thread.new { remote.print(@output, @options) }
    self
  end

  # Ends with a last table.
  # @return [Boolean] false if it was not running, as in a forked child
  def finish
    return false unless @server&.running?

    @server.finish("ended with status 0")
    @thread.join
    FileUtils.rm_rf(@directory)
    true
  end
end
