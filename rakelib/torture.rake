# frozen_string_literal: true

import "rakelib/native.rake"

# Fuzz targets: spec/torture/fuzz/<name>_fuzz.c with a corpus. Clang brings the fuzzer; where it is not there, the
# corpus is replayed by what the other native tests are compiled with.
module FuzzTargets
  extend Rake::FileUtilsExt

  FOLDER = "spec/torture/fuzz"
  NAMES = FileList["#{FOLDER}/*_fuzz.c"].pathmap("%n").map { |name| name.delete_suffix("_fuzz") }
  BUILD = "tmp/fuzz"
  SANITIZERS = "fuzzer,address,undefined"

  module_function

  def clang
    ENV.fetch("FUZZ_CC") do
      %w[clang clang-19 clang-16 clang-14].find { |name| system("which", name, out: File::NULL, err: File::NULL) }
    end
  end

  # Runs a target for some seconds, beginning with its corpus. What it finds new stays below tmp/fuzz.
  def run(name, seconds)
    found = "#{BUILD}/#{name}"
    mkdir_p found, verbose: false
    # Keys write files, so that is done where nobody minds.
    options = %W[-max_total_time=#{seconds} -max_len=65536 -timeout=20 -verbosity=0 -print_final_stats=1]
    options << "-artifact_prefix=#{File.expand_path(BUILD)}/#{name}-"
    folders = [found, "#{FOLDER}/corpus/#{name}"]
    sh File.expand_path(program(name)), *options, *folders.map { |folder| File.expand_path(folder) }, chdir: work_folder
  end

  def program(name)
    program = "#{BUILD}/#{name}_fuzz"
    mkdir_p BUILD, verbose: false
    compile([clang, "-fsanitize=#{SANITIZERS}", "-fno-sanitize-recover=all"], ["#{FOLDER}/#{name}_fuzz.c"], program)
  end

  def replay(name)
    program = "#{NativeTests::BUILD}/#{name}_replay"
    mkdir_p NativeTests::BUILD, verbose: false
    sources = ["#{FOLDER}/#{name}_fuzz.c", "#{FOLDER}/replay.c"]
    compile([*NativeTests.compiler, *NativeTests.flags.grep(/sanitize/)], sources, program)
    inputs = FileList["#{FOLDER}/corpus/#{name}/*"].sort.map { |path| File.expand_path(path) }
    sh File.expand_path(program), *inputs, chdir: work_folder, verbose: false
  end

  def work_folder
    "#{BUILD}/work".tap { |folder| mkdir_p folder, verbose: false }
  end

  def compile(compiler, sources, program)
    sources += NativeTests::SOURCES + NativeTests::HELPERS
    flags = %w[-std=gnu11 -D_GNU_SOURCE -g -O1 -pthread -Wno-unused-parameter]
    flags << "-DHAVE_CURSES" if NativeTests::CURSES
    includes = [*NativeTests.includes, "-I#{FOLDER}"]
    sh(*compiler, *flags, *includes, *sources, "-o", program, *NativeTests.libraries.grep_v(/--wrap/), verbose: false)
    program
  end
end

desc "Try to break the tracker for TORTURE_SECONDS (60); TORTURE_SEED repeats a run"
task torture: %i[compile extensions] do
  ruby "-Ilib", "spec/torture/run.rb"
end

namespace :torture do
  FileList["spec/torture/stages/*.rb"].exclude("**/valgrind.rb").each do |path|
    stage = path.pathmap("%n")

    desc "Run only this of the torture: #{stage}"
    task(stage => %i[compile extensions]) { ruby "-Ilib", "spec/torture/run.rb", stage }
  end

  desc "Fuzz for TORTURE_SECONDS (60) each target below spec/torture/fuzz, or the one that FUZZ names; needs Clang"
  task(:fuzz) do
    abort "torture:fuzz needs clang, or FUZZ_CC with its name." unless FuzzTargets.clang
    names = ENV.key?("FUZZ") ? [ENV.fetch("FUZZ")] : FuzzTargets::NAMES
    names.each { |name| FuzzTargets.run(name, Integer(ENV.fetch("TORTURE_SECONDS", "60"))) }
  end

  desc "Run the native tests, then Ruby programs, under valgrind"
  task valgrind: %i[compile extensions] do
    abort "torture:valgrind needs valgrind." unless system("valgrind --version", out: File::NULL, err: File::NULL)
    # One of those left out repeats its work thousands of times, which ASan does in seconds; in the other a process
    # gives back all memory that it has no use for, and valgrind keeps its own among that.
    tests = NativeTests::TESTS.dup.exclude("**/refused_memory_test.c", "**/job_test.c")
    programs = tests.map { |source| NativeTests.program(source) }
    programs.each { |program| Rake::Task[program].invoke }
    options = %w[--quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite]
    programs.each do |program|
      sh({ "STEPS" => "200", "UNDER_VALGRIND" => "1" }, "valgrind", *options, program, verbose: false)
    end
    ruby "-Ilib", "spec/torture/run.rb", "valgrind"
  end

  desc "Replay the corpus of every fuzz target (SANITIZE=address,undefined)"
  task(:corpus) { FuzzTargets::NAMES.each { |name| FuzzTargets.replay(name) } }
end
