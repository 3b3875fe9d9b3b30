# frozen_string_literal: true

module Memory
  module Tracker
    # Prints a table of a capture's classes at an interval, from a native thread: it prints while the program sits in
    # a long call, too. A Ruby thread named "memory-tracker" helps it from {#start} to {#finish}; where a program
    # kills that one, tables go on without the figures that only Ruby can tell.
    #
    # What is printed goes to a copy of the file descriptor, so it does not matter when the program closes its own.
    # When nobody can read it any more, printing ends and the program goes on. In a forked child a reporter does not
    # run, and {#finish} does nothing.
    #
    # @api private
    #
    # @!method initialize(capture, fd, options)
    #   @param capture [Capture]
    #   @param fd [Integer] the file descriptor to print to
    #   @param options [Hash{Symbol => Object}]
    #   @option options [Float] :interval (1.0) seconds between tables, at least 0.01
    #   @option options [Integer, nil] :iterations (nil) how many tables to print, besides the one at the end; nil for
    #     no end
    #   @option options [String] :sort ("growth") a column: retained, growth, live, alloc or class
    #   @option options [Integer, nil] :limit (nil) how many classes a table has at most; nil or 0 for all
    #   @option options [Float, nil] :gc (nil) seconds between full GCs, nil for none
    #   @option options [String, nil] :command (nil) the program, as a person would name it
    #   @option options [String, nil] :record (nil) a file to record the numbers in, which must not be there
    #   @option options [Boolean] :overwrite (false) replace the file if it is a recording
    #   @option options [Boolean] :internal (false) list hidden and internal objects too
    #   @option options [Boolean, nil] :ascii (nil) nothing but ASCII; nil when the locale has no UTF-8
    #   @raise [ArgumentError] for options that make no sense
    #
    # @!method start
    #   @return [Boolean] false if it was running already
    #   @raise [SystemCallError] when the file descriptor is not open, or no thread can be started
    #   @raise [Error] when nothing can be recorded in the file; the message says why
    #
    # @!method finish
    #   Ends the printing with one last table of the numbers as they are now.
    #   @return [Boolean] false if it was not running
    #
    # @!method running?
    #   @return [Boolean]
    class Reporter # rubocop:disable Lint/EmptyClass -- its methods are in C
    end
  end
end
