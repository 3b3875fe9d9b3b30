# frozen_string_literal: true

require "etc"

require "memory/tracker"

module Memory
  module Tracker
    module CLI
      # Looks into a process that runs already.
      class Attach
        # Seconds that a process has to begin counting, which it may not get to while it sits in a long call.
        PATIENCE = 15

        # Seconds from asking a program to end until telling it to.
        QUIT_PATIENCE = 3

        # @param options [Options]
        # @param output [IO] where tables are printed
        # @param errors [IO] where messages go
        def initialize(options, output: $stdout, errors: $stderr)
          @options = options
          @output = output
          @errors = errors
          @pid = options.attach
        end

        # Shows the process until that is left, or the process ends.
        # @return [Integer] the exit status
        # @raise [Error] when it cannot be looked into; the message says why
        def run
          remote = open
          remote.start(@options.start, PATIENCE)
          show(remote)
          0
        end

        private

        def open
          _, path = Remote.processes.assoc(@pid)
          raise Error, reason unless path

          Remote.open(path)
        rescue Error => e
          raise e if path.nil?

          raise Error, "process #{@pid} cannot be looked into: #{e.message}"
        end

        # Why a process is not among those that can be looked into.
        def reason
          owner = owner_of(@pid)
          if owner.nil?
            "there is no process #{@pid}"
          elsif owner != Process.euid
            "process #{@pid} belongs to another user, #{name_of(owner)}; only that user can look into it"
          else
            "process #{@pid} cannot be looked into: it has not loaded memory/tracker/agent"
          end
        end

        def owner_of(pid)
          Process.kill(0, pid)
          File.directory?("/proc/#{pid}") ? File.stat("/proc/#{pid}").uid : Process.euid
        rescue Errno::ESRCH, Errno::ENOENT, RangeError
          nil
        rescue Errno::EPERM
          File.directory?("/proc/#{pid}") ? File.stat("/proc/#{pid}").uid : -1
        end

        def name_of(uid)
          Etc.getpwuid(uid).name
        rescue ArgumentError
          "number #{uid}"
        end

        def show(remote)
          problem = TUI.problem unless @options.batch?
          return view(remote) unless @options.batch? || problem

          CLI.complain("tables on stderr instead of the viewer, because #{problem}", @errors) if problem
          print(remote, problem ? @errors : @output)
        end

        def print(remote, stream)
          # A process that cannot collect says so at once: a table has no place for it.
          remote.collect(PATIENCE) if @options.settings[:gc]
          how = remote.print(stream.fileno, settings(:interval, :iterations, :sort, :limit, :gc))
          CLI.complain("process #{@pid} #{how}", @errors) if how
        end

        def view(remote)
          quit if remote.view(settings(:interval, :sort, :gc, :mouse, :settings)) == :quit
        rescue Interrupt
          nil
        end

        def settings(*names)
          { record: @options.record, overwrite: @options.overwrite?, **@options.settings.slice(*names) }
        end

        # As Ctrl-C in its terminal does; a program that does not end by that is told to, as `kill` does.
        def quit
          Process.kill(:INT, @pid)
          deadline = now + QUIT_PATIENCE
          while now < deadline
            sleep 0.05
            Process.kill(0, @pid)
          end
          Process.kill(:TERM, @pid)
        rescue Errno::ESRCH
          nil
        end

        def now
          Process.clock_gettime(Process::CLOCK_MONOTONIC)
        end
      end
    end
  end
end
