# frozen_string_literal: true

require "shellwords"

INSTALL_BENCHMARK_GEMS = "bundle config set --local with benchmark && bundle install"

# Asked for when a task runs: what it needs is loaded later than this.
benchmark_paths = -> { ["-Ilib", "-I#{EXTENSIONS_DIRECTORY}/benchmark/bare_hooks"] }

namespace :benchmark do
  Dir.glob("benchmark/{counts,growth,light,memory,paths}.rb").each do |script|
    name = File.basename(script, ".rb")

    desc "Measure what a capture costs: #{name}"
    task name => %i[compile extensions] do
      ruby(*benchmark_paths.call, script)
    end
  end

  viewer = "tmp/benchmark/viewer"
  viewer_sources = FileList["benchmark/viewer/*.c", "ext/memory_tracker/*/*.c"]
  viewer_sources.exclude("**/{vm,binding}/*.c", "**/screen_none.c")

  directory File.dirname(viewer)
  file viewer => [File.dirname(viewer), *viewer_sources, *FileList["ext/memory_tracker/**/*.h"]] do
    curses = `pkg-config --cflags --libs ncursesw`.shellsplit
    abort "benchmark: ncurses was not found; bin/setup installs it or says how" if curses.empty?
    sh "cc", "-O3", "-std=gnu11", "-D_GNU_SOURCE", "-DHAVE_CURSES", "-Iext/memory_tracker", *viewer_sources,
       *curses, "-lm", "-pthread", "-o", viewer, verbose: false
  end

  desc "Measure what the viewer costs, and what a snapshot does"
  task(viewer: viewer) { sh viewer, verbose: false }

  task(:libraries) do
    missing = %w[erubi kramdown liquid mail rack-test rouge sinatra].reject { |name| Gem.loaded_specs.key?(name) }
    abort "benchmark: there is no #{missing.join(", ")}; to install: #{INSTALL_BENCHMARK_GEMS}" if missing.any?
  end
  task counts: :libraries
  task light: :libraries
  task paths: :libraries
end

desc "Measure everything, and write it down in benchmark/RESULTS.md"
task benchmark: ["benchmark:libraries", :compile, :extensions, "tmp/benchmark/viewer"] do
  ruby(*benchmark_paths.call, "benchmark/results.rb")
end
