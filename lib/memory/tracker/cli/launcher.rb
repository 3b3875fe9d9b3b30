# frozen_string_literal: true

require "tmpdir"

require "memory/tracker/ending"

module Memory
  module Tracker
    module CLI
      # Runs a program with the agent in it and stays its parent until it ends.
      #
      # The program stays in the launcher's process group, so a terminal, a shell's job control and a pipeline see one
      # job, as if the program had been started without the launcher.
      class Launcher
        # The exit status when the command cannot be executed, as shells have it.
        CANNOT_EXECUTE = 126

        # The exit status when there is no such command, as shells have it.
        NOT_FOUND = 127

        # Time in seconds that whoever sees to the terminal after the program's end has for that.
        TERMINAL_PATIENCE = 5

        # @param options [Options] what to run, and how to track it
        # @param output [IO] where the tables of `--batch` go
        # @param errors [IO] where messages go, and tables that were not asked for
        def initialize(options, output: $stdout, errors: $stderr)
          @options = options
          @output = output
          @errors = errors
        end

        # Runs the program and waits for its end.
        # @return [Integer] the exit status to leave with
        def run
          environment = Environment.new(@options)
          with_directory(environment) do |directory|
            if environment.outside?
              run_outside(directory, environment)
            else
              Signals.forward { |signals| run_in(directory, environment, signals) }
            end
          end
        end

        private

        # Left in the end, and no matter if it is gone then: the program's status counts more.
        def with_directory(environment)
          directory = environment.tracked? ? RunDirectory.make : Dir.mktmpdir("memory-tracker-")
          yield directory
        rescue ArgumentError => e
          raise Error, e.message
        ensure
          say_who_goes_on(RunDirectory.leave(directory)) if directory
        end

        def say_who_goes_on(pids)
          return if pids.empty?

          who = pids.one? ? "process #{pids.first} goes on" : "processes #{pids.join(", ")} go on"
          CLI.complain("#{who}; #{NAME} --attach #{pids.first} looks into it", @errors)
        end

        def run_outside(directory, environment)
          Outside.new(@options, directory, environment.to_h(directory)).run.tap { say_if_nothing(directory) }
        rescue SystemCallError => e
          refuse(e)
        end

        def run_in(directory, environment, signals)
          tables = tables(directory) if environment.tables?
          pid = spawn(environment.to_h(directory))
        rescue SystemCallError => e
          refuse(e)
        else
          say_what_is_wrong(environment)
          status = tables ? print_tables(tables, pid, signals) : wait_for(pid, signals)
          wait_for_terminal(directory) if environment.full_screen?
          say_if_nothing(directory) if environment.tracked?
          status.exitstatus || (128 + status.termsig)
        end

        def say_what_is_wrong(environment)
          message = environment.problem || environment.notice
          CLI.complain(message, @errors) if message
        end

        def tables(directory)
          named = { command: @options.command.join(" "), per_process: @options.per_process?,
                    record: @options.record, overwrite: @options.overwrite? }
          settings = @options.settings.slice(:interval, :iterations, :sort, :limit, :gc)
          Batch.new(directory, (@options.batch? ? @output : @errors).fileno, settings.merge(named))
        end

        # Waits for the end of the program, and of those of its processes that outlive it.
        def print_tables(tables, pid, signals)
          tables.started(pid)
          signals.on_ending { tables.hurry }
          waiter = Thread.new do
            wait_for(pid, signals).tap do |status|
              signals.target = -> { tables.stop }
              tables.ended(Ending.describe_status(status))
            end
          end
          tables.run
          waiter.value
        end

        def wait_for(pid, signals)
          signals.target = pid
          _, status = Process.wait2(pid)
          signals.target = nil
          status
        end

        # A program that was killed leaves the terminal to a guard, which removes the marker when it is done. Who reads
        # the exit status shall find the terminal as it was.
        def wait_for_terminal(directory)
          marker = File.join(directory, "screen")
          deadline = now + TERMINAL_PATIENCE
          sleep 0.005 while File.exist?(marker) && now < deadline
        end

        def now
          Process.clock_gettime(Process::CLOCK_MONOTONIC)
        end

        def refuse(error)
          CLI.complain("cannot run #{program}: #{reason(error)}", @errors)
          found?(error) ? CANNOT_EXECUTE : NOT_FOUND
        end

        # The program as a pair, so that no shell ever looks into its name.
        def spawn(environment)
          Process.spawn(environment, [program, program], *@options.command.drop(1))
        end

        def program
          @options.command.first
        end

        def say_if_nothing(directory)
          return unless Dir.empty?(directory)

          CLI.complain("no Ruby reported, so there was nothing to count: #{@options.command.join(" ")}", @errors)
        end

        def found?(error)
          return false if error.is_a?(Errno::ENOTDIR)

          !error.is_a?(Errno::ENOENT) || (program.include?("/") && File.exist?(program))
        end

        def reason(error)
          case error
          when Errno::ENOENT then found?(error) ? "its interpreter does not exist" : "there is no such command"
          when Errno::EACCES then File.directory?(program) ? "it is a directory" : "it is not executable"
          else CLI.describe(error)
          end
        end
      end
    end
  end
end
