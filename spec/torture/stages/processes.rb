# frozen_string_literal: true

require "open3"

module Torture
  # Short processes: forks of one that counts, and programs that are started under the launcher, one after the other.
  module Processes
    COUNT = 10_000

    module_function

    def run(seconds)
      # A system that watches its processes may keep a parent waiting for as long as it looks at a dead child.
      result = Torture.program("forks", { count: COUNT, seconds: seconds / 2 }, seconds: (seconds / 2) + 300)
      Torture.say("#{result["forks"]} forks, #{Torture.size(result["bytes"])} in the parent afterwards")
      started = 0
      deadline = Torture.now + (seconds / 2)
      while started < COUNT && Torture.now < deadline
        one(started)
        started += 1
      end
      Torture.say("#{started} programs under the launcher")
    end

    # Ways to be short.
    WAYS = {
      "" => 0, "exit 3" => 3, "exit! 4" => 4, "abort" => 1, "raise 'no'" => 1,
      "Thread.new { Array.new(999) { [] } }" => 0,
      "fork { exit! }; fork { }; Process.waitall" => 0, "exec 'true'" => 0, "Process.daemon(true, true)" => 0,
      "at_exit { exit 5 }" => 5, "Process.kill(:TERM, $$); sleep" => 143, "Process.kill(:KILL, $$)" => 137
    }.freeze

    def one(number)
      source, expected = WAYS.to_a[number % WAYS.size]
      batch = ["--batch", "--interval", "0.1", "--depth", (number % 3).to_s]
      command = [clean, RbConfig.ruby, TOP, *batch, RbConfig.ruby, "-e", source]
      output, errors, status = Open3.capture3(*command, stdin_data: "")
      code = status.exitstatus
      return if code == expected && !errors.include?("memory-tracker:")

      Torture.broken("#{source.inspect} ended with #{status}, not #{expected}", output, errors)
    end

    def clean
      names = ENV.keys.grep(/\A(BUNDLE_|BUNDLER_|RUBYOPT|RUBYLIB|MEMORY_TRACKER_)/)
      names.to_h { |name| [name, nil] }
    end
  end

  stage "processes", Processes, weight: 1
end
