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

        # Reads a command line.
        # @param arguments [Array<String>] the command line; it is not changed
        # @return [Options]
        # @raise [Error] when it makes no sense
        def self.parse(arguments)
          new.tap { |options| options.parse(arguments) }
        end

        def initialize
          @batch = false
          @answer = nil
          @command = []
          @classes = []
          @report = { limit: 20, existing: true }
        end

        # Whether tables go to stdout, as `--batch` asks for, and not to stderr.
        # @return [Boolean]
        def batch?
          @batch
        end

        # How the program is to be tracked and shown, in the form in which the agent reads it from its environment.
        # @return [String] such as "limit=20&existing=true&interval=0.5"
        def to_s
          @report.map { |name, value| "#{name}=#{value}" }.join("&")
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
          raise Error, "there is no command to run" if @command.empty? && !@answer
        rescue OptionParser::ParseError => e
          raise Error, e.message
        end

        private

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
            define_answers(parser)
            parser.separator("\n#{NOTES}")
          end
        end

        def define_output(parser)
          parser.on("--batch", "print tables on stdout, without the viewer") { @batch = true }
          number(parser, :interval, Float, SECONDS, "time between two looks or tables (default: 1)")
          number(parser, :iterations, Integer, TABLES, "stop printing after N tables, until the end")
          parser.on("--sort COLUMN", COLUMNS, "sort by #{COLUMNS[..-2].join(", ")} or #{COLUMNS.last}",
                    "  (default: growth)") { |column| @report[:sort] = column }
          number(parser, :limit, Integer, ROWS, "rows of a table (default: 20)")
          parser.on("--[no-]mouse", "use the mouse in the viewer") { |mouse| @report[:mouse] = mouse }
          parser.on("--no-settings", "the viewer begins anew, and keeps nothing") { @report[:settings] = false }
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
