# frozen_string_literal: true

require_relative "micro"
require_relative "report"

Report.head("Counts only. Goal: at most 1.08 of hooks that do nothing.")
Report.new([%i[counts empty], %i[counts untracked], %i[empty untracked]]).print("micro", Micro::WORK)
