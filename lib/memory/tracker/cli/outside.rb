# frozen_string_literal: true

module Memory
  module Tracker
    module CLI
      # Runs a program on a terminal of its own, with the viewer in the launcher's process before it.
      #
      # What a person or a script sends to the launcher is passed on. The program is in another session, so that nothing
      # reaches both, as it does where they share a terminal.
      class Outside
        # Those that are passed on. After one of the first the person is not waited for when the program has ended.
        ENDING = %w[HUP INT QUIT TERM].freeze
        OTHERS = %w[USR1 USR2].freeze

        # The exit status when the terminal is gone, as for a shell that has got SIGHUP.
        HUNG_UP = 129

        # Characters of a command in a line for the person before the terminal.
        HINT_SIZE = 36

        # @param options [Options] what to run, and how to show it
        # @param directory [String] a private one, where the program's processes have their sockets
        # @param environment [Hash{String => String}] the variables to set for the program
        def initialize(options, directory, environment)
          variables = ENV.to_h.merge(environment).map { |name, value| "#{name}=#{value}" }
          @started = false
          @early = []
          @program = Program.new(options.command, variables, settings(options, directory))
        end

        # Runs the program, and shows it until the viewer is left and the program has ended.
        # @return [Integer] the exit status to leave with
        # @raise [SystemCallError] when the command cannot be executed
        def run
          forward do
            @program.start
            @started = true
            @early.each { |name| pass_on(name) }
            @program.run || HUNG_UP
          end
        end

        private

        def settings(options, directory)
          command = options.command.join(" ")
          {
            directory: directory, command: command, output: options.output,
            record: options.record, overwrite: options.overwrite?, wait: options.wait?,
            **options.settings.slice(:interval, :sort, :gc, :mouse, :settings),
            hint: "[console of #{shorten(CLI.printable(command))}: Ctrl-] returns]"
          }
        end

        def shorten(text)
          text.size > HINT_SIZE ? "#{text[0, HINT_SIZE]}..." : text
        end

        def forward
          previous = (ENDING + OTHERS).to_h { |name| [name, forward_one(name)] }
          yield
        ensure
          previous&.each { |name, command| trap(name, command) }
        end

        # What is ignored stays ignored, for the program too (`nohup` works by this).
        def forward_one(name)
          previous = trap(name) { pass_on(name) }
          trap(name, previous) if previous == "IGNORE"
          previous
        end

        # One that arrives before there is a program waits for it.
        def pass_on(name)
          return @early << name unless @started

          @program.hurry if ENDING.include?(name)
          @program.signal(name)
        end
      end
    end
  end
end
