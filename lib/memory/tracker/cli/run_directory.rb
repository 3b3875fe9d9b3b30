# frozen_string_literal: true

require "fileutils"
require "tmpdir"

module Memory
  module Tracker
    module CLI
      # The folder of a launcher, where the processes of its program have their sockets: below the one for all sockets,
      # so that others find them too.
      module RunDirectory
        # How the name begins; the launcher's process id is in it, behind the date.
        PREFIX = "run-"

        class << self
          # Makes one, and removes those of launchers that were killed.
          # @return [String]
          # @raise [Error] when the folder for sockets cannot be had
          def make
            parent = Remote.directory
            sweep(parent)
            Dir.mktmpdir(PREFIX, parent)
          end

          private

          def sweep(parent)
            Dir.glob("#{PREFIX}*", base: parent).each do |name|
              pid = name[/\A#{PREFIX}\d+-(\d+)-/o, 1]
              directory = File.join(parent, name)
              FileUtils.rm_rf(directory) if pid && [pid, *served(directory)].none? { |number| alive?(number.to_i) }
            end
          end

          # A program may have survived its launcher.
          def served(directory)
            Dir.glob("*.sock", base: directory)
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
