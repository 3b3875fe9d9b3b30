# frozen_string_literal: true

# Children of a process that counts and is looked into meanwhile, as many as there is time for. Each counts on, and
# some of them stop and start again.
capture = Memory::Tracker::Capture.new(existing: true, depth: 5).tap(&:start)
klass = Class.new
kept = Array.new(100) { klass.new }
null = IO.sysopen(File::NULL, "w")
observer = Observer.new(capture, null).start
working = true
worker = Thread.new { [Array.new(50) { klass.new }, sleep(0.0005)] while working }

child = lambda do |number|
  others = Array.new(5) { klass.new }
  capture.clear if number % 7 == 1
  capture.stop and capture.start if number % 7 == 2
  observer.start.finish if number % 50 == 3
  others.concat(kept)
  Program.check_exact(capture, "child #{number}") if (number % 20).zero?
  exit!(capture.inexact_reason ? 3 : 0)
end

deadline = Process.clock_gettime(Process::CLOCK_MONOTONIC) + GIVEN[:seconds]
forks = 0
while forks < GIVEN[:count] && Process.clock_gettime(Process::CLOCK_MONOTONIC) < deadline
  pid = fork { child.call(forks) }
  Process.wait(pid)
  Program.check($?.success?, "child #{forks} ended with #{$?}") # rubocop:disable Style/SpecialGlobalVars
  forks += 1
end
working = false
worker.join
observer.finish
Program.check_exact(capture, "the parent of #{forks}")
Program.result(forks: forks, bytes: capture.statistics[:bytes])
