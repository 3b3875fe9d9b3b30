# frozen_string_literal: true

module Memory
  module Tracker
    module Agent
      # Tells when the program has become another process: a forked child, or a daemon.
      # @api private
      module Forks
        # The end of the name of a file that is in the launcher's folder from before a fork until the child is served:
        # the parent may end before that.
        MARKER = ".fork"

        # All ways to fork but one lead through this method of Ruby's, which is there to be overridden.
        module Fork
          # @return [Integer] as Process.fork does
          def _fork
            Forks.follow { super }
          end
        end

        # The one that does not.
        module Daemon
          # @return [Integer] 0
          def daemon(*)
            Forks.follow { super }
          end
        end

        @count = 0

        class << self
          # Calls the block in each child from now on.
          # @param directory [String, nil] of the launcher; nil: there is none
          # @return [void]
          def watch(directory, &block)
            @directory = directory
            @block = block
            Process.singleton_class.prepend(Fork, Daemon)
          end

          # @yieldreturn [Integer] as Process.fork does
          # @return [Integer] likewise
          def follow
            marker = mark
            pid = yield
            @block&.call if pid.zero?
            pid
          ensure
            unmark(marker) if marker && (pid.nil? || pid.zero?)
          end

          private

          # @return [String, nil] the path of the marker; nil where there is none
          def mark
            return unless @directory

            path = File.join(@directory, "#{Process.pid}-#{@count += 1}#{MARKER}")
            File.open(path, File::WRONLY | File::CREAT, 0o600) { path }
          rescue SystemCallError
            # The launcher has gone, and its folder with it.
            nil
          end

          def unmark(path)
            File.delete(path)
          rescue SystemCallError
            nil
          end
        end
      end
    end
  end
end
