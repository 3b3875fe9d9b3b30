# frozen_string_literal: true

module Memory
  module Tracker
    # A live, full-screen view of a capture, on the terminal of the process that it watches. {TUI} is the way to it.
    #
    # While it is shown, what the program prints on a terminal goes to a file instead. It is shown in a pane, and
    # comes to the terminal when the viewer leaves, whole and in order. Of any one process only one viewer is shown.
    #
    # A Ruby thread named "memory-tracker" does what needs the VM, so that keys are answered while the program is busy.
    # In a forked child a viewer does not run, and the child does not touch the terminal.
    #
    # @api private
    #
    # @!method self.problem
    #   @return [String, nil] why no viewer can be shown here, as the end of a sentence; nil when one can
    #
    # @!method initialize(capture, options)
    #   @param capture [Capture]
    #   @param options [Hash{Symbol => Object}]
    #   @option options [Float, nil] :interval (nil) seconds between snapshots; nil: as it was the last time, or 1
    #   @option options [String, nil] :sort (nil) a column: retained, growth, live, alloc or class; nil: as it was the
    #     last time, or growth
    #   @option options [Boolean] :settings (true) begin as it was the last time, and keep what keys change
    #   @option options [Boolean, nil] :mouse (nil) whether the mouse is used, instead of being left to the terminal;
    #     nil: as it was the last time, or true
    #   @option options [String, nil] :command (nil) the program, as a person would name it
    #   @option options [String, nil] :marker (nil) a file that is removed when the terminal is usable again, even if
    #     the program was killed
    #   @raise [ArgumentError] for options that make no sense
    #
    # @!method run
    #   Shows it, and returns when it was left. Ctrl-C leaves it, and raises Interrupt.
    #   @return [Symbol] `:left`, or `:quit` when the program shall end too
    #   @raise [Error] when it cannot be shown
    #
    # @!method start
    #   Shows it while the program runs on. Ctrl-C goes to the program.
    #   @return [self]
    #   @raise [Error] when it cannot be shown
    #
    # @!method running?
    #   @return [Boolean] whether it was started and has not been left
    #
    # @!method ended(how)
    #   The numbers stay as they are, and it is shown that the program has ended.
    #   @param how [String] such as "ended with status 0"
    #   @return [self]
    #
    # @!method wait
    #   Waits until it is left.
    #   @return [self]
    #
    # @!method stop
    #   Leaves it.
    #   @return [Boolean] false if it was not started, or had been left
    class Viewer
      # Methods that wait for input, as they stand at the top of a waiting thread's stack.
      READERS = /
        (?:\A|[.\#])
        (?:gets|read|readline|readlines|readpartial|getc|getbyte|readchar|readbyte|each_line|each_char|each_byte|
           sysread|read_nonblock|ungetc|eof\??|select|wait_readable)
        \z
      /x

      # Makes threads that wait for input look again where it comes from: the standard input may have become another
      # one. To a thread that waits for something else nothing happens.
      # @return [void]
      def self.wake_readers
        Thread.list.each { |thread| thread.wakeup if thread != Thread.current && reads?(thread) }
      rescue ThreadError
        # It has ended meanwhile.
        nil
      end

      # Whether a thread waits for input.
      # @param thread [Thread]
      # @return [Boolean]
      def self.reads?(thread)
        return false if thread.status != "sleep"

        frame = thread.backtrace_locations(0, 1)&.first
        frame ? READERS.match?(frame.label) : false
      end
      private_class_method :reads?
    end
  end
end
