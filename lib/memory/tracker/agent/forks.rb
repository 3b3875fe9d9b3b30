# frozen_string_literal: true

module Memory
  module Tracker
    module Agent
      # Tells when the program has become another process: a forked child, or a daemon.
      # @api private
      module Forks
        # All ways to fork but one lead through this method of Ruby's, which is there to be overridden.
        module Fork
          # @return [Integer] as Process.fork does
          def _fork
            super.tap { |pid| Forks.forked if pid.zero? }
          end
        end

        # The one that does not.
        module Daemon
          # @return [Integer] 0
          def daemon(*)
            super.tap { Forks.forked }
          end
        end

        class << self
          # Calls the block in each child from now on.
          # @return [void]
          def watch(&block)
            @block = block
            Process.singleton_class.prepend(Fork, Daemon)
          end

          # @return [void]
          def forked
            @block&.call
          end
        end
      end
    end
  end
end
