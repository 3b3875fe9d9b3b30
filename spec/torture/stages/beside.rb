# frozen_string_literal: true

module Torture
  # Other tools in the same process. Tools that are gems take part where they are installed.
  module Beside
    TOOLS = %i[trace_object_allocations coverage tracepoint hook signals].freeze
    GEMS = { stackprof: "stackprof", debug: "debug" }.freeze

    NUISANCE = File.join(SpecSupport::EXTENSIONS, "spec/support/nuisance/nuisance").freeze

    # What ends a program without us, too. The standard library's own hook allocates inside of a GC, which some Rubies
    # do not survive, and the debugger's first thread may run before it is known to be the one.
    FAULTS = {
      trace_object_allocations: /during_gc != 0|object allocation during garbage collection/,
      debug: /Only session_server can create thread_client/
    }.freeze

    module_function

    def run(seconds)
      results = Hash.new { |hash, tool| hash[tool] = [] }
      Torture.repeat(seconds) do |number|
        tools.each { |tool| results[tool] << one(tool, Torture.seed + number) }
      end
      results.each { |tool, list| show(tool, list.compact) }
    end

    def tools
      TOOLS + GEMS.filter_map { |tool, name| tool if gem_paths(name) }
    end

    def one(tool, seed)
      paths = GEMS.key?(tool) ? gem_paths(GEMS[tool]).flat_map { |path| ["-I", path] } : []
      Torture.program("beside", { tool: tool, seed: seed, nuisance: NUISANCE }, *paths)
    rescue Broken => e
      raise unless FAULTS[tool]&.match?(e.message)
    end

    # What a program needs to load a gem that is no part of the bundle, with all that it depends on.
    def gem_paths(name)
      @gem_paths ||= {}
      return @gem_paths[name] if @gem_paths.key?(name)

      script = "gem ARGV[0]; require ARGV[1]; puts $LOAD_PATH"
      clean = ENV.keys.grep(/\A(BUNDLE|RUBYOPT|RUBYLIB)/).to_h { |key| [key, nil] }
      library = name == "debug" ? "debug/session" : name
      text = IO.popen([clean, RbConfig.ruby, "-e", script, name, library, { err: File::NULL }], &:read)
      @gem_paths[name] = text.empty? ? nil : text.lines(chomp: true)
    end

    def show(tool, list)
      exact = list.count { |result| result["exact"] }
      Torture.say("#{tool}: #{exact} of #{list.size} exact, #{list.sum { |result| result["lost"] }} frees missed" \
                  "#{", it saw or made #{list.sum { |result| result["made"] }}" if list.first&.dig("made")}")
    end
  end

  stage "beside", Beside, weight: 2
end
