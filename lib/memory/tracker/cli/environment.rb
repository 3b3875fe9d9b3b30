# frozen_string_literal: true

require "rbconfig"

module Memory
  module Tracker
    module CLI
      # The environment variables that bring the agent into a program.
      #
      # RUBYLIB and RUBYOPT are used because every Ruby reads them, whatever started it: a shebang line, a shell script,
      # `bundle exec`. RUBYOPT names the agent without its path, because a path there breaks at a space.
      class Environment
        # What is asked of Ruby; the file is found through RUBYLIB.
        AGENT_OPTION = "-rmemory/tracker/agent"

        # @return [String, nil] why the program cannot be tracked; nil when it can
        attr_reader :problem

        # Loads the extension, to know where it lies.
        # @param options [Options] what to run, and how to track it
        # @param inherited [Hash{String => String}, ENV] the variables that are set already
        def initialize(options, inherited: ENV)
          @options = options
          @inherited = inherited
          @problem = find_problem
        end

        # Whether the program is going to be tracked.
        # @return [Boolean]
        def tracked?
          @problem.nil?
        end

        # Whether the program is going to be shown in the live viewer, and not in tables.
        # @return [Boolean]
        def full_screen?
          tracked? && !@options.batch? && no_screen.nil?
        end

        # Whether that viewer runs in the launcher's process.
        # @return [Boolean]
        def outside?
          full_screen? && !@options.same_process?
        end

        # Whether the launcher prints tables of it.
        # @return [Boolean]
        def tables?
          tracked? && !full_screen?
        end

        # @return [String, nil] why there are tables though they were not asked for; nil when that is not so
        def notice
          return if !tracked? || @options.batch? || no_screen.nil?

          "tables on stderr instead of the viewer, because #{no_screen}"
        end

        # The variables to set for the program, in addition to those that it inherits.
        # @param directory [String] a private directory, where each Ruby that loads the agent leaves a file
        # @return [Hash{String => String}] empty when the program cannot be tracked
        def to_h(directory)
          return {} unless tracked?

          {
            "RUBYLIB" => [*load_path, present("RUBYLIB")].compact.join(File::PATH_SEPARATOR),
            "RUBYOPT" => [AGENT_OPTION, present("RUBYOPT")].compact.join(" "),
            "MEMORY_TRACKER_DIRECTORY" => directory,
            "MEMORY_TRACKER_MODE" => mode,
            "MEMORY_TRACKER_OPTIONS" => @options.to_s,
            "MEMORY_TRACKER_COMMAND" => @options.command.join(" ")
          }
        end

        private

        def mode
          return "batch" unless full_screen?

          outside? ? "serve" : "screen"
        end

        def no_screen
          @no_screen = (@options.same_process? ? TUI : Program).problem unless defined?(@no_screen)
          @no_screen
        end

        def find_problem
          require "memory/tracker"
          divided = load_path.find { |directory| directory.include?(File::PATH_SEPARATOR) }
          return unless divided

          "Ruby cannot load from a path with a #{File::PATH_SEPARATOR} in it (#{divided}); the program runs untracked"
        rescue LoadError => e
          "the extension cannot be loaded (#{e.message}); the program runs untracked"
        end

        # Where this library lies, and where its extension does: RubyGems may keep them apart.
        def load_path
          extension = "/memory/tracker/memory_tracker.#{RbConfig::CONFIG["DLEXT"]}"
          loaded = $LOADED_FEATURES.find { |feature| feature.end_with?(extension) }
          [File.expand_path("../../..", __dir__), loaded&.delete_suffix(extension)].compact.uniq
        end

        def present(name)
          value = @inherited[name]
          value unless value.nil? || value.empty?
        end
      end
    end
  end
end
