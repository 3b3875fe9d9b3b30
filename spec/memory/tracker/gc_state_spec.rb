# frozen_string_literal: true

require_relative "../../support/ruby_program"

# A walk over the heap disables GC for its time, and so may what collects classes for those who are given them.
RSpec.describe Memory::Tracker::Capture, "and GC, which" do
  kinds = { "counts" => {}, "has call paths" => { depth: 3, existing: true }, "is light" => { mode: :light } }

  def run(options, source, env: {})
    result = RubyProgram.run(<<~RUBY, env: env, seconds: 60)
      capture = Memory::Tracker::Capture.new(**#{options}).tap(&:start)
      #{source}
    RUBY
    expect(result.status).to be_success, result.to_s
    result.out
  end

  kinds.each do |kind, options|
    # Light captures find classes by their ids, for which Ruby has tables that have to grow. Ruby 4.0 has none, and ends
    # when it has no memory for a list of its own.
    it "is enabled after Ruby had no memory when one that #{kind} was read",
       if: RUBY_VERSION < "4.0" && RUBY_PLATFORM.include?("linux") && !SpecSupport.sanitized? do
      library = File.join(SpecSupport::EXTENSIONS, "spec/support/refused_memory/refused_memory.so")
      out = run(options, <<~RUBY, env: { "LD_PRELOAD" => library })
        require #{library.delete_suffix(".so").dump}
        made = []
        refused = 0
        disabled = Array.new(6) do |round|
          (1_000 << round).times { made << Class.new.new }
          begin
            RefusedMemory.during { capture.each { nil } }
          rescue NoMemoryError
            refused += 1
          end
          GC.disable.tap { GC.enable }
        end
        made << made.first.class.new
        p disabled.uniq, capture.count_for(made.first.class), refused
      RUBY
      disabled, count, refused = out.lines(chomp: true)
      expect([disabled, count]).to eq(%w[[false] 2])
      expect(refused.to_i).to be_positive if options[:mode] == :light
    end

    it "another thread disables while one that #{kind} is read, stays disabled" do
      expect(run(options, <<~RUBY)).to eq("[true]\n")
        classes = Array.new(5_000) { Class.new }
        objects = classes.map(&:new)
        # Wherever this one is when the other gets its turn.
        other = Thread.new do
          10.times do
            GC.disable
            $disabled = true
            sleep 0.001 while $disabled
          end
        end
        stayed = []
        while other.alive?
          capture.each { nil }
          capture.snapshot
          capture.stop && capture.start
          next unless $disabled

          stayed << GC.disable
          GC.enable
          $disabled = false
        end
        p stayed.uniq
      RUBY
    end
  end
end
