# frozen_string_literal: true

require "open3"
require "rbconfig"
require "tsort"

# The folders of the extension, what each may include of the project, and what its files include.
module Layers
  ROOT = File.expand_path("../../ext/memory_tracker", __dir__)
  SOURCES = Dir.glob("*/**/*.{c,h}", base: ROOT).sort.freeze

  HEADERS = SOURCES.grep(/\.h\z/).freeze

  # Everything in the folders; and what the compiler could take of what lies beside them.
  FILES = (Dir.glob("*/**/*", base: ROOT).reject { |file| File.directory?(File.join(ROOT, file)) } +
           Dir.glob("*.{c,h,cc,cpp,cxx,inc,def,S}", base: ROOT)).sort.freeze

  # From the bottom up: whole folders, or single headers.
  MAY_INCLUDE = {
    "base" => %w[base/],
    "model" => %w[model/ base/],
    "analysis" => %w[analysis/ model/snapshot.h base/],
    "screen" => %w[screen/ base/],
    "table" => %w[table/ analysis/ model/snapshot.h base/],
    "panes" => %w[panes/ table/ analysis/ model/snapshot.h screen/grid.h screen/text_style.h base/],
    "input" => %w[input/ panes/ table/ analysis/ screen/input_event.h base/],
    "transport" => %w[transport/ model/snapshot.h base/],
    "source" => %w[source/ transport/ table/ analysis/ model/snapshot.h model/snapshot_sum.h base/],
    "terminal" => %w[terminal/ screen/screen.h base/],
    "program" => %w[program/ terminal/ base/],
    "app" => %w[app/ input/ panes/ table/ analysis/ screen/ source/ program/ terminal/ model/snapshot.h base/],
    "vm" => %w[vm/ model/ base/],
    "binding" => %w[binding/ vm/ model/ app/ source/ transport/ table/ analysis/ program/ terminal/ base/]
  }.freeze

  # Only these know Ruby; everything else compiles and runs without it.
  WITH_RUBY = %w[vm binding].freeze

  # What is above a folder implements what it declares here, instead of being included by it.
  IMPLEMENTED_IN = { "input/viewer_control.h" => "app" }.freeze

  # No header of the system has it.
  SYSTEM_VARIABLES = ["extern char **environ;"].freeze

  QUOTED_OR_COMMENT = %r{"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|/\*.*?\*/|//[^\n]*}m
  WORDS = /(?!static|typedef|extern|else\b|return\b|case\b|goto\b|do\b|sizeof\b)[A-Za-z_][\w \t*]*?/
  PROTOTYPE = /#{WORDS}\b(?!_?[Ss]tatic_assert)(\w+)\([^;{}=]*\)(?:\s*__attribute__\(\(.*?\)\)\)?)*;/m
  DEFINITION = /^(?!static|typedef|extern|\#)[A-Za-z_][\w\ \t*]*?\b(\w+)
                (?:\([^;{}]*\)\s*\{|(?:\[.*?\])*\s*(?:=|;$))/x
  LOCAL_PROTOTYPE = /#{WORDS}[ \t*]+\w+\([^;{}]*\);/

  module_function

  def text(file)
    File.read(File.join(ROOT, file))
  end

  def folder(file)
    file[%r{\A[^/]+}]
  end

  # Source text without comments and with continued lines joined; texts in quotes stay, unless they are not wanted.
  def code(text, quoted: true)
    text.gsub("\\\n", "").gsub(QUOTED_OR_COMMENT) { |part| quoted && part.start_with?('"', "'") ? part : " " }
  end

  # The headers of the project that a file includes, between quotes or not.
  def includes(file)
    code(text(file)).scan(/^\s*#\s*include\s*["<]([^">]+)[">]/).flatten & HEADERS
  end

  # Includes that are not written in one of two ways: #include "folder/header.h", and #include <header.h> of the system.
  def odd_includes(text)
    code(text).scan(/^.*(?:#|%:|\?\?=)\s*(?:include|import).*$/).map(&:strip).reject do |line|
      case line
      when /\A#include "([^"]+)"\z/ then HEADERS.include?(Regexp.last_match(1))
      when /\A#include <([^>]+\.h)>\z/ then !HEADERS.include?(Regexp.last_match(1))
      end
    end
  end

  # Functions and variables of elsewhere that a source declares itself, where it would include their header.
  def own_declarations(text)
    lines = code(text, quoted: false).gsub(/,\s*\n\s*/, ", ").lines
    lines.grep(/\bextern\b|^#{PROTOTYPE}|^\s+#{LOCAL_PROTOTYPE}/o).map(&:strip) - SYSTEM_VARIABLES
  end

  # What a header declares: functions, and variables by extern.
  def declared(text)
    plain = code(text, quoted: false)
    plain.scan(/^#{PROTOTYPE}/o).flatten + plain.scan(/^extern\b[^;(]*?(\w+)(?:\[[^;]*\])?;/).flatten
  end

  # What a source defines for others: functions, and variables.
  def defined(text)
    code(text, quoted: false).scan(DEFINITION).flatten
  end

  # Structs, unions and enums that have their members in a text.
  def types(text)
    code(text, quoted: false).scan(/\b(?:struct|union|enum)\s+(\w+)\s*\{/).flatten
  end

  # Types of headers that another file has, too, as "TYPE of HEADER in FILE".
  def types_twice
    members = SOURCES.to_h { |file| [file, types(text(file))] }
    members.select { |file, _| file.end_with?(".h") }.flat_map do |header, names|
      members.except(header).flat_map do |file, others|
        (names & others).map { |name| "#{name} of #{header} in #{file}" }
      end
    end
  end

  # Declarations in headers of what is defined in another folder than theirs, as "NAME in HEADER"; of the interface that
  # the viewer implements those that are not defined where it is.
  def declared_for_others
    defined = SOURCES.grep(/\.c\z/).group_by { |file| folder(file) }
                     .transform_values { |files| files.flat_map { |file| self.defined(text(file)) } }
    SOURCES.grep(/\.h\z/).flat_map do |header|
      names = declared(text(header)) - defined.fetch(IMPLEMENTED_IN.fetch(header, folder(header)))
      names.map { |name| "#{name} in #{header}" }
    end
  end

  # What mentions Ruby, or what could reach it without a header.
  def ruby?(text)
    code(text).match?(%r{^\s*#\s*include\s*["<]ruby(?:\.h|/)}) ||
      code(text, quoted: false).match?(/\bVALUE\b|\b(?:rb|ruby)_\w|\bdl(?:v?sym|open)\b/)
  end

  # Sources that the native tests are made from, as rake has them; and whether they were found to have ncurses.
  def native
    program = 'load "rakelib/native.rake"; puts NativeTests::SOURCES.to_a, NativeTests::CURSES.inspect'
    output, status = Open3.capture2(RbConfig.ruby, "-rrake", "-e", program, chdir: File.expand_path("../..", __dir__))
    raise "rakelib/native.rake cannot be loaded" unless status.success?

    *sources, curses = output.lines(chomp: true)
    [sources.map { |source| source.delete_prefix("ext/memory_tracker/") }, curses == "true"]
  end

  # Includes that cross a boundary, as "FILE includes HEADER".
  def crossings
    SOURCES.flat_map do |file|
      allowed = MAY_INCLUDE.fetch(folder(file))
      includes(file).reject { |header| header.start_with?(*allowed) }.map { |header| "#{file} includes #{header}" }
    end
  end

  # What modules include: a header and its source are one, which is included by whatever includes either.
  def modules
    SOURCES.group_by { |file| file.delete_suffix(File.extname(file)) }.to_h do |name, files|
      headers = files.flat_map { |file| includes(file) }
      [name, headers.map { |header| header.delete_suffix(File.extname(header)) }.uniq - [name]]
    end
  end

  # The same of folders.
  def folders
    modules.group_by { |name, _| folder(name) }.to_h do |name, members|
      [name, members.flat_map(&:last).map { |header| folder(header) }.uniq - [name]]
    end
  end

  # Strongly connected components of more than one member each, as sorted lists of names.
  def cycles(graph)
    each_child = ->(name, &block) { graph.fetch(name, []).each(&block) }
    components = TSort.strongly_connected_components(graph.method(:each_key), each_child)
    components.select { |names| names.size > 1 }.map(&:sort).sort
  end
end
