# frozen_string_literal: true

module Memory
  module Tracker
    module CLI
      # All options, each with the modes in which it has an effect. The command line is read by this table, the help is
      # printed from it, and what has no effect is refused by it.
      #
      # A mode is what is done, and how it is shown: in the viewer, in tables (`_batch`), or in tables on stderr because
      # there is no terminal for the viewer (`_unseen`). In the latter, options of the viewer are let pass: a line on
      # stderr says that there is none, and a command line is the same in a terminal and out of it. Options of tables
      # are refused where the viewer is shown. So is `--output` where it is not, because a file is promised.
      module OptionTable
        # @!attribute key
        #   @return [Symbol] what the value is called
        # @!attribute switch
        #   @return [String] as the help has it, such as "--interval SECONDS"
        # @!attribute takes
        #   @return [Class, Range, Array<String>, nil] what it takes: anything of a class, a number of a range, a word
        # @!attribute help
        #   @return [Array<String>]
        # @!attribute modes
        #   @return [Array<Symbol>] where it has an effect
        # @!attribute repeated
        #   @return [Boolean, nil] whether it may be given several times, and its value is a list
        Option = Struct.new(:key, :switch, :takes, :help, :modes, :repeated, keyword_init: true) do
          # @param value [Object] what was given: of "--[no-]existing", false is "--no-existing"
          # @return [String] such as "--interval"
          def name(value = nil)
            value == false ? "--no-#{plain}" : "--#{plain}"
          end

          private

          def plain
            switch[/\A--(?:\[no-\]|no-)?([^ ]+)/, 1]
          end
        end

        # A program that is run, in the launcher's viewer or in the program's own process, or in tables.
        LAUNCH = %i[launch same_process launch_unseen launch_batch].freeze

        # A process that runs already.
        ATTACH = %i[attach attach_unseen attach_batch].freeze

        # A recording.
        REPLAY = %i[replay replay_unseen replay_batch].freeze

        # Where there is a viewer, or there would be one if there were a terminal.
        VIEWER = %i[launch same_process launch_unseen attach attach_unseen replay replay_unseen].freeze

        # Where tables are asked for.
        BATCH = %i[launch_batch attach_batch replay_batch].freeze

        # Where tables are printed.
        TABLES = (%i[launch_unseen attach_unseen replay_unseen] + BATCH).freeze

        # Where objects are counted.
        COUNTED = (LAUNCH + ATTACH).freeze

        # Where there is one recorder of what is counted.
        RECORDED = (COUNTED - %i[same_process]).freeze

        # All of them.
        MODES = (LAUNCH + ATTACH + REPLAY + %i[list]).freeze

        # The columns that a table can be sorted by.
        COLUMNS = %w[retained growth live alloc class].freeze

        # Seconds between tables and between garbage collections.
        SECONDS = (0.1..86_400.0)

        # Rows of a table, and one object in so many has its call path recorded.
        MILLION = (1..1_000_000)

        # Tables.
        COUNT = (1..1_000_000_000)

        # Frames of a call path.
        FRAMES = (0..128)

        # Processes.
        PIDS = (1..((1 << 31) - 1))

        # Bytes, or with a letter behind thousands of 1024 of them, and so on.
        SIZE = /\A(\d{1,15})([KMG]?)B?\z/i

        # What the letters stand for.
        UNITS = { "" => 1, "K" => 1 << 10, "M" => 1 << 20, "G" => 1 << 30 }.freeze

        # Bytes that a capture may take.
        MEMORY = ((8 << 20)..(1 << 40))

        ALL = [
          [:batch, "--batch", nil, BATCH, "print tables on stdout, without the viewer"],
          [:per_process, "--per-process", nil, %i[launch_batch launch_unseen], "print a table of each process, too"],
          [:interval, "--interval SECONDS", SECONDS, COUNTED + REPLAY - %i[replay],
           "time between two looks or tables (default: 1)"],
          [:iterations, "--iterations N", COUNT, TABLES, "stop printing after N tables, until the end"],
          [:sort, "--sort COLUMN", COLUMNS, COUNTED + REPLAY,
           "sort by #{COLUMNS[..-2].join(", ")} or #{COLUMNS.last}", "  (default: growth)"],
          [:limit, "--limit N", MILLION, TABLES, "rows of a table (default: 20)"],
          [:mouse, "--[no-]mouse", nil, VIEWER, "use the mouse in the viewer"],
          [:settings, "--no-settings", nil, VIEWER, "the viewer begins anew, and keeps nothing"],
          [:output, "--output FILE", String, %i[launch], "append what the program prints to a file, too"],
          [:wait, "--no-wait", nil, %i[launch launch_unseen], "leave the viewer when the program ends"],
          [:same_process, "--same-process", nil, %i[same_process launch_unseen],
           "run the viewer in the program's own process"],
          [:depth, "--depth N", FRAMES, COUNTED, "frames of an object's call path",
           "  (default: 10 in the viewer or for --class, or 0)"],
          [:classes, "--class NAME", Module, COUNTED, "call paths of this class only; may be repeated",
           "  (default: all classes)"],
          [:path_interval, "--path-interval N", MILLION, COUNTED, "call paths of every Nth object only"],
          [:memory_limit, "--memory-limit SIZE", String, COUNTED, "memory that counting may take: 64M, 1G",
           "  (default: 128M)"],
          [:mode, "--light", nil, COUNTED, "low overhead: no hooks; a heap census at each", "  refresh"],
          [:gc, "--gc SECONDS", SECONDS, COUNTED, "collect all garbage this often"],
          [:existing, "--[no-]existing", nil, COUNTED, "count objects from before the start (default: yes)"],
          [:attach, "--attach PID", PIDS, ATTACH, "attach to a process that runs already"],
          [:replay, "--replay FILE", String, REPLAY, "play a recording"],
          [:record, "--record FILE", String, RECORDED, "record the numbers in a new file"],
          [:overwrite, "--overwrite", nil, RECORDED, "let --record replace a recording"],
          [:list, "--list", nil, %i[list], "list the processes that can be attached to"]
        ].map do |key, switch, takes, modes, *help|
          Option.new(key: key, switch: switch, takes: takes, modes: modes, help: help, repeated: takes == Module)
        end.freeze

        # What options say against each other: the first for which a condition holds is told.
        CONTRADICTIONS = {
          "--light takes its samples by itself, and no --path-interval" =>
            ->(given) { given[:mode] && given[:path_interval] },
          "--light always counts objects from before the start, and takes no --no-existing" =>
            ->(given) { given[:mode] && given[:existing] == false },
          "--class asks for call paths, and --depth 0 for none" =>
            ->(given) { given[:classes] && given[:depth]&.zero? },
          "--path-interval asks for call paths, and --depth 0 for none" =>
            ->(given) { given[:path_interval] && given[:depth]&.zero? },
          "--path-interval has no effect on tables without --depth or --class" =>
            ->(given) { given[:path_interval] && given[:batch] && !given.keys.intersect?(%i[attach depth classes]) },
          "--overwrite has no effect without --record" =>
            ->(given) { given[:overwrite] && !given[:record] }
        }.freeze

        class << self
          # The mode that options lead to.
          # @param given [Hash{Symbol => Object}] values by key
          # @param unseen [String, nil] why there is no viewer; nil: there can be one
          # @return [Symbol] one of {MODES}
          def mode(given, unseen)
            action = action(given)
            return action if action == :list
            return :"#{action}_batch" if given[:batch]
            return :"#{action}_unseen" if unseen

            action == :launch && given[:same_process] ? :same_process : action
          end

          # @param given [Hash{Symbol => Object}]
          # @return [Symbol] `:launch`, `:attach`, `:replay` or `:list`
          def action(given)
            %i[list replay attach].find { |name| given.key?(name) } || :launch
          end

          # Why the options do not go together.
          # @param given [Hash{Symbol => Object}]
          # @param unseen [String, nil] why there is no viewer; nil: there can be one
          # @return [String, nil] a sentence, or nil
          def problem(given, unseen = nil)
            mode = mode(given, unseen)
            vain = ALL.find { |option| given.key?(option.key) && !option.modes.include?(mode) }
            return "#{vain.name(given[vain.key])} has no effect #{where(vain, mode, unseen)}" if vain

            CONTRADICTIONS.find { |_sentence, holds| holds.call(given) }&.first
          end

          private

          # What about a mode it is that leaves an option without effect: what is done, or how it is shown.
          def where(option, mode, unseen)
            return "with --#{mode[/[a-z]+/]}" if elsewhere?(option, mode)
            return "without the viewer, and #{unseen}" if unseen
            return "with --batch" if BATCH.include?(mode)

            mode == :same_process && option.modes.include?(:launch) ? "with --same-process" : "without --batch"
          end

          # Whether it has no effect on what is done, however that is shown.
          def elsewhere?(option, mode)
            [ATTACH, REPLAY, %i[list]].any? { |modes| modes.include?(mode) && !modes.intersect?(option.modes) }
          end
        end
      end
    end
  end
end
