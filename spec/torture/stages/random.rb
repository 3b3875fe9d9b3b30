# frozen_string_literal: true

module Torture
  # Random programs, one after the other, each in a process of its own and held against the heap.
  module RandomPrograms
    STEPS = 1500

    module_function

    def run(seconds)
      sums = Hash.new(0)
      programs = Torture.repeat(seconds) { |number| add(sums, one(Torture.seed + number)) }
      Torture.say("#{programs} programs from seed #{Torture.seed}: " \
                  "#{sums.map { |name, count| "#{count} #{name.tr("_", " ")}" }.join(", ")}")
    end

    def one(seed)
      options = seed % 5 == 4 ? ["--yjit"] & jit : []
      Torture.program("random", { seed: seed, steps: STEPS, stress: (seed % 3).zero? }, *options)
    rescue Broken, RuntimeError => e
      raise Broken, "#{e.message}\nTORTURE_SEED=#{seed} repeats it."
    end

    def add(sums, result)
      result.each { |name, count| sums[name] += count unless %w[threads bytes].include?(name) }
      sums["bytes at most"] = [sums["bytes at most"], result["bytes"]].max
    end

    # What this Ruby can be told to compile with.
    def jit
      @jit ||= begin
        tried = RubyProgram.run("puts 1", "--yjit")
        tried.status.success? && tried.err.empty? ? ["--yjit"] : []
      end
    end
  end

  stage "random", RandomPrograms, weight: 5
end
