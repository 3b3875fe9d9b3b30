# frozen_string_literal: true

require_relative "libraries"
require_relative "micro"
require_relative "report"

Report.head("Counts only. Goal: at most 1.08 of hooks that do nothing where nothing is done but allocating, 1.03 on " \
            "real libraries.")
report = Report.new([%i[counts empty], %i[counts untracked], %i[empty untracked]])
report.print("micro", Micro::WORK)
report.print("real libraries", Libraries::WORK)
