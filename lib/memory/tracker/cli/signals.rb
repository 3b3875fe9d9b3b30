# frozen_string_literal: true

module Memory
  module Tracker
    module CLI
      # Passes on to the program the signals that were sent to the launcher alone.
      #
      # The program is in the launcher's process group. What a terminal sends (Ctrl-C, Ctrl-\, a hang-up) reaches both,
      # and so does what `timeout` or a service manager sends to the group; passed on, it would arrive twice, and the
      # second one would break into the program's own way of ending. What a person or a script sends to the launcher's
      # process id reaches the launcher only, and the program never hears of it unless it is passed on. The witness
      # knows which of the two it was.
      class Signals
        # Those that are passed on.
        NAMES = %w[HUP INT QUIT USR1 USR2 TERM].freeze

        # Those of them that ask for the end.
        ENDING = %w[HUP INT QUIT TERM].freeze

        # Time in seconds that a signal to a group has to reach all of it.
        GRACE = 0.02

        # How often to wait for that when signals keep coming.
        ROUNDS = 10

        # Forwards signals as long as the block runs. One that arrives before there is a program waits for it.
        # @yieldparam signals [Signals] to be told the target
        # @return [Object] what the block returns
        def self.forward
          signals = new
          signals.start
          yield signals
        ensure
          signals&.stop
        end

        def initialize
          @received = Thread::Queue.new
          @target = Thread::Queue.new
          @previous = {}
        end

        # @return [void]
        def start
          NAMES.each { |name| catch_signal(name) }
          @witness = Witness.new(@received)
          @thread = Thread.new { forward }
        end

        # Sets what gets the signals.
        # @param target [Integer, Proc, nil] the program; a block to call, for those that reach the group too; nil when
        #   they are to wait
        # @return [void]
        def target=(target)
          @target.clear
          @target.push(target) if target
        end

        # Calls the block when a signal has come that asks for the end, whatever gets it.
        # @return [void]
        def on_ending(&block)
          @on_ending = block
        end

        # @return [void]
        def stop
          @thread&.kill
          @witness&.close
          @previous.each { |name, command| trap(name, command) }
        end

        private

        # What is ignored stays ignored, for the program too (`nohup` works by this).
        def catch_signal(name)
          received = @received
          previous = trap(name) { received.push(name) }
          @previous[name] = previous
          trap(name, previous) if previous == "IGNORE"
        end

        def forward
          loop do
            names, alone = next_signals
            @on_ending&.call if names.intersect?(ENDING)
            target = @target.pop
            @target.push(target)
            next target.call if target.respond_to?(:call)

            alone.each { |name| pass_on(name, target) }
          end
        end

        # All that have come, and those of them that have come to the launcher alone.
        def next_signals
          names, seen = collect
          [names, names - seen]
        end

        # Waits for a signal. Those of one kind that come close together are taken for one, as the system does too. One
        # that comes around the witness's answer may be in it already, so it belongs to the same round.
        def collect
          names = [@received.pop]
          seen = []
          ROUNDS.times do
            sleep GRACE
            names << @received.pop until @received.empty?
            seen |= @witness.seen
            sleep GRACE
            break if @received.empty?
          end
          [names.uniq, seen]
        end

        def pass_on(name, pid)
          Process.kill(name, pid)
        rescue Errno::ESRCH, Errno::EPERM
          # It has ended, or has become another user's.
          nil
        end
      end
    end
  end
end
