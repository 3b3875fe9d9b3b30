# frozen_string_literal: true

unless RUBY_ENGINE == "ruby"
  abort "memory-tracker counts objects through events that only CRuby has; it cannot be built for #{RUBY_ENGINE}."
end

require "rbconfig/sizeof"
if RUBY_PLATFORM.match?(/mswin|mingw|cygwin/)
  abort "memory-tracker needs POSIX threads, signals and terminals; it cannot be built for Windows (#{RUBY_PLATFORM})."
end
unless RbConfig::SIZEOF["void*"] == 8
  abort "memory-tracker maps 64-bit addresses; it cannot be built for a 32-bit Ruby (#{RUBY_PLATFORM})."
end

require "mkmf"

# Sources lie in folders. Base names differ across all of them, because objects land in one directory.
FOLDERS = Dir.glob("*/", base: __dir__).map { |folder| folder.delete_suffix("/") }.sort.freeze

# Need curses; everything else builds without it.
CURSES_SOURCES = "screen/screen_curses*.c"

# What differs between Rubies is found by asking for the function, never by comparing versions.
# Each one that exists becomes HAVE_<NAME>.
RUBY_FUNCTIONS = {
  "rb_postponed_job_preregister" => "ruby/debug.h",
  "rb_postponed_job_register_one" => "ruby/debug.h",
  "rb_tracearg_lineno" => "ruby/debug.h",
  "rb_profile_thread_frames" => "ruby/debug.h",
  "rb_class_path_cached" => "ruby/ruby.h",
  "rb_ext_ractor_safe" => "ruby/ruby.h",
  "rb_gc_location" => "ruby/ruby.h",
  "rb_nogvl" => "ruby/thread.h"
}.freeze

SYSTEM_FUNCTIONS = {
  "pthread_setname_np" => "pthread.h",
  "malloc_usable_size" => "malloc.h"
}.freeze

def probe_functions
  have_header("ruby/thread.h")
  RUBY_FUNCTIONS.merge(SYSTEM_FUNCTIONS).each { |name, header| have_func(name, header) }
  have_library("pthread", "pthread_create") unless have_func("pthread_create", "pthread.h")
end

def ncurses?
  dir_config("ncurses")
  found = pkg_config("ncursesw") || %w[ncursesw ncurses].any? { |library| have_library(library, "newterm") }
  return false unless found && (have_header("curses.h") || have_header("ncursesw/curses.h"))

  have_func("set_curterm", %w[curses.h term.h]) || have_library("tinfo", "set_curterm")
end

def sources(curses:)
  found = FOLDERS.flat_map { |folder| Dir.glob("#{folder}/*.c", base: $srcdir).sort }
  found.reject! { |source| File.fnmatch?(CURSES_SOURCES, source) } unless curses
  ["memory_tracker.c", *found]
end

def define(name, value = nil)
  $defs.push(value ? "-D#{name}=#{value}" : "-D#{name}")
end

# What lib/memory/tracker/abi.rb compares with the Ruby that is about to load the extension.
def abi
  [RUBY_ENGINE, RbConfig::CONFIG["ruby_version"], RUBY_PLATFORM].join(" ")
end

def configure_warnings
  # Some distributions pass this one to extensions; declarations go where they are used here.
  $warnflags = $warnflags.to_s.gsub("-Wdeclaration-after-statement", "")
  $warnflags += " -Wall -Wextra -Wno-unused-parameter"
  $warnflags += " -Werror" if ENV["MEMORY_TRACKER_WERROR"] == "1"
end

# Ruby leaves frames of ours by jumps of the compiler's, of which ASan hears nothing: what it knew of their variables it
# would say of those that come to stand there. So here it leaves the stack alone. The native tests, which have no such
# jumps, are watched in full.
def configure_sanitizers
  names = ENV.fetch("SANITIZE", "")
  return if names.empty?

  flags = "-fsanitize=#{names} --param asan-stack=0 -fno-omit-frame-pointer -fno-sanitize-recover=undefined -g"
  $CFLAGS += " #{flags}"
  $LDFLAGS += " #{flags}"
  $DLDFLAGS += " #{flags}"
end

# For the project's own tests: functions of other libraries are bound at their first call, as most Rubies that were not
# packaged by a distribution have it. Behind the flags of Ruby's own configuration, which may say the opposite.
def configure_binding
  $DLDFLAGS += " -Wl,-z,lazy" if ENV["MEMORY_TRACKER_LAZY_BINDING"] == "1"
end

define("_GNU_SOURCE")
# For the project's own tests: every call path that was found by a short cut is compared with what the VM says.
define("MEMORY_TRACKER_VERIFY") if ENV["MEMORY_TRACKER_VERIFY"] == "1"
probe_functions
curses = ncurses?
if curses
  define("HAVE_CURSES")
else
  warn "ncurses was not found: the library and the batch tables work, the full-screen viewer will not. " \
       "Install libncurses-dev (Debian), ncurses-devel (Fedora) or ncurses (Homebrew) and build again to have it."
end
define("MEMORY_TRACKER_ABI", %('"#{abi}"'))

append_cflags(%w[-std=gnu11 -fvisibility=hidden])
# Each object leaves a list of the headers it was made from, which `depend` reads back.
append_cflags(%w[-MMD -MP])
configure_warnings
configure_sanitizers
configure_binding

$VPATH.concat(FOLDERS.map { |folder| "$(srcdir)/#{folder}" })
$srcs = sources(curses: curses)
$cleanfiles << "*.d"

create_makefile("memory/tracker/memory_tracker")
