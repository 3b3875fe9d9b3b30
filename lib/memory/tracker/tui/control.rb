# frozen_string_literal: true

require_relative "../ending"
require_relative "../viewer"

module Memory
  module Tracker
    # The live viewer in the process that it watches: in front, where the calling thread waits until it is left, or
    # beside the program, which runs on.
    #
    # Objects are counted by the capture that is shown. Without one it is the running one, of several the one started
    # last, and if there is none a new one is started, with call paths of {DEPTH} frames and all objects that are there
    # already. It runs on when the viewer has been left, so that the next one shows what happened in between; the
    # capture is what {run} and {start} return, and `stop` ends it.
    module TUI
      # Frames of a call path in a capture that is made for the viewer.
      DEPTH = 10

      # Time in seconds from asking the program to end until telling it to.
      QUIT_PATIENCE = 3

      @viewer = nil
      @finishing = false

      class << self
        # Shows the viewer until it is left with `q`. Ctrl-C leaves it too, and raises Interrupt.
        # @param capture [Capture, nil] what to show; nil: the running one, or a new one
        # @param interval [Float, nil] seconds between looks, at least 0.1; nil: as it was the last time, or 1
        # @param sort [String, nil] a column: retained, growth, live, alloc or class; nil: as it was the last time, or
        #   growth
        # @param options [Hash{Symbol => Object}] `:gc`, seconds between full GCs; `:command`, how to name the program;
        #   `:mouse`, whether it is used; `:settings`, false to begin anew and keep nothing
        # @return [Capture] what was shown
        # @raise [Error] when it cannot be shown here; the message says why
        # @raise [ArgumentError] for options that make no sense
        def run(capture = nil, interval: nil, sort: nil, **options)
          check
          capture = running(capture)
          flush
          outcome = Viewer.new(capture, { interval: interval, sort: sort, command: command, **options }).run
          quit if outcome == :quit
          capture
        end

        # Shows the viewer beside the program, until it is left with `q` or {stop}, and when the program ends until
        # it is left. What the program reads from a terminal waits until then. Ctrl-C goes to the program.
        # @param capture [Capture, nil] what to show; nil: the running one, or a new one
        # @param interval [Float, nil] seconds between looks, at least 0.1; nil: as it was the last time, or 1
        # @param sort [String, nil] a column: retained, growth, live, alloc or class; nil: as it was the last time, or
        #   growth
        # @param options [Hash{Symbol => Object}] `:gc`, seconds between full GCs; `:command`, how to name the program;
        #   `:mouse`, whether it is used; `:settings`, false to begin anew and keep nothing; `:marker`, see {Viewer}
        # @return [Capture] what is shown
        # @raise (see #run)
        def start(capture = nil, interval: nil, sort: nil, **options)
          check
          capture = running(capture)
          flush
          viewer = Viewer.new(capture, { interval: interval, sort: sort, command: command, **options })
          @viewer = viewer.start
          finish_at_exit
          capture
        end

        # Leaves the viewer that {start} has shown.
        # @return [Boolean] false if there was none
        def stop
          @viewer ? @viewer.stop : false
        end

        # Whether a viewer is shown beside the program.
        # @return [Boolean]
        def running?
          @viewer ? @viewer.running? : false
        end

        # Why no viewer can be shown here.
        # @return [String, nil] as the end of a sentence, such as "standard output is not a terminal"; nil when one can
        def problem
          Viewer.problem
        end

        private

        def check
          reason = problem
          raise Error, "the viewer cannot be shown: #{reason}" if reason
        end

        def running(capture)
          capture ||= latest || Capture.new(depth: DEPTH, existing: true)
          capture.start unless capture.running?
          capture
        end

        def latest
          ObjectSpace.each_object(Capture).select(&:running?).min_by { |capture| capture.snapshot.facts[:seconds] }
        end

        # As bytes: a program may have called itself something that is no valid text.
        def command
          name = $PROGRAM_NAME.b.delete("\0")
          return "ruby -e" if name == "-e"

          [File.basename(name), *ARGV].map { |word| word.to_s.b }.join(" ").delete("\0")
        end

        # What was printed before the viewer came shall be on the terminal before it.
        def flush
          [$stdout, $stderr].each { |stream| stream.flush if stream.respond_to?(:flush) }
        rescue SystemCallError, IOError
          nil
        end

        # As Ctrl-C does; a program that does not end by that is told to, as `kill` does.
        def quit
          Process.kill(:INT, Process.pid)
          Thread.new do
            sleep QUIT_PATIENCE
            Process.kill(:TERM, Process.pid)
          end
        end

        # The first block to be registered is the last to run: the numbers are those at the very end.
        def finish_at_exit
          return if @finishing

          @finishing = true
          pid = Process.pid
          at_exit { finish($!) if Process.pid == pid && running? } # rubocop:disable Style/SpecialGlobalVars
        end

        # The last numbers stay, unless somebody waits for the end of the program: who sends it SIGTERM does.
        def finish(error)
          flush
          return stop if error.is_a?(SignalException) && !error.is_a?(Interrupt)

          @viewer.ended(Ending.describe(error)).wait
        rescue Interrupt
          stop
        ensure
          stop
        end
      end
    end
  end
end
