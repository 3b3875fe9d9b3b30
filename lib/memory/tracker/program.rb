# frozen_string_literal: true

module Memory
  module Tracker
    # A program on a terminal of its own, with the live viewer before it on the terminal of this process. What the
    # program and those that it starts keep is read from the sockets in a folder.
    #
    # @api private
    #
    # @!method initialize(arguments, environment, options)
    #   @param arguments [Array<String>] the command and its arguments
    #   @param environment [Array<String>] all variables of the program, as "NAME=value"
    #   @param options [Hash{Symbol => Object}]
    #   @option options [String] :directory where the sockets are
    #   @option options [String] :command the program, as a person would name it
    #   @option options [String] :hint a line for the person who opens the program's console
    #   @option options [Float] :interval (1.0) seconds between snapshots
    #   @option options [Float, nil] :gc (nil) seconds between full GCs
    #   @option options [String, nil] :sort (nil) a column
    #   @option options [String, nil] :output (nil) a file to which what the program prints is appended
    #   @option options [String, nil] :record (nil) a file to record the numbers in, which must not be there
    #   @option options [Boolean] :overwrite (false) replace the file if it is a recording
    #   @option options [Boolean] :wait (true) whether the viewer stays when the program has ended
    #
    # @!method self.problem
    #   Why a program cannot be shown like that, from here. It inherits those standard descriptors that do not lead to
    #   this process's terminal; so output may go to files, and input may come from anywhere.
    #   @return [String, nil] as the end of a sentence; nil when it can
    #
    # @!method start
    #   Starts the program.
    #   @return [self]
    #   @raise [SystemCallError] when the command cannot be executed
    #   @raise [Error] when there can be no viewer
    #
    # @!method run
    #   Shows the viewer until it is left, and then the program until that has ended.
    #   @return [Integer, nil] its exit status, 128 and a signal's number if one has ended it; nil when the terminal is
    #     gone
    #   @raise [Error] when its status cannot be known, because the process that watches it has been killed
    #
    # @!method hurry
    #   When the program has ended, nobody waits until its last numbers have been seen.
    #   @return [self]
    class Program
      # Sends a signal to the program.
      # @param name [String] such as "TERM"
      # @return [self]
      def signal(name)
        send_signal(Signal.list.fetch(name))
      end

      private :send_signal
    end
  end
end
