# frozen_string_literal: true

module Memory
  module Tracker
    # Snapshots of a program that were recorded in a file by `memory-tracker-top --record`.
    #
    # @api private
    #
    # @!method self.open(path)
    #   @param path [String]
    #   @return [Recording]
    #   @raise [Error] when it is no recording, or has not one snapshot that can be shown; the message says why
    #
    # @!method self.check(path, overwrite)
    #   Opens a file as for a recording, and leaves it as it was.
    #   @param path [String]
    #   @param overwrite [Boolean] whether a recording may be there, to be replaced
    #   @return [nil]
    #   @raise [Error] when nothing can be recorded in it; the message says why
    #
    # @!method count
    #   @return [Integer] how many snapshots can be shown
    #
    # @!method seconds(index)
    #   @return [Float] when a snapshot was taken, since the first one
    #
    # @!method snapshot(index)
    #   @return [Snapshot]
    #   @raise [Error] when it is damaged
    #
    # @!method how
    #   @return [String, nil] how the program has ended; nil when that was not recorded
    #
    # @!method damage
    #   @return [String, nil] where the file is damaged, as a sentence; nil when it is not
    #
    # @!method view(options)
    #   Plays it in the viewer until that is left.
    #   @param options [Hash{Symbol => Object}] as for {Viewer}
    #   @return [Symbol] `:left`
    #
    # @!method print(fd, options)
    #   Prints a table of each snapshot, or of so many as the interval wants.
    #   @param fd [Integer] the file descriptor to print to
    #   @param options [Hash{Symbol => Object}] as for {Batch}
    #   @return [String, nil] how the program, or the recording, has ended; nil when there was more to print
    class Recording # rubocop:disable Lint/EmptyClass -- its methods are in C
    end
  end
end
