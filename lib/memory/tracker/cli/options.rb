# frozen_string_literal: true

require "optparse"

require "memory/tracker/error"
require "memory/tracker/version"

module Memory
  module Tracker
    module CLI
      # What `memory-tracker-top` was asked to do.
      class Options
        # The command line makes no sense.
        class Error < Tracker::Error; end

        # The columns that a table can be sorted by.
        COLUMNS = %w[retained growth live alloc class].freeze

        # Seconds between tables and between garbage collections.
        SECONDS = (0.1..86_400.0)

        # Rows of a table.
        ROWS = (1..1_000_000)

        # Tables.
        TABLES = (1..1_000_000_000)

        # One object in so many has its call path recorded.
        OBJECTS = (1..1_000_000)

        # Frames of a call path.
        FRAMES = (0..128)

        # Frames of a call path, when classes were named and no number of frames.
        DEPTH = 10

        # A class, as Ruby writes it.
        CLASS_NAME = /\A\p{Upper}[[:word:]]*(?:::\p{Upper}[[:word:]]*)*\z/

        # @return [Array<String>] the program to run and its arguments
        attr_reader :command

        # @return [String, nil] a text to print instead of running anything: the help or the version
        attr_reader :answer

        # @return [Symbol] what to do: `:run` a program, `:attach` to one, `:list` those that can be attached to, or
        #   `:replay` a recording
        attr_reader :action

        # @return [Integer, nil] the process to look into
        attr_reader :attach

        # @return [String, nil] the recording to play
        attr_reader :replay

        # @return [String, nil] the file to record the numbers in
        attr_reader :record

        # Reads a command line.
        # @param arguments [Array<String>] the command line; it is not changed
        # @return [Options]
        # @raise [Error] when it makes no sense
        def self.parse(arguments)
          new.tap { |options| options.parse(arguments) }
        end

        def initialize
          @batch = false
          @per_process = false
          @same_process = false
          @wait = true
          @output = nil
          @answer = nil
          @action = :run
          @command = []
          @classes = []
          @report = { limit: 20, existing: true }
        end

        # Whether tables go to stdout, as `--batch` asks for, and not to stderr.
        # @return [Boolean]
        def batch?
          @batch
        end

        # Whether there is a table of each process, besides that of their sum.
        # @return [Boolean]
        def per_process?
          @per_process
        end

        # Whether the viewer runs in the program's own process, and not in the launcher's.
        # @return [Boolean]
        def same_process?
          @same_process
        end

        # Whether the viewer stays when the program has ended.
        # @return [Boolean]
        def wait?
          @wait
        end

        # @return [String, nil] the file that gets all that the program prints while the viewer is there
        attr_reader :output

        # How the program is to be tracked and shown, in the form in which the agent reads it from its environment.
        # @return [String] such as "limit=20&existing=true&interval=0.5"
        def to_s
          @report.map { |name, value| "#{name}=#{value}" }.join("&")
        end

        # How the numbers are to be taken and shown. What nobody asked for has the value that is used then, or is not
        # there.
        # @return [Hash{Symbol => Object}] such as `{ interval: 1.0, limit: 20 }`
        def settings
          @report.dup.freeze
        end

        # Reads a command line into this object.
        # @param arguments [Array<String>] the command line; it is not changed
        # @return [void]
        # @raise [Error] when it makes no sense
        def parse(arguments)
          # As bytes: an argument of the command need not be valid text.
          rest = parser.order(arguments.map(&:b))
          @command = arguments.last(rest.size)
          choose_classes unless @classes.empty?
          check_light if @report[:mode]
          check unless @answer
        rescue OptionParser::ParseError => e
          raise Error, e.message
        end

        private

        def check
          check_tables
          return check_command if @action == :run

          raise Error, "--#{@action} takes no command, and there is #{@command.first}" if @command.any?
          raise Error, "--record does not go with --#{@action}" if @record && %i[list replay].include?(@action)
        end

        def check_tables
          raise Error, "--per-process goes with --batch" if @per_process && !(@batch && @action == :run)
        end

        def check_command
          raise Error, "there is no command to run" if @command.empty?
          raise Error, "--record does not go with --same-process" if @record && @same_process
          return unless @output

          raise Error, "--output does not go with --batch" if @batch
          raise Error, "--output does not go with --same-process" if @same_process
        end

        def choose(action)
          raise Error, "--#{@action} does not go with --#{action}" unless [:run, action].include?(@action)

          @action = action
        end

        def choose_classes
          raise Error, "--class asks for call paths, and --depth 0 for none" if @report[:depth]&.zero?

          @report = { depth: DEPTH, **@report, classes: @classes.uniq.join(",") }
        end

        def check_light
          raise Error, "--light takes its samples by itself, and no --path-interval" if @report[:path_interval]
          raise Error, "--light always counts objects from before the start" unless @report[:existing]
        end

        def parser
          OptionParser.new do |parser|
            parser.program_name = NAME
            parser.summary_width = 24
            parser.banner = "Usage: #{NAME} [options] COMMAND [ARG...]\n\n#{PURPOSE}\n"
            define_output(parser)
            define_paths(parser)
            define_tracking(parser)
            define_processes(parser)
            define_answers(parser)
            parser.separator("\n#{NOTES}")
          end
        end

        def define_output(parser)
          parser.on("--batch", "print tables on stdout, without the viewer") { @batch = true }
          parser.on("--per-process", "a table of each process, too, with --batch") { @per_process = true }
          number(parser, :interval, Float, SECONDS, "time between two looks or tables (default: 1)")
          number(parser, :iterations, Integer, TABLES, "stop printing after N tables, until the end")
          parser.on("--sort COLUMN", COLUMNS, "sort by #{COLUMNS[..-2].join(", ")} or #{COLUMNS.last}",
                    "  (default: growth)") { |column| @report[:sort] = column }
          number(parser, :limit, Integer, ROWS, "rows of a table (default: 20)")
          parser.on("--[no-]mouse", "use the mouse in the viewer") { |mouse| @report[:mouse] = mouse }
          parser.on("--no-settings", "the viewer begins anew, and keeps nothing") { @report[:settings] = false }
          define_viewer(parser)
        end

        def define_viewer(parser)
          parser.on("--output FILE", "keep what the program prints in a file, too") { |file| @output = file }
          parser.on("--no-wait", "leave the viewer when the program ends") { @wait = false }
          parser.on("--same-process", "run the viewer in the program's own process") { @same_process = true }
        end

        def define_paths(parser)
          number(parser, :depth, Integer, FRAMES, "frames of an object's call path",
                 "  (default: 10 in the viewer or for --class, or 0)")
          parser.on("--class NAME", "call paths of this class only; may be repeated",
                    "  (default: all classes)") { |name| @classes << class_name(name) }
          number(parser, :path_interval, Integer, OBJECTS, "call paths of every Nth object only")
        end

        def class_name(bytes)
          name = bytes.dup.force_encoding(Encoding::UTF_8)
          return name if name.valid_encoding? && CLASS_NAME.match?(name)

          raise Error, "--class takes the name of a class, such as Shop::Session, not #{name.scrub}"
        end

        def define_tracking(parser)
          parser.on("--light", "look now and then, and hear of some objects only") { @report[:mode] = :light }
          number(parser, :gc, Float, SECONDS, "collect all garbage this often")
          parser.on("--[no-]existing", "count objects from before the start (default: yes)") do |existing|
            @report[:existing] = existing
          end
        end

        def define_processes(parser)
          parser.on("--attach PID", Integer, "look into a process that runs already") do |pid|
            raise Error, "--attach takes the number of a process, not #{pid}" unless pid.positive?

            choose(:attach)
            @attach = pid
          end
          parser.on("--replay FILE", "play a recording") do |file|
            choose(:replay)
            @replay = file
          end
          parser.on("--record FILE", "record the numbers in a file") { |file| @record = file }
          parser.on("--list", "list the processes that can be looked into") { choose(:list) }
        end

        def define_answers(parser)
          parser.on("-h", "--help", "print this and leave") { @answer = parser.help }
          parser.on("-v", "--version", "print the version and leave") { @answer = "#{NAME} #{VERSION}" }
        end

        def number(parser, name, type, range, *description)
          option = "--#{name.to_s.tr("_", "-")}"
          parser.on("#{option} #{type == Float ? "SECONDS" : "N"}", type, *description) do |value|
            unless range.cover?(value)
              raise Error, "#{option} takes a number from #{range.begin} to #{range.end}, not #{value}"
            end

            @report[name] = value
          end
        end

        PURPOSE = <<~TEXT
          Runs a Ruby program and shows, live, how many objects of each class it keeps.
        TEXT

        NOTES = <<~TEXT.freeze
          For example:
              #{NAME} --interval 5 bundle exec puma
              #{NAME} --batch --gc 10 ruby app.rb > tables.txt

          The exit status is the program's, or 128+N when signal N ended it. Without a
          program: 64 for bad options, 126 for a command that cannot be executed, 127 for
          one that does not exist, 125 for other failures.
        TEXT

        private_constant :PURPOSE, :NOTES
      end
    end
  end
end
