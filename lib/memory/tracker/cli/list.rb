# frozen_string_literal: true

require "memory/tracker"

module Memory
  module Tracker
    module CLI
      # Lists the processes of this user that can be looked into.
      class List
        # Seconds that a process has to tell its numbers.
        PATIENCE = 2

        # Characters of a command at most.
        COMMAND_SIZE = 200

        TITLES = %w[PID RUBY LIVE RETAINED UP COMMAND].freeze

        # @param output [IO] where the list is printed
        # @param errors [IO] where messages go
        def initialize(output: $stdout, errors: $stderr)
          @output = output
          @errors = errors
        end

        # @return [Integer] the exit status
        def run
          rows = Remote.processes.filter_map { |pid, path| row(pid, path) }
          return print(rows) unless rows.empty?

          CLI.complain("no process of this user can be looked into", @errors)
          0
        end

        private

        # A process that has not begun to count has no numbers; one that has just ended is none any more.
        def row(pid, path)
          remote = Remote.open(path)
          return [pid, "–", "–", "–", "–", "#{command(pid)} (nobody looks)"] unless remote.running?

          facts = remote.snapshot(PATIENCE).facts
          [pid, facts[:runtime].delete_prefix("ruby "), digits(facts[:live_count]), retained(facts),
           duration(facts[:uptime]), facts[:command] ? shorten(facts[:command]) : command(pid)]
        rescue Error => e
          [pid, "?", "?", "?", "?", "#{command(pid)} (#{e.message})"]
        ensure
          remote&.close
        end

        def command(pid)
          shorten(File.binread("/proc/#{pid}/cmdline").tr("\0", " ").strip)
        rescue SystemCallError
          ""
        end

        # Whoever runs the process has chosen this text.
        def shorten(command)
          text = CLI.printable(command)
          text.size > COMMAND_SIZE ? "#{text[0, COMMAND_SIZE]}…" : text
        end

        # Nothing is known before a full collection was seen, and it may be an upper bound, as in the viewer.
        def retained(facts)
          return "–" if facts[:major_gcs_seen].zero?

          bound = "≤" if facts[:retained_bound] && facts[:retained_count].positive?
          "#{bound}#{digits(facts[:retained_count])}"
        end

        def digits(number)
          number.to_s.gsub(/(?<=\d)(?=(?:\d{3})+\z)/, ",")
        end

        def duration(seconds)
          minutes, seconds = seconds.floor.divmod(60)
          hours, minutes = minutes.divmod(60)
          hours.positive? ? format("%d:%02d:%02d", hours, minutes, seconds) : format("%d:%02d", minutes, seconds)
        end

        def print(rows)
          widths = [TITLES, *rows].transpose.map { |column| column.map { |cell| cell.to_s.length }.max }
          [TITLES, *rows].each do |*numbers, command|
            cells = numbers.zip(widths).map { |cell, width| cell.to_s.rjust(width) }
            @output.puts([*cells, command].join("  "))
          end
          @output.flush
          0
        end
      end
    end
  end
end
