# frozen_string_literal: true

INSTALL_BENCHMARK_GEMS = "bundle config set --local with benchmark && bundle install"

namespace :benchmark do
  Dir.glob("benchmark/{counts,paths}.rb").each do |script|
    name = File.basename(script, ".rb")

    desc "Measure what a capture costs: #{name}"
    task name => %i[compile extensions] do
      ruby "-Ilib", "-I#{EXTENSIONS_DIRECTORY}/benchmark/bare_hooks", script
    end
  end

  task(:libraries) do
    missing = %w[erubi kramdown liquid mail rack-test sinatra].reject { |name| Gem.loaded_specs.key?(name) }
    abort "benchmark: there is no #{missing.join(", ")}; to install: #{INSTALL_BENCHMARK_GEMS}" if missing.any?
  end
  task paths: :libraries
end
