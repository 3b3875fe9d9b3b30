# frozen_string_literal: true

# Runs stages of the torture: all of them, or those whose names are given.
require_relative "torture"

Dir.glob("stages/*.rb", base: __dir__).sort.each { |path| require_relative path }

begin
  started = Torture.now
  puts "torture: Ruby #{RUBY_VERSION}, #{Torture.seconds.round} s, TORTURE_SEED=#{Torture.seed}"
  Torture.run(*ARGV)
  puts "torture: nothing broke in #{(Torture.now - started).round} s"
rescue Torture::Broken => e
  abort "torture: #{e.message}"
end
