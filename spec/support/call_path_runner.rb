# frozen_string_literal: true

require "json"
require "tmpdir"
require "memory/tracker"
require_relative "call_path_cases"

# Runs all cases, each of them three times from its file, as a server does that reloads code. Prints for each case the
# paths of all objects that were allocated at its line, and how many each has.
class CallPathRunner
  ROUNDS = 3
  CONSTANTS = %i[Shop Kiosk Mall Crate Packing].freeze

  def initialize(folder)
    @file = File.join(folder, "program.rb")
    @capture = Memory::Tracker::Capture.new(depth: 12)
  end

  def run
    @capture.start
    CallPathCases.all.to_h { |example| [example.name, without_gc { paths(example) }] }
  end

  private

  # Whole names are had between two GCs. Code that a GC overtakes keeps the short one, which is no wrong one.
  def without_gc
    GC.start
    GC.disable
    yield
  ensure
    GC.enable
  end

  def paths(example)
    File.write(@file, example.source)
    @capture.clear
    ROUNDS.times { load_afresh }
    found = trees(example.type).flat_map { |tree| paths_in(tree, example.line) }
    found.group_by { |each| each["path"] }.map { |path, same| { "path" => path, "count" => same.sum { _1["count"] } } }
  end

  def load_afresh
    CONSTANTS.each { |name| Object.send(:remove_const, name) if Object.const_defined?(name) }
    load @file
  end

  # Each round may have had a class of its own.
  def trees(name)
    snapshot = @capture.snapshot
    rows = snapshot.rows.select { |row| row.name == name }
    rows.map { |row| Memory::Tracker::CallTree.from(snapshot, row.id) }
  end

  def paths_in(tree, line)
    found = tree.each_path.select { |path, _counts| path.first.path == @file && path.first.lineno == line }
    found.map { |path, counts| { "path" => texts(path), "count" => counts.new_count } }
  end

  def texts(path)
    own = path.select { |frame| frame.path == @file }
    own.map { |frame| "#{frame.lineno} #{frame.label}".sub("<top (required)>", "<top>") }
  end
end

Dir.mktmpdir { |folder| puts JSON.generate(CallPathRunner.new(folder).run) }
