# frozen_string_literal: true

require "etc"
require "json"
require "rbconfig"

require_relative "../support/spec_support"
require_relative "../support/ruby_program"

# What is done to the tracker to see whether it can be broken. A stage does one kind of thing for the seconds it is
# given, prints what it saw, and raises Torture::Broken with all that is needed to see it again.
#
# TORTURE_SECONDS is for all stages together, TORTURE_SEED begins with the program that this seed stands for.
module Torture
  # Something did not hold.
  class Broken < StandardError
  end

  # What there is to do: a module with `run(seconds)`, and which share of the time it gets.
  Stage = Struct.new(:name, :body, :weight)
  STAGES = {} # rubocop:disable Style/MutableConstant -- stages enter themselves

  ROOT = SpecSupport::ROOT
  TOP = File.join(ROOT, "exe/memory-tracker-top")
  LINES = 60

  module_function

  # Enters a stage.
  # @param weight [Numeric] its share of the time; 0: it runs only when it is asked for by name
  def stage(name, body, weight:)
    STAGES[name] = Stage.new(name, body, weight)
  end

  # Runs stages in the time that there is.
  # @param names [Array<String>] none: all that have a share
  def run(*names)
    unknown = names - STAGES.keys
    raise Broken, "there is no stage #{unknown.first}; there are #{STAGES.keys.join(", ")}" if unknown.any?

    chosen = names.any? ? STAGES.values_at(*names) : STAGES.values.select { |stage| stage.weight.positive? }
    all = chosen.sum { |stage| [stage.weight, 1].max }.to_f
    chosen.each do |stage|
      puts "#{stage.name}:"
      stage.body.run(seconds * [stage.weight, 1].max / all)
    end
  end

  # @return [Integer]
  def seed
    @seed ||= Integer(ENV.fetch("TORTURE_SEED") { Random.new_seed & 0xffff_ffff })
  end

  # @return [Float] for all stages together
  def seconds
    Float(ENV.fetch("TORTURE_SECONDS", "60"))
  end

  def now
    Process.clock_gettime(Process::CLOCK_MONOTONIC)
  end

  # Calls the block with 0, 1, 2, ... until the time is up, and at least once.
  # @return [Integer] how often
  def repeat(seconds)
    deadline = now + seconds
    count = 0
    loop do
      yield count
      count += 1
      return count if now >= deadline
    end
  end

  # Runs a program of spec/torture/programs, which prints its result as the last line, in JSON.
  # @param values [Hash] what it finds in the constant GIVEN
  # @return [Hash{String => Object}] its result
  def program(name, values, *options, env: {}, seconds: 120)
    path = File.join(__dir__, "programs", "#{name}.rb")
    helpers = File.join(__dir__, "programs/program")
    source = "GIVEN = #{values.inspect}.freeze\nrequire #{helpers.dump}\nload #{path.dump}"
    result = RubyProgram.run(source, *options, env: env, seconds: seconds)
    broken("#{name} #{values} ended with #{result.status}", result.out, result.err) unless result.status.success?
    JSON.parse(result.out.lines.last)
  rescue JSON::ParserError, TypeError
    broken("#{name} #{values} printed no result", result.out, result.err)
  end

  # Raises, with the last lines of what there is to read.
  def broken(sentence, *texts)
    ends = texts.map { |text| without_lists(text).lines.last(LINES).join }
    raise Broken, [sentence, *ends.reject(&:empty?)].join("\n")
  end

  # A crash report without its lists of everything that was loaded, at the head of which the reason stands.
  def without_lists(text)
    text.gsub(/^-- Other runtime information.*?(?=^\[NOTE\]|\z)/m, "")
        .gsub(/^-- Control frame.*?(?=^-- C level|\z)/m, "")
  end

  def check(condition, sentence, *texts)
    broken(sentence, *texts) unless condition
  end

  def say(sentence)
    puts "  #{sentence}"
    $stdout.flush
  end

  # @return [String] such as "12.3 MiB"
  def size(bytes)
    format("%.1f MiB", bytes / 1_048_576.0)
  end
end
