# frozen_string_literal: true

module Memory
  module Tracker
    # Lets other processes of the same user look into this one, through a socket in a private directory. Without
    # anybody who looks it costs nothing.
    #
    # A Ruby thread named "memory-tracker" does what needs the VM, unless the server is threadless. It is in
    # `Thread.list` as long as the server runs, and Ruby reports no deadlock meanwhile. In a forked child a server does
    # not run, and can be started again.
    #
    # @api private
    #
    # @!method initialize(capture, command, options)
    #   @param capture [Capture]
    #   @param command [String] the program, as a person would name it
    #   @param options [Hash{Symbol => Object}]
    #   @option options [Boolean] :on_demand (false) whether the capture runs only as long as a client asks for it
    #   @option options [Boolean] :threadless (false) without the thread: there are no GCs on request then
    #   @option options [Boolean] :leaves_final (false) whether {#finish} also leaves the last numbers as a file beside
    #     the socket
    #
    # @!method start(directory)
    #   @param directory [String] where its socket shall be, `PID.sock`
    #   @return [Boolean] false if it was running
    #   @raise [Error] when the socket cannot be made, or the directory is not private; the message says why
    #
    # @!method path
    #   @return [String, nil] of its socket; nil when it does not run
    #
    # @!method finish(how)
    #   Ends it, and tells everybody who looks how the program ends, with the last numbers. Waits a moment for those
    #   who take them.
    #   @param how [String] such as "ended with status 0"
    #   @return [Boolean] false if it was not running
    #
    # @!method stop
    #   Ends it.
    #   @return [Boolean] false if it was not running
    #
    # @!method running?
    #   @return [Boolean]
    class Server # rubocop:disable Lint/EmptyClass -- its methods are in C
    end
  end
end
