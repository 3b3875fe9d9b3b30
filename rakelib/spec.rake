# frozen_string_literal: true

require "etc"
require "shellwords"

# What a process prints follows when it ends, and all that failed again at the end. The gem runs in Rake's own process:
# as the leader of the terminal's group it leaves ^C to the terminal, and RSpec skips all cleaning up at a second one.
def run_specs_in(processes, files)
  require "parallel_tests"
  failures = "tmp/failed_specs"
  rm_rf failures, verbose: false
  options = %W[--type rspec -n #{processes} --first-is-1 --serialize-stdout --combine-stderr --verbose-rerun-command]
  formats = %W[--format progress --format ParallelTests::RSpec::FailuresLogger --out #{failures}/$TEST_ENV_NUMBER]
  ParallelTests::CLI.new.run([*options, "--", "--seed", rand(0xFFFF).to_s, *formats, "--", *files])
rescue SystemExit
  Dir.glob("#{failures}/*") { |name| puts File.read(name) }
  raise
ensure
  trap("INT", "DEFAULT")
end

desc "Run the specs, or those that SPEC names, in PARALLEL_TEST_PROCESSORS (one for each processor) processes"
task spec: %i[compile extensions] do
  files = FileList[*ENV.fetch("SPEC", "spec/**/*_spec.rb").shellsplit].to_a
  abort "SPEC names no file: #{ENV.fetch("SPEC")}" if files.empty?
  processes = [ENV.fetch("PARALLEL_TEST_PROCESSORS", Etc.nprocessors).to_i, files.size].min

  # RSpec alone takes folders and lines, and says which file is missing.
  if processes > 1 && files.all? { |file| File.file?(file) }
    run_specs_in(processes, files)
  else
    sh(Gem.ruby, Gem.bin_path("rspec-core", "rspec"), *files) { |passed, _| abort unless passed }
  end
end
