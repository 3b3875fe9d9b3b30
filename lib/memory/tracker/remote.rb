# frozen_string_literal: true

module Memory
  module Tracker
    # A look into another process of the same user that serves its numbers.
    #
    # Of the methods that wait, `patience` is for how many seconds at most. They raise {Error} when that is not enough,
    # when the process refuses, and when it has ended; the message says which.
    #
    # @api private
    #
    # @!method self.directory(room = 0)
    #   The private directory where processes of this user have their sockets; it is made if it is not there. Below it
    #   those called `run-*` are looked into, too.
    #   @param room [Integer] how many bytes longer the path of a socket may become
    #   @return [String]
    #   @raise [Error] when it cannot be made, or is not private
    #
    # @!method self.processes(directory = nil)
    #   All processes that can be looked into. Sockets that no process listens to any more are removed.
    #   @param directory [String, nil] only those that have their sockets there; nil: all
    #   @return [Array<Array(Integer, String)>] process and path of its socket
    #
    # @!method self.open(path)
    #   @param path [String] of a socket
    #   @return [Remote]
    #   @raise [Error] when nobody answers within a second, or he refuses
    #
    # @!method close
    #   @return [nil]
    #
    # @!method pid
    #   @return [Integer]
    #
    # @!method running?
    #   @return [Boolean] whether it was counting objects when this was opened
    #
    # @!method start(settings, patience)
    #   Makes it count objects, unless it does.
    #   @param settings [Hash{Symbol => Object}] what is asked for of `:mode`, `:depth`, `:path_interval`, `:existing`,
    #     `:classes` and `:memory_limit`, as for {Capture#initialize}; the rest is as the process has it
    #   @return [self]
    #   @raise [Error] also when it counts already with other settings, which the message names
    #
    # @!method collect(patience)
    #   Runs a full GC in it.
    #   @return [self]
    #
    # @!method snapshot(patience)
    #   @return [Snapshot]
    #
    # @!method view(options)
    #   Shows the viewer until it is left.
    #   @param options [Hash{Symbol => Object}] as for {Viewer}, and :record and :overwrite as for {Batch}
    #   @return [Symbol] `:left`, or `:quit` when the program shall end too
    #
    # @!method print(fd, options)
    #   Prints tables until the process ends, or so many are printed as are wanted.
    #   @param fd [Integer] the file descriptor to print to
    #   @param options [Hash{Symbol => Object}] as for {Batch}
    #   @return [String, nil] how it has ended; nil when it has not
    class Remote # rubocop:disable Lint/EmptyClass -- its methods are in C
    end
  end
end
