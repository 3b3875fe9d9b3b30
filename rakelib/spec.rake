# frozen_string_literal: true

require "shellwords"
require_relative "spec_processes"

desc "Run the specs, or those that SPEC names, in SPEC_PROCESSES (one for each processor) at a time"
task spec: %i[compile extensions] do
  Rake::Task["spec:run"].invoke
end

namespace :spec do
  # With what has been compiled.
  task(:run) { abort unless SpecProcesses.new(FileList[*ENV.fetch("SPEC", "spec/**/*_spec.rb").shellsplit]).run }
end
