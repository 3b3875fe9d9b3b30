# frozen_string_literal: true

require "open3"

# A Ruby program in a process of its own.
module RubyProgram
  HEAD = <<~RUBY.freeze
    require "memory/tracker"
    require #{File.join(SpecSupport::EXTENSIONS, "spec/support/heap_walk/heap_walk").dump}
    require #{File.expand_path("heap", __dir__).dump}
    require #{File.expand_path("random_program", __dir__).dump}
    require #{File.expand_path("observer", __dir__).dump}
  RUBY

  # What a program left behind.
  Result = Struct.new(:out, :err, :status) do
    # @return [String] what to show when an expectation fails
    def to_s
      "#{status}\n#{out}#{err}"
    end
  end

  module_function

  # @param source [String] the program; the library and the helpers for the heap are loaded already
  # @param options [Array<String>] for Ruby
  # @param under [Array<String>] a command that Ruby is run by
  # @param gems [Boolean] whether to load RubyGems and Bundler; each GC takes several times as long then
  # @return [Result]
  def run(source, *options, env: {}, seconds: 120, under: [], gems: false)
    paths = $LOAD_PATH.flat_map { |path| ["-I", path] }
    # Bundler's part needs gems.
    env = { "RUBYOPT" => ENV.fetch("RUBYOPT", "").split.grep(/\A--[yz]?jit/).join(" "), **env } unless gems
    command = [*under, RbConfig.ruby, *("--disable-gems" unless gems), *paths, "-W:no-experimental", *options, "-"]
    Open3.popen3(env, *command, pgroup: true) do |stdin, stdout, stderr, process|
      texts = [stdout, stderr].map { |stream| Thread.new { stream.read } }
      write(stdin, source)
      in_time = finish(process, seconds)
      result = Result.new(*texts.map(&:value), process.value)
      raise "the program did not end in #{seconds} s: #{result}" unless in_time

      result
    end
  end

  def write(stdin, source)
    stdin.write(HEAD, source)
  rescue Errno::EPIPE
    nil
  ensure
    stdin.close
  end

  # Ends it with its children when it takes too long.
  # @return [Boolean] whether it ended by itself
  def finish(process, seconds)
    return true if process.join(seconds)

    Process.kill(:KILL, -process.pid)
    false
  end
end
