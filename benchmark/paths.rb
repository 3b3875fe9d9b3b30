# frozen_string_literal: true

require_relative "libraries"
require_relative "micro"
require_relative "report"

Report.head("Counts and call paths of depth 10 for all classes. Goal: at most 1.10 of hooks that only take the " \
            "frames, 1.06 on real libraries.")
report = Report.new([%i[paths frames], %i[paths untracked], %i[stdlib untracked]])
report.print("micro", Micro::WORK)
report.print("real libraries", Libraries::WORK)
puts "", "each tool in a process of its own, tracked / untracked: median over the rounds, and what it records"
# Tools that are installed need not be in the bundle.
race = -> { system(RbConfig.ruby, "-Ilib", File.join(__dir__, "peer.rb")) }
defined?(Bundler) ? Bundler.with_unbundled_env(&race) : race.call
puts "", "stdlib: ObjectSpace.trace_object_allocations, which records one line for each object"
