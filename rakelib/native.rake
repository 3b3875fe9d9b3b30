# frozen_string_literal: true

require "English"
require "shellwords"
require_relative "build_settings"

# Tests of the C code that needs no Ruby. SANITIZE (address,undefined or thread) picks the sanitizers, and a build
# folder of its own, so that changing between them rebuilds nothing.
module NativeTests
  extend Rake::FileUtilsExt

  SANITIZE = ENV.fetch("SANITIZE", "")
  BUILD = "tmp/native/#{SANITIZE.empty? ? "plain" : SANITIZE.tr(",", "-")}".freeze
  CURSES = system("pkg-config --exists ncursesw", err: File::NULL)
  SOURCES = FileList["ext/memory_tracker/{base,model,viewer,transport,terminal,source}/*.c",
                     "ext/memory_tracker/vm/memory_map.c"]
  SOURCES.exclude("**/screen_curses*.c") unless CURSES
  TESTS = FileList["spec/native/*_test.c"]
  # What tests can make fail: spec/native/failing_malloc.c.
  WRAPPED = %w[malloc calloc realloc strdup].freeze
  HELPERS = FileList["spec/native/**/*.c"].exclude(*TESTS)

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

  def link_program(test, objects)
    execute("linking #{test}", *compiler, *flags, *objects, "-o", test, *libraries)
  end

  # TSan's memory layout needs a smaller address space randomisation than some kernels have.
  def run_program(test)
    command = SANITIZE == "thread" && system("setarch -R true", err: File::NULL) ? ["setarch", "-R", test] : [test]
    execute("running #{test}", *command)
  end

  # Says what is done in a few words; the commands are longer than a screen. `rake --trace` shows them.
  def execute(what, *command)
    puts what
    $stdout.flush
    sh(*command, verbose: Rake.application.options.trace)
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
  NativeTests::TESTS.each do |source|
    program = NativeTests.program(source)
    objects = [NativeTests.object(source), *shared]
    file(program => objects) { NativeTests.link_program(program, objects) }

    desc "Run #{source}"
    task(source.pathmap("%n") => program) { NativeTests.run_program(program) }
  end
end

desc "Run the tests of the C code that needs no Ruby (SANITIZE=address,undefined or thread)"
task native_test: NativeTests::TESTS.map { |source| "native:#{source.pathmap("%n")}" }
