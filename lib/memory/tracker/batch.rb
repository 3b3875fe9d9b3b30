# frozen_string_literal: true

module Memory
  module Tracker
    # Tables of all processes of a program that the launcher has started, from their sockets in its folder. With more
    # than one process a table has a line for each and the sum of their numbers.
    #
    # Nothing of it runs in the program. Neither a process that does not answer nor a reader that does not read holds
    # it up.
    #
    # @api private
    #
    # @!method initialize(directory, fd, options)
    #   @param directory [String] where the processes have their sockets
    #   @param fd [Integer] the file descriptor to print to
    #   @param options [Hash{Symbol => Object}]
    #   @option options [Float] :interval (1.0) seconds between tables, at least 0.01
    #   @option options [Integer, nil] :iterations (nil) how many tables to print, besides the one at the end; nil for
    #     no end
    #   @option options [String] :sort ("growth") a column: retained, growth, live, alloc or class
    #   @option options [Integer, nil] :limit (nil) how many classes a table has at most; nil or 0 for all
    #   @option options [Float, nil] :gc (nil) seconds between full GCs, nil for none
    #   @option options [String, nil] :command (nil) the program, as a person would name it
    #   @option options [String, nil] :record (nil) a file to record the numbers of the tables in
    #   @option options [Boolean] :overwrite (false) replace the file if it is a recording
    #   @option options [Boolean] :per_process (false) print a table for each process, too
    #   @option options [Boolean] :internal (false) list hidden and internal objects too
    #   @option options [Boolean, nil] :ascii (nil) nothing but ASCII; nil when the locale has no UTF-8
    #   @raise [ArgumentError] for options that make no sense
    #   @raise [Error] when nothing can be recorded there
    #
    # @!method started(pid)
    #   @param pid [Integer] the program that was started
    #   @return [self]
    #
    # @!method ended(how)
    #   Tells that the program has ended; the tables go on as long as another process of it is alive.
    #   @param how [String] such as "ended with status 0"
    #   @return [self]
    #
    # @!method hurry
    #   From now on a reader that does not read is waited for a second at most.
    #   @return [self]
    #
    # @!method stop
    #   The same, and processes that outlive the program are left alone.
    #   @return [self]
    #
    # @!method run
    #   Prints until the program has ended, no other process of it is alive, and the last table is written.
    #   @return [self]
    class Batch # rubocop:disable Lint/EmptyClass -- its methods are in C
    end
  end
end
