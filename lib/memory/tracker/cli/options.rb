# frozen_string_literal: true

require "optparse"

require "memory/tracker/cli/option_table"
require "memory/tracker/error"
require "memory/tracker/version"

module Memory
  module Tracker
    module CLI
      # What `memory-tracker-top` was asked to do, by the options of {OptionTable}.
      class Options
        # The command line makes no sense.
        class Error < Tracker::Error; end

        # Frames of a call path, when classes were named and no number of frames.
        DEPTH = 10

        # What is used in the launcher, and not by what counts or shows.
        LAUNCHER = %i[batch per_process output wait same_process attach replay record overwrite list].freeze

        # What a start of counting takes.
        START = %i[mode depth path_interval existing classes memory_limit].freeze

        # A class, as Ruby writes it.
        CLASS_NAME = /\A\p{Upper}[[:word:]]*(?:::\p{Upper}[[:word:]]*)*\z/

        # @return [Array<String>] the program to run and its arguments
        attr_reader :command

        # @return [String, nil] a text to print instead of running anything: the help or the version
        attr_reader :answer

        # Reads a command line.
        # @param arguments [Array<String>] the command line; it is not changed
        # @param unseen [#call] asked, when it matters, with the options why the viewer cannot be shown here: a String,
        #   or nil
        # @return [Options]
        # @raise [Error] when it makes no sense
        def self.parse(arguments, unseen: ->(_options) {})
          new.tap { |options| options.parse(arguments, unseen) }
        end

        def initialize
          @answer = nil
          @command = []
          @given = {}
        end

        # What to do: `:launch` a program, `:attach` to one, `:list` those that can be attached to, or `:replay` a
        # recording.
        # @return [Symbol]
        def action
          OptionTable.action(@given)
        end

        # @return [Integer, nil] the process to attach to
        def attach
          @given[:attach]
        end

        # @return [String, nil] the recording to play
        def replay
          @given[:replay]
        end

        # @return [String, nil] the file to record the numbers in
        def record
          @given[:record]
        end

        # Whether a recording may be replaced.
        # @return [Boolean]
        def overwrite?
          @given.fetch(:overwrite, false)
        end

        # @return [String, nil] the file that gets all that the program prints while the viewer is there
        def output
          @given[:output]
        end

        # Whether tables go to stdout, as `--batch` asks for, and not to stderr.
        # @return [Boolean]
        def batch?
          @given.fetch(:batch, false)
        end

        # Whether there is a table of each process, besides that of their sum.
        # @return [Boolean]
        def per_process?
          @given.fetch(:per_process, false)
        end

        # Whether the viewer runs in the program's own process, and not in the launcher's.
        # @return [Boolean]
        def same_process?
          @given.fetch(:same_process, false)
        end

        # Whether the viewer stays when the program has ended.
        # @return [Boolean]
        def wait?
          @given.fetch(:wait, true)
        end

        # How the numbers are to be taken and shown, with the defaults of a program that is launched.
        # @return [Hash{Symbol => Object}] such as `{ interval: 1.0, limit: 20, existing: true }`
        def settings
          depth = @given[:classes] ? { depth: DEPTH } : {}
          { limit: 20, existing: true, **depth, **@given.except(*LAUNCHER) }.freeze
        end

        # What was asked for explicitly of how objects are counted.
        # @return [Hash{Symbol => Object}] such as `{ mode: :light, depth: 3 }`
        def start
          @given.slice(*START).freeze
        end

        # {settings} in the form in which the agent reads them from its environment.
        # @return [String] such as "limit=20&existing=true&interval=0.5"
        def to_s
          settings.map { |name, value| "#{name}=#{value.is_a?(Array) ? value.join(",") : value}" }.join("&")
        end

        # Reads a command line into this object.
        # @param arguments [Array<String>] the command line; it is not changed
        # @param unseen [#call] why the viewer cannot be shown here
        # @return [void]
        # @raise [Error] when it makes no sense
        def parse(arguments, unseen)
          # As bytes: an argument of the command need not be valid text.
          rest = parser.order(arguments.map(&:b))
          @command = arguments.last(rest.size)
          check(unseen) unless @answer
        rescue OptionParser::ParseError => e
          raise Error, e.message
        end

        private

        def check(unseen)
          check_command
          problem = OptionTable.problem(@given, (unseen.call(self) unless batch? || action == :list))
          raise Error, problem if problem
        end

        def check_command
          wanted = action == :launch
          raise Error, "there is no command to run" if wanted && @command.empty?
          raise Error, "--#{action} takes no command, and there is #{@command.first}" unless wanted || @command.empty?
        end

        def parser
          OptionParser.new do |parser|
            parser.program_name = NAME
            parser.summary_width = 24
            parser.banner = "Usage: #{NAME} [options] COMMAND [ARG...]\n\n#{PURPOSE}\n"
            OptionTable::ALL.each { |option| define(parser, option) }
            parser.on("-h", "--help", "print this and leave") { @answer = parser.help }
            parser.on("-v", "--version", "print the version and leave") { @answer = "#{NAME} #{VERSION}" }
            parser.separator("\n#{NOTES}")
          end
        end

        def define(parser, option)
          parser.on(option.switch, *type(option.takes), *option.help) { |value| take(option, value) }
        end

        # What the parser makes of the text; of any text by itself.
        def type(takes)
          case takes
          when Range then [takes.begin.class]
          when Array then [takes]
          else []
          end
        end

        def take(option, value)
          key = option.key
          @given[key] = if option.repeated
                          [*@given[key], class_name(value)].uniq
                        elsif key == :memory_limit
                          bytes(option, value)
                        else
                          key == :mode ? :light : in_range(option, value)
                        end
        end

        # What "64M" stands for.
        def bytes(option, text)
          number, unit = text.match(OptionTable::SIZE)&.captures
          size = Integer(number, 10) * OptionTable::UNITS.fetch(unit.upcase) if number
          return size if size && OptionTable::MEMORY.cover?(size)

          raise Error, "#{option.name} takes a size from 8M to 1024G, such as 64M, not #{text.scrub}"
        end

        def in_range(option, value)
          range = option.takes
          return value if !range.is_a?(Range) || range.cover?(value)

          raise Error, "#{option.name} takes a number from #{range.begin} to #{range.end}, not #{value}"
        end

        def class_name(bytes)
          name = bytes.dup.force_encoding(Encoding::UTF_8)
          return name if name.valid_encoding? && CLASS_NAME.match?(name)

          raise Error, "--class takes the name of a class, such as Shop::Session, not #{name.scrub}"
        end

        PURPOSE = <<~TEXT
          Runs a Ruby program and shows, live, how many objects of each class it keeps.
        TEXT

        NOTES = <<~TEXT.freeze
          For example:
              #{NAME} --interval 5 bundle exec puma
              #{NAME} --batch --gc 10 ruby app.rb > tables.txt

          An option that has no effect, as --limit in the viewer, is an error.
          The exit status is the program's, or 128+N when signal N ended it. Without a
          program: 64 for bad options, 126 for a command that cannot be executed, 127 for
          one that does not exist, 125 for other failures.
        TEXT

        private_constant :PURPOSE, :NOTES, :LAUNCHER, :START
      end
    end
  end
end
