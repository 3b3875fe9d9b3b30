# frozen_string_literal: true

require "io/wait"

module Memory
  module Tracker
    module CLI
      # A process of the launcher's group that does nothing but see which signals arrive.
      #
      # From what Ruby tells of a signal, a process cannot know whether it was sent to it alone or to its whole group.
      # A second member of the group can: it gets the one kind and not the other.
      class Witness
        # Time in seconds to wait for an answer; longer only when the process has ended or was stopped.
        PATIENCE = 2

        # Starts the process. Call it after the signals were trapped.
        # @param received [Thread::Queue] where the trap handlers put the names of signals
        def initialize(received)
          theirs, @questions = IO.pipe
          @answers, theirs_too = IO.pipe
          @pid = fork do
            [@questions, @answers].each(&:close)
            watch(received, theirs, theirs_too)
          ensure
            # No end procs: they belong to the launcher.
            exit!(0)
          end
          [theirs, theirs_too].each(&:close)
        end

        # Which signals reached the group since the last time this was asked.
        # @return [Array<String>] names such as "TERM"; none when the process is gone
        def seen
          @questions.puts
          return [] unless @answers.wait_readable(PATIENCE)

          @answers.gets.to_s.split
        rescue SystemCallError, IOError
          []
        end

        # Ends the process.
        # @return [void]
        def close
          [@questions, @answers].each(&:close)
          Process.kill(:KILL, @pid)
          Process.wait(@pid)
        end

        private

        def watch(received, questions, answers)
          # A name that `pkill -f` on the launcher's does not find: it must see only what all see.
          Process.setproctitle("(signal witness)")
          # Whoever reads the launcher's output must not wait for this process.
          [$stdin, $stdout, $stderr].each { |stream| stream.reopen(File::NULL) }
          while questions.gets
            seen = []
            seen << received.pop until received.empty?
            answers.puts(seen.uniq.join(" "))
          end
        end
      end
    end
  end
end
