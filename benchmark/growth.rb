# frozen_string_literal: true

require_relative "growing"
require_relative "report"

processes = [Report::PROCESSES, 3].min
Report.head("How the cost of an object grows with the number of classes, call paths, frames and threads. The last " \
            "figure is what\nan object costs more than with the hooks that it is held against. No goal but this: no " \
            "cliff.", processes: processes)
pairs = [%i[counts empty], %i[paths frames]]
options = { objects: Growing::OBJECTS, processes: processes }
report = Report.new(pairs, **options)
report.print("classes that allocate in turn", Growing::CLASSES)
# The table of known paths still grows while 100,000 of them are met for the first times.
Report.new(pairs, **options, warm_up: 4).print("call paths that are met in turn", Growing::PATHS)
report.print("threads that allocate in turn", Growing::THREADS)
Comparison::DEPTHS.each do |depth|
  Report.new([%I[paths_#{depth} frames_#{depth}]], **options)
        .print("#{depth} frames of a stack of #{Growing::STACK} and more", Growing::DEEP)
end
