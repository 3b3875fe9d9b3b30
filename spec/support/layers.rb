# frozen_string_literal: true

require "tsort"

# The folders of the extension, what each may include of the project, and what its files include.
module Layers
  ROOT = File.expand_path("../../ext/memory_tracker", __dir__)
  SOURCES = Dir.glob("*/**/*.{c,h}", base: ROOT).sort.freeze

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

  module_function

  def text(file)
    File.read(File.join(ROOT, file))
  end

  def folder(file)
    file[%r{\A[^/]+}]
  end

  # The headers of the project that a file includes.
  def includes(file)
    text(file).scan(/^\s*#\s*include\s+"([^"]+)"/).flatten
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
