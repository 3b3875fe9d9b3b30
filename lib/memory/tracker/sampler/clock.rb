# frozen_string_literal: true

module Memory
  module Tracker
    class Sampler
      # Wakes one thread at an interval, until it is stopped by another thread or by a signal handler: a pipe, unlike
      # a condition variable, may be written to in both.
      # @api private
      class Clock
        def initialize
          @reader, @writer = IO.pipe
          @pid = Process.pid
        end

        # @param interval [Numeric] seconds
        # @yield after each interval; the time that the block takes is part of the next
        # @return [void]
        def run(interval)
          due = now + interval
          until @reader.wait_readable([due - now, 0].max)
            yield
            due = [due + interval, now].max
          end
        ensure
          close
        end

        # @return [Boolean] whether it runs in this process, not in the one that this was forked from
        def here?
          @pid == Process.pid
        end

        # Makes {#run} return, soon. A forked child has no thread in it, and leaves its parent's alone.
        # @return [void]
        def stop
          @writer.write_nonblock(".") if here?
        rescue IOError, Errno::EPIPE, IO::WaitWritable
          # It has returned already, or was told so.
          nil
        end

        # @return [void]
        def close
          @reader.close
          @writer.close
        end

        private

        def now
          Process.clock_gettime(Process::CLOCK_MONOTONIC)
        end
      end
      private_constant :Clock
    end
  end
end
