# frozen_string_literal: true

require "fileutils"
require "tmpdir"

module Memory
  module Tracker
    module CLI
      # The folder of a launcher, where the processes of its program have their sockets: below the one for all sockets,
      # so that others find them too. It stays as long as one of these processes lives.
      module RunDirectory
        # How the name begins; the launcher's process id is in it, behind the date.
        PREFIX = "run-"

        # How the name of a file ends that is there while a process is being forked.
        FORKING = ".fork"

        # Bytes of its name, with the slash before it.
        ROOM = 32

        # Seconds for processes that are being forked, or are about to end with the program.
        FORK_PATIENCE = 2
        END_PATIENCE = 0.5

        class << self
          # Makes one, and removes those of launchers that were killed.
          # @return [String]
          # @raise [Error] when the folder for sockets cannot be had
          def make
            parent = Remote.directory(ROOM)
            sweep(parent)
            Dir.mktmpdir(PREFIX, parent)
          end

          # Removes it whatever it holds, unless processes of the program live on that are served there.
          # @param directory [String]
          # @return [Array<Integer>] those processes
          def leave(directory)
            wait_until(FORK_PATIENCE) { Dir.glob("*#{FORKING}", base: directory).empty? }
            wait_until(END_PATIENCE) { living(directory).empty? }
            living(directory).tap { |pids| FileUtils.rm_rf(directory) if pids.empty? }
          end

          private

          # Where the extension cannot be loaded nothing is served.
          def living(directory)
            defined?(Remote) ? Remote.processes(directory).map(&:first) : []
          end

          def wait_until(seconds)
            deadline = now + seconds
            sleep 0.01 until yield || now > deadline
          end

          def now
            Process.clock_gettime(Process::CLOCK_MONOTONIC)
          end

          def sweep(parent)
            Dir.glob("#{PREFIX}*", base: parent).each do |name|
              pid = name[/\A#{PREFIX}\d+-(\d+)-/o, 1]
              directory = File.join(parent, name)
              FileUtils.rm_rf(directory) if pid && !alive?(pid.to_i) && living(directory).empty?
            end
          end

          def alive?(pid)
            pid.positive? && Process.kill(0, pid)
          rescue Errno::ESRCH
            false
          rescue Errno::EPERM
            true
          end
        end
      end
    end
  end
end
