# frozen_string_literal: true

module Torture
  # Numbers and sizes that nobody expects. Bounds of memory are those of the tables in the code: a class with its node
  # and keys, a node with its places in the caches, a frame with its strings.
  module Limits
    # What, how many of them in a short run and in a long one, and how many bytes each may take.
    Case = Struct.new(:what, :short, :long, :bytes)
    CASES = [
      Case.new(:living_classes, 30_000, 1_100_000, 500),
      Case.new(:passing_classes, 60_000, 1_000_000, 0),
      Case.new(:paths, 60_000, 2_500_000, 450),
      Case.new(:files, 20_000, 1_000_000, 1000),
      Case.new(:long_names, 100, 3000, 2 * 65_600),
      Case.new(:deep_stacks, 10_000, 10_000, 400)
    ].freeze

    # What a capture may take for a small program, maps and empty tables included.
    BASE = 16 << 20

    module_function

    def run(seconds)
      long = seconds >= 120
      CASES.each { |one| show(one, long ? one.long : one.short) }
    end

    def show(one, count)
      result = Torture.program("limits", { what: one.what, count: count },
                               env: { "RUBY_THREAD_VM_STACK_SIZE" => "16777216" }, seconds: 400)
      numbers = result.slice("classes", "nodes", "frames", "dropped", "paths_dropped", "classes_dropped", "refused")
      Torture.say("#{count} #{one.what}: #{Torture.size(result["bytes"])}, snapshot " \
                  "#{Torture.size(result["snapshot_bytes"])}, #{result["seconds"]} s, #{numbers}")
      bytes = result["bytes"]
      Torture.check(bytes <= bound(one, count, result), "#{one.what} took #{bytes} bytes: #{result}")
    end

    # Besides what the things themselves take, a word for every place in the heap at which an object can stand.
    def bound(one, count, result)
      BASE + (one.bytes * count) + (result["heap_pages"] * 65_536 / 8)
    end
  end

  stage "limits", Limits, weight: 2
end
