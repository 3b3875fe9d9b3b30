# frozen_string_literal: true

require "json"
require "memory/tracker"
require "open3"
require "rbconfig"
require_relative "figures"

# What a capture holds, and what it adds to garbage collections: for live objects and for nodes of call paths, in
# processes of their own, without and with a capture.
module MemoryBenchmark
  # How many objects are live, or on how many call paths they were made; each path takes two nodes.
  COUNTS = { objects: [100_000, 1_000_000, 10_000_000], paths: [10_000, 100_000, 500_000] }.freeze

  HEADINGS = ["heap pages", "tracker", "of pages", "nodes", "GC without", "with"].freeze

  # What the tracker's bytes are divided by.
  EACH = { objects: "an object", paths: "a node" }.freeze

  # Of the heap's pages is what the objects take; what is beyond it is held against the nodes.
  SHARE_OF_PAGES = 0.11
  NODE_BYTES = 100

  # How often a process without a capture and one with are run, in turn: two equal ones differ by a tenth and more.
  PAIRS = 9

  SCRIPT = File.expand_path(__FILE__)

  # The part that runs in a process of its own.
  module Child
    # Frames that a path turns left or right in: there are 2**20 paths.
    TURNS = 20
    COLLECTIONS = 9

    module_function

    def objects(count)
      Array.new(count) { Object.new }
    end

    # The objects are kept, so no path can be forgotten.
    def paths(count)
      Array.new(count) { |way| turn(way, TURNS) }
    end

    def turn(way, rest)
      return Object.new if rest.zero?

      if way.even?
        turn(way / 2, rest - 1)
      else
        turn((way - 1) / 2, rest - 1)
      end
    end

    def run(what, count, depth)
      capture = Memory::Tracker::Capture.new(depth: depth) if depth
      capture&.start
      kept = public_send(what, count)
      pauses = Array.new(COLLECTIONS) { pause }.sort
      puts JSON.generate(capture&.statistics.to_h.merge(pages: pages, pause: pauses[COLLECTIONS / 2], kept: kept.size))
    end

    def pause
      before = Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID)
      GC.start
      Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID) - before
    end

    def pages
      GC.stat(:heap_allocated_pages) * GC::INTERNAL_CONSTANTS.fetch(:HEAP_PAGE_SIZE, 65_536)
    end
  end

  module_function

  def measure(what, count, depth = nil)
    paths = $LOAD_PATH.flat_map { |path| ["-I", path] }
    output, status = Open3.capture2(RbConfig.ruby, *paths, SCRIPT, what.to_s, count.to_s, depth.to_s)
    abort "benchmark: the process with #{count} #{what} has failed" unless status.success?
    JSON.parse(output, symbolize_names: true).tap do |measured|
      warn "benchmark: not all call paths could be recorded" if measured.fetch(:paths_dropped, 0).positive?
    end
  end

  def mebibytes(bytes)
    format("%.1f MiB", bytes / (1024.0**2))
  end

  # Pairs of a process without a capture and one with.
  def measure_pairs(what, count)
    Array.new(PAIRS) { [measure(what, count), measure(what, count, what == :paths ? Child::TURNS + 2 : 0)] }
  end

  def row(what, count)
    pairs = measure_pairs(what, count)
    with = pairs.last.last
    keep(what, count, with)
    bytes, nodes, pages = with.values_at(:bytes, :nodes, :pages)
    [count, mebibytes(pages), mebibytes(bytes), format("%.1f %%", 100.0 * bytes / pages), nodes, *pauses(pairs),
     format("%.1f B", bytes.to_f / (what == :paths ? nodes : count)), " #{gc_ratio(what, count, pairs)}"]
  end

  def pauses(pairs)
    pairs.transpose.map { |each| format("%.1f ms", Median.of(each.map { |measured| measured[:pause] * 1000 }).value) }
  end

  def gc_ratio(what, count, pairs)
    ratio = Median.of(pairs.map { |without, with| with[:pause] / without[:pause] })
    Figures.keep("GC, #{what}", count, ratio)
    ratio
  end

  def keep(what, count, with)
    bytes, nodes, pages = with.values_at(:bytes, :nodes, :pages)
    if what == :paths
      Figures.keep("memory, a node", count, (bytes - (SHARE_OF_PAGES * pages)) / nodes)
    else
      Figures.keep("memory, of pages", count, 100.0 * (bytes - (NODE_BYTES * nodes)) / pages)
    end
  end

  def print_all
    $stdout.sync = true
    puts RUBY_DESCRIPTION, "Goal: at most 11 % of the heap's pages, and 100 B a node; GCs take as long as without.",
         "Pauses are of CPU time: medians of #{PAIRS} processes, and of the ratios of #{PAIRS} pairs (where it lies, " \
         "with 95 % confidence)"
    COUNTS.each do |what, counts|
      puts "", [what, *HEADINGS, EACH[what], " GC with / without"].map { |cell| cell.to_s.rjust(11) }.join(" ")
      counts.each { |count| puts row(what, count).map { |cell| cell.to_s.rjust(11) }.join(" ") }
    end
  end
end

if ARGV.empty?
  MemoryBenchmark.print_all
else
  MemoryBenchmark::Child.run(ARGV[0], Integer(ARGV[1]), Integer(ARGV[2], exception: false))
end
