# frozen_string_literal: true

module Memory
  module Tracker
    module CLI
      # The file that `--record` names, which is looked at before anything is started or attached to.
      module RecordingFile
        # Opens the file as for a recording, and leaves it as it was.
        # @param options [Options]
        # @return [void]
        # @raise [Options::Error] when it is there already, and is not to be replaced
        # @raise [Error] when nothing can be recorded in it; the message says why
        def self.check(options)
          file = options.record or return
          if !options.overwrite? && (File.exist?(file) || File.symlink?(file))
            raise Options::Error, "--record makes a new file, and #{file} exists; --overwrite replaces a recording"
          end

          require "memory/tracker"
          Recording.check(file, options.overwrite?)
        rescue LoadError
          # The program runs untracked, and is told so.
          nil
        end
      end
    end
  end
end
