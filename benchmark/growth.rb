# frozen_string_literal: true

require_relative "growing"
require_relative "report"

Report.head("How the cost of an object grows with the number of classes, call paths, frames and threads. The last " \
            "figure is what\nan object costs more than with the hooks that it is held against. No goal but this: no " \
            "cliff.")
pairs = [%i[counts empty], %i[paths frames]]
objects = Growing::OBJECTS
report = Report.new(pairs, objects: objects)
report.print("classes that allocate in turn", Growing::CLASSES)
# The table of known paths still grows while 100,000 of them are met for the first times.
Report.new(pairs, objects: objects, warm_up: 4).print("call paths that are met in turn", Growing::PATHS)
report.print("threads that allocate in turn", Growing::THREADS)
Comparison::DEPTHS.each do |depth|
  Report.new([%I[paths_#{depth} frames_#{depth}]], objects: objects)
        .print("#{depth} frames of a stack of #{Growing::STACK} and more", Growing::DEEP)
end
