# frozen_string_literal: true

require "etc"
require "rbconfig"
require "shellwords"
require "tempfile"

# Runs spec files in several processes of RSpec at a time, because an example spends most of its time waiting for a
# terminal or a program. A process takes one batch of files; the next begins when it ends. What a process prints is
# kept together, and printed when it ends.
class SpecProcesses
  # Batches for each process that runs at a time: with more, each of which is smaller, they end at about the same time.
  BATCHES_PER_PROCESS = 6
  SUMMARY = /^(\d+) examples?, (\d+) failures?(?:, (\d+) pending)?(?:, (\d+) errors? occurred outside of examples)?$/
  RUN_TIME = %r{\A\./(\S+)\[[\d:]+\] *\| \w+ +\| ([\d.]+) sec}
  FAILED = /^rspec (?:\.|'\.).*$/

  # @return [Integer] how many processes run at a time: SPEC_PROCESSES, or the number of processors
  def self.usual
    Integer(ENV.fetch("SPEC_PROCESSES", Etc.nprocessors.to_s)).tap { |count| raise ArgumentError if count < 1 }
  rescue ArgumentError
    abort "SPEC_PROCESSES is not a positive number: #{ENV["SPEC_PROCESSES"].inspect}"
  end

  # @return [Integer] what SPEC_OPTS asks for, which RSpec would prefer, or any
  def self.seed
    (ENV["SPEC_OPTS"].to_s[/--seed[= ](\d+)/, 1] || Random.rand(0xFFFF)).to_i
  end

  # @param files [Array<String>]
  # @param status [String] the file where RSpec keeps how long each example took
  # @param seed [Integer] for the order of the examples, and for random numbers in them
  def initialize(files, processes: self.class.usual, status: ".rspec_status", seed: self.class.seed, out: $stdout)
    @files = files.to_a
    @processes = processes
    @status = status
    @seed = seed
    @out = out
    @lock = Mutex.new
    @running = []
    @totals = [0, 0, 0, 0]
    @failed = []
  end

  # @return [Boolean] whether every process has succeeded
  def run
    started = now
    batches = Queue.new
    self.class.batches(weights, @processes * BATCHES_PER_PROCESS).each { |batch| batches << batch }
    batches.close
    results = Array.new(@processes) { Thread.new { run_from(batches) } }.flat_map(&:value)
    print_summary(now - started)
    results.all?
  ensure
    @lock.synchronize { @running.dup }.each { |pid| end_process(pid) }
  end

  # The longest files first, those that are short together.
  # @param weights [Hash{String => Numeric}] for each file, about how long it takes
  # @return [Array<Array<String>>]
  def self.batches(weights, count)
    limit = weights.values.sum.to_f / count
    weights.sort_by { |file, weight| [-weight, file] }.each_with_object([]) do |(file, weight), batches|
      batches << [[], 0] if batches.empty? || batches.last[1] + weight > limit
      batches.last[0] << file
      batches.last[1] += weight
    end.map(&:first)
  end

  private

  def run_from(batches)
    results = []
    while (files = batches.pop)
      results << run_batch(files)
    end
    results
  end

  def run_batch(files)
    Tempfile.create("specs") do |output|
      pid = spawn_rspec(files, output)
      _, status = Process.wait2(pid)
      @lock.synchronize do
        @running.delete(pid)
        take(files, File.read(output.path, encoding: "UTF-8").scrub, status)
      end
    end
  end

  def spawn_rspec(files, output)
    @lock.synchronize do
      command = [RbConfig.ruby, Gem.bin_path("rspec-core", "rspec"), "--seed", @seed.to_s, *files]
      command.insert(-files.size - 1, "--force-color") if @out.tty?
      spawn(*command, in: File::NULL, out: output, err: output).tap { |pid| @running << pid }
    end
  end

  # @return [Boolean] whether the process has run its examples, and all have passed
  def take(files, text, status)
    @out.puts "==== rspec --seed #{@seed} #{files.shelljoin}", text
    @out.flush
    plain = text.gsub(/\e\[[\d;]*m/, "")
    counts = (plain[SUMMARY] ? Regexp.last_match.captures : []).map(&:to_i)
    counts.each_with_index { |count, index| @totals[index] += count }
    failed = plain.scan(FAILED)
    succeeded = status.success? && counts.any?
    failed << "rspec #{files.shelljoin} # #{status.to_s.sub(/\Apid \d+ /, "")}" unless succeeded || failed.any?
    @failed.concat(failed)
    succeeded
  end

  def print_summary(seconds)
    @out.puts "", "==== specs in #{@processes} processes, in #{seconds.round} s"
    @out.puts "Failed examples:", "", @failed, "" if @failed.any?
    examples, failures, pending, errors = @totals
    totals = [counted(examples, "example"), counted(failures, "failure"), "#{pending} pending"]
    totals << "#{counted(errors, "error")} occurred outside of examples" if errors.positive?
    @out.puts totals.join(", "), "", "Randomized with seed #{@seed}"
  end

  def counted(count, noun)
    "#{count} #{noun}#{"s" unless count == 1}"
  end

  def end_process(pid)
    Process.kill(:TERM, pid)
  rescue Errno::ESRCH
    nil
  end

  # What took long the last time, or is large, takes long.
  def weights
    known = known_seconds
    rate = known.any? ? known.values.sum / known.keys.sum { |file| File.size(file) } : 1.0
    @files.to_h { |file| [file, known.fetch(file) { File.size(file) * rate }] }
  end

  def known_seconds
    return {} unless File.exist?(@status)

    examples = File.foreach(@status).filter_map { |line| RUN_TIME.match(line) }
    seconds = examples.group_by { |found| found[1] }.transform_values { |all| all.sum { |found| found[2].to_f } }
    seconds.slice(*@files)
  end

  def now
    Process.clock_gettime(Process::CLOCK_MONOTONIC)
  end
end
