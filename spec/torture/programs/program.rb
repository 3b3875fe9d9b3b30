# frozen_string_literal: true

require "json"

# What every program of the torture needs. The constant GIVEN has what it was started with.
module Program
  module_function

  # What was done last, for the report of a failure.
  def done(what)
    (@done ||= []) << what.to_s
    @done.shift if @done.size > 40
  end

  # Ends the program when something does not hold: at once and by itself, also in threads and forked children.
  def check(condition, sentence)
    return if condition

    warn "#{sentence}\n#{caller.first(12).join("\n")}\ndone before: #{@done&.join(" ")}"
    exit!(9)
  end

  # A capture that counts the whole heap is right about it.
  def check_exact(capture, what)
    reason = capture.inexact_reason
    check(reason.nil?, "#{what}: inexact: #{reason}")
    differences = Heap.differences(capture)
    check(differences.empty?, "#{what}: class => [heap, capture]: #{differences.first(20)}")
  end

  # What must hold at any time for any capture that was ever started.
  def check_consistent(capture, what)
    capture.each do |klass, record|
      next if record.free_count <= record.new_count && record.retained_count <= record.new_count

      check(false, "#{what}: #{klass}: #{record.inspect}")
    end
    snapshot = capture.snapshot
    sums = snapshot.rows.sum(&:new_count), snapshot.rows.sum(&:free_count)
    facts = snapshot.facts.values_at(:new_count, :free_count)
    check(sums == facts, "#{what}: the classes' sums are #{sums}, all together #{facts}")
  end

  def result(**values)
    puts JSON.generate(values)
  end
end
