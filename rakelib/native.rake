# frozen_string_literal: true

require "English"
require "etc"
require "open3"
require "shellwords"
require_relative "build_settings"
require_relative "parallel_file"

# Tests of the C code that needs no Ruby. SANITIZE (address,undefined or thread) picks the sanitizers, and a build
# folder of its own, so that changing between them rebuilds nothing.
module NativeTests
  extend Rake::FileUtilsExt

  SANITIZE = ENV.fetch("SANITIZE", "")
  BUILD = "tmp/native/#{SANITIZE.empty? ? "plain" : SANITIZE.tr(",", "-")}".freeze
  CURSES = system("pkg-config --exists ncursesw", err: File::NULL)
  SOURCES = FileList["ext/memory_tracker/*/*.c"].exclude("**/{vm,binding}/*.c")
  SOURCES.exclude("**/screen_curses*.c") unless CURSES
  TESTS = FileList["spec/native/*_test.c"]
  # What tests can make fail, and move on: spec/native/failing_malloc.c, moved_clock.c.
  WRAPPED = %w[malloc calloc realloc strdup clock_gettime].freeze
  HELPERS = FileList["spec/native/**/*.c"].exclude(*TESTS)
  # What every test is linked with; the linker takes out of it what a test needs.
  ARCHIVE = "#{BUILD}/tests.a".freeze
  # At most one command for each processor: compilers use all of one, and most tests wait.
  SLOTS = SizedQueue.new(Etc.nprocessors)
  PRINTING = Mutex.new

  module_function

  def compiler
    ENV.fetch("CC", "cc").shellsplit
  end

  def flags
    flags = %w[-std=gnu11 -D_GNU_SOURCE -g -O1 -fno-omit-frame-pointer -pthread]
    # cmocka 2 deprecates names that cmocka 1 has nothing else for.
    flags += %w[-Wall -Wextra -Wno-unused-parameter -Wno-deprecated-declarations]
    flags << "-DHAVE_CURSES" if CURSES
    flags << "-Werror" if ENV["MEMORY_TRACKER_WERROR"] == "1"
    flags += ["-fsanitize=#{SANITIZE}", "-fno-sanitize-recover=all"] unless SANITIZE.empty?
    flags << "-DWRAPPED_MALLOC" if wraps?
    flags
  end

  def includes
    %w[-Iext/memory_tracker -Ispec/native] + pkg_config("--cflags")
  end

  def libraries
    curses = CURSES ? `pkg-config --libs ncursesw`.shellsplit : []
    pkg_config("--libs") + curses + %w[-lm -ldl] + WRAPPED.map { |name| "-Wl,--wrap=#{name}" }.select { wraps? }
  end

  # Whether the linker can lead calls of the C library elsewhere.
  def wraps?
    RUBY_PLATFORM.include?("linux")
  end

  def pkg_config(option)
    text = `pkg-config #{option} cmocka`
    abort "cmocka was not found; bin/setup installs it or says how." unless $CHILD_STATUS.success?
    text.shellsplit
  end

  def object(source)
    "#{BUILD}/#{source.pathmap("%X.o")}"
  end

  # What is made of a test.
  def program(source)
    "#{BUILD}/#{source.pathmap("%n")}"
  end

  # The headers an object was made from, as the compiler wrote them down.
  def headers(object)
    list = object.pathmap("%X.d")
    return [] unless File.exist?(list)

    File.read(list).gsub("\\\n", " ")[/\A[^:]*:(.*)$/, 1].to_s.split.select { |header| File.exist?(header) }
  end

  # Compiles when the source or a header of it is newer than the object.
  def compile(source)
    object = object(source)
    mkdir_p File.dirname(object), verbose: false
    execute("compiling #{source}", *compiler, *flags, "-MMD", *includes, "-c", source, "-o", object)
  end

  def archive(objects)
    rm_f ARCHIVE, verbose: false
    execute("collecting #{ARCHIVE}", "ar", "rcs", ARCHIVE, *objects)
  end

  def link_program(test, object)
    execute("linking #{test}", *compiler, *flags, object, ARCHIVE, "-o", test, *libraries)
  end

  # TSan's memory layout needs a smaller address space randomisation than some kernels have.
  def run_program(test)
    command = SANITIZE == "thread" && system("setarch -R true", err: File::NULL) ? ["setarch", "-R", test] : [test]
    execute("running #{test}", *command)
  end

  # Says what is done in a few words, and then all that was printed by it, together; the commands are longer than a
  # screen. `rake --trace` shows them.
  def execute(what, *command)
    SLOTS << what
    output, status = Open3.capture2e(*command)
    text = Rake.application.options.trace ? "#{what}: #{command.shelljoin}" : what
    PRINTING.synchronize { $stdout.write(text, "\n", output) && $stdout.flush }
    raise "#{what} failed: #{status}" unless status.success?
  ensure
    SLOTS.pop
  end
end

namespace :native do
  settings = BuildSettings.in(NativeTests::BUILD, sources: NativeTests.flags)

  (NativeTests::SOURCES + NativeTests::HELPERS + NativeTests::TESTS).each do |source|
    object = NativeTests.object(source)
    file object => [source, settings.name, *NativeTests.headers(object)] do
      NativeTests.compile(source)
    end
  end

  shared = (NativeTests::SOURCES + NativeTests::HELPERS).map { |source| NativeTests.object(source) }
  ParallelFile.define_task(NativeTests::ARCHIVE => [*shared, settings.name]) { NativeTests.archive(shared) }

  NativeTests::TESTS.each do |source|
    program = NativeTests.program(source)
    object = NativeTests.object(source)
    file(program => [object, NativeTests::ARCHIVE]) { NativeTests.link_program(program, object) }

    desc "Run #{source}"
    task(source.pathmap("%n") => program) { NativeTests.run_program(program) }
  end
end

desc "Run the tests of the C code that needs no Ruby (SANITIZE=address,undefined or thread)"
multitask native_test: NativeTests::TESTS.map { |source| "native:#{source.pathmap("%n")}" }
