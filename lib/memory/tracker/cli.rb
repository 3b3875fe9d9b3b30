# frozen_string_literal: true

require "memory/tracker/error"
require "memory/tracker/version"

module Memory
  module Tracker
    # The command line program `memory-tracker-top`: reads its options, runs the command, and gives its exit status.
    module CLI
      autoload :Attach, "memory/tracker/cli/attach"
      autoload :Environment, "memory/tracker/cli/environment"
      autoload :Launcher, "memory/tracker/cli/launcher"
      autoload :List, "memory/tracker/cli/list"
      autoload :Options, "memory/tracker/cli/options"
      autoload :OptionTable, "memory/tracker/cli/option_table"
      autoload :Outside, "memory/tracker/cli/outside"
      autoload :RecordingFile, "memory/tracker/cli/recording_file"
      autoload :Replay, "memory/tracker/cli/replay"
      autoload :RunDirectory, "memory/tracker/cli/run_directory"
      autoload :Signals, "memory/tracker/cli/signals"
      autoload :Witness, "memory/tracker/cli/witness"

      # What the program is called in its messages.
      NAME = "memory-tracker-top"

      # The exit status for options that make no sense (EX_USAGE of sysexits.h).
      USAGE_STATUS = 64

      # The exit status when not the command but this program failed, as `env` and `timeout` have it.
      FAILURE_STATUS = 125

      # Control characters, separators of lines, and what changes the reading direction.
      HARMFUL = /[[:cntrl:]\u061C\u200E\u200F\u2028-\u202E\u2066-\u206F\uFEFF]/
      private_constant :HARMFUL

      class << self
        # Runs the program.
        # @param arguments [Array<String>] the command line, without the program's own name
        # @param output [IO] where `--help` and `--version` are printed
        # @param errors [IO] where messages go
        # @return [Integer] the exit status
        def run(arguments, output: $stdout, errors: $stderr)
          options = Options.parse(arguments, unseen: ->(given) { unseen(given) })
          return answer(options, output) if options.answer

          RecordingFile.check(options)
          carry_out(options, output, errors)
        rescue Options::Error => e
          complain("#{e.message}; see #{NAME} --help", errors)
          USAGE_STATUS
        rescue Error, LoadError => e
          complain(e.message, errors)
          FAILURE_STATUS
        rescue SystemCallError => e
          complain(describe(e), errors)
          FAILURE_STATUS
        end

        # Prints one line about something that went wrong. Line breaks and other control characters, which come from
        # file names and arguments, are shown as escapes.
        # @param message [String] what to say
        # @param errors [IO] where to say it
        # @return [void]
        def complain(message, errors = $stderr)
          errors.puts("#{NAME}: #{printable(message)}")
        rescue SystemCallError, IOError
          # Nobody is left to read it; the exit status says it too.
          nil
        end

        # Makes a text harmless that comes from outside: what moves the cursor, or turns the direction of what follows,
        # is shown as escapes.
        # @param text [String]
        # @return [String] valid UTF-8
        def printable(text)
          text.dup.force_encoding(Encoding::UTF_8).scrub("?").gsub(HARMFUL) { |character| character.dump[1..-2] }
        end

        # What the system says about an error, without the place in Ruby's own code that Ruby adds.
        # @param error [SystemCallError]
        # @return [String] such as "No space left on device"
        def describe(error)
          error.class.new.message
        end

        private

        # Why there is no viewer here. Without the extension a program runs untracked, and is not refused.
        def unseen(options)
          require "memory/tracker"
          (options.action == :launch && !options.same_process? ? Program : TUI).problem
        rescue LoadError
          nil
        end

        def carry_out(options, output, errors)
          case options.action
          when :list then List.new(output: output, errors: errors).run
          when :replay then Replay.new(options, output: output, errors: errors).run
          when :attach then Attach.new(options, output: output, errors: errors).run
          else Launcher.new(options, output: output, errors: errors).run
          end
        end

        def answer(options, output)
          output.puts(options.answer)
          output.flush
          0
        rescue Errno::EPIPE
          0
        end
      end
    end
  end
end
