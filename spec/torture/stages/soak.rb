# frozen_string_literal: true

require "json"
require "net/http"

module Torture
  # A Sinatra application under Puma that clients keep busy, at a bounded rate, for TORTURE_SOAK seconds. It keeps
  # nothing, so once it is warm what the tracker holds must not grow, and the numbers must be the heap's.
  module Soak
    DIRECTORY = File.join(ROOT, "spec/fixtures/programs/sinatra")
    CLIENTS = 4

    # Requests a second of each client, at most.
    RATE = 50

    # Nothing new has been loaded or compiled after this share of the time.
    WARM = 0.4

    # What the tracker may take more at the end than when it was warm: a chunk of a table, some pages of the heap.
    GROWTH = 1 << 20

    module_function

    def run(seconds)
      seconds = Float(ENV.fetch("TORTURE_SOAK", seconds))
      serve do |port|
        warm = nil
        requests = load(port, seconds) { |share| warm ||= census(port) if share >= WARM }
        show(seconds, requests, warm || census(port), census(port))
      end
    end

    def show(seconds, requests, warm, last)
      bytes = [warm, last].map { |census| census["statistics"]["bytes"] }
      held = bytes.map { |size| Torture.size(size) }.join(", then ")
      Torture.say("#{requests} requests in #{seconds.round} s; the tracker held #{held}; " \
                  "#{last["statistics"].slice("classes", "nodes", "frames")}")
      Torture.check(bytes.last <= bytes.first + GROWTH, "the tracker grew from #{bytes.first} to #{bytes.last} bytes",
                    warm.to_s, last.to_s)
    end

    # @return [Hash] the heap as it is, which the capture must agree with
    def census(port)
      answer = Net::HTTP.get_response("127.0.0.1", "/census", port)
      census = JSON.parse(answer.body)
      right = census["differences"].empty? && census["exact"]
      Torture.check(right, "the capture is not right about the heap", answer.body)
      census
    end

    # @yieldparam share [Float] of the time that has passed
    # @return [Integer] requests that were answered
    def load(port, seconds)
      started = Torture.now
      counts = Array.new(CLIENTS, 0)
      clients = Array.new(CLIENTS) do |number|
        Thread.new { counts[number] += 1 while order(port, number, counts[number], started) < seconds }
      end
      until clients.none?(&:alive?)
        sleep 0.1
        yield (Torture.now - started) / seconds
      end
      clients.each(&:join)
      counts.sum
    end

    # @return [Float] seconds since the start
    def order(port, client, number, started)
      answer = Net::HTTP.get_response("127.0.0.1", "/article/a#{client}-#{number % 40}", port)
      Torture.check(answer.is_a?(Net::HTTPOK), "a request was answered with #{answer.code}", answer.body.to_s)
      ahead = ((number + 1.0) / RATE) - (Torture.now - started)
      sleep(ahead) if ahead.positive?
      Torture.now - started
    end

    def serve
      output, theirs = IO.pipe
      pid = Process.spawn(environment, RbConfig.ruby, TOP, "--batch", "--depth", "10", "--interval", "0.5", *server,
                          chdir: DIRECTORY, in: File::NULL, out: theirs, err: theirs, pgroup: true)
      theirs.close
      yield port_in(output)
    ensure
      Process.kill(:KILL, -pid)
      Process.wait(pid)
    end

    def server
      [RbConfig.ruby, Gem.bin_path("puma", "puma"), "--bind", "tcp://127.0.0.1:0", "--threads", "#{CLIENTS}:#{CLIENTS}",
       "--environment", "production", "config.ru"]
    end

    # The gems come from where those of this process come from.
    def environment
      ours = ENV.keys.grep(/\AMEMORY_TRACKER_/).to_h { |name| [name, nil] }
      ours.merge("HEAP_WALK" => File.join(SpecSupport::EXTENSIONS, "spec/support/heap_walk/heap_walk"))
    end

    # The rest of the output is read away.
    def port_in(output)
      text = +""
      while (line = output.gets)
        text << line
        next unless (port = line[%r{http://127\.0\.0\.1:(\d+)}, 1])

        Thread.new { nil while output.gets }
        return Integer(port)
      end
      Torture.broken("the application did not start", text)
    end
  end

  stage "soak", Soak, weight: 1
end
