# frozen_string_literal: true

# A program under the viewer, with signals that no system call survives. It counts to `rounds` and ends with 5; what it
# has got to stands in a file.
require GIVEN[:nuisance]

Nuisance.storm(GIVEN[:rate])
rounds = 0
work = lambda do
  kept = []
  while rounds < GIVEN[:rounds]
    kept = kept.last(5000) + Array.new(200) { [rounds.to_s, { rounds => Object.new }] }
    rounds += 1
    File.write(GIVEN[:file], "#{rounds} #{Nuisance.signals}") if (rounds % 50).zero?
    sleep 0.002
  end
end

if GIVEN[:front]
  thread = Thread.new(&work)
  Memory::Tracker.top
  thread.join
else
  require "memory/tracker/tui"
  work.call
end
Nuisance.storm(0)
exit 5
