# frozen_string_literal: true

require_relative "build_settings"

# Small extensions that only specs and benchmarks use: each folder with an extconf.rb below spec/support or benchmark
# is built in tmp/extensions/<Ruby>/<folder>, where `spec_helper` and the benchmarks load it from.
EXTENSIONS_DIRECTORY = "tmp/extensions/#{RUBY_PLATFORM}-#{RUBY_VERSION}".freeze

desc "Build the extensions that specs and benchmarks use"
task :extensions

settings = BuildSettings.in(EXTENSIONS_DIRECTORY, sources: Dir.glob("ext/memory_tracker/**/*.c"))

FileList["spec/support/*/extconf.rb", "benchmark/*/extconf.rb"].each do |extconf|
  source = File.dirname(extconf)
  build = "#{EXTENSIONS_DIRECTORY}/#{source}"
  library = "#{build}/#{File.basename(source)}.#{RbConfig::CONFIG["DLEXT"]}"

  directory build
  file "#{build}/Makefile" => [build, extconf, settings.name] do
    sh Gem.ruby, File.expand_path(extconf), chdir: build
  end
  # What an extension takes from the gem is not told apart: one that takes nothing is built in no time.
  sources = FileList["#{source}/**/*.{c,h}", "ext/memory_tracker/**/*.{c,h}"]
  file library => ["#{build}/Makefile", *sources] do
    # Not at once: `make -j` would do both at the same time.
    %w[clean all].each { |target| sh "make", target, chdir: build }
    touch library
  end
  task extensions: library
end
