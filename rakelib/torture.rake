# frozen_string_literal: true

desc "Try to break the tracker for TORTURE_SECONDS (60); TORTURE_SEED repeats a run"
task torture: %i[compile extensions] do
  ruby "-Ilib", "spec/torture/run.rb"
end

namespace :torture do
  FileList["spec/torture/stages/*.rb"].each do |path|
    stage = path.pathmap("%n")

    desc "Run only this of the torture: #{stage}"
    task(stage => %i[compile extensions]) { ruby "-Ilib", "spec/torture/run.rb", stage }
  end
end
