# frozen_string_literal: true

namespace :benchmark do
  Dir.glob("benchmark/{counts,paths}.rb").each do |script|
    name = File.basename(script, ".rb")

    desc "Measure what a capture costs: #{name}"
    task name => %i[compile extensions] do
      ruby "-Ilib", "-I#{EXTENSIONS_DIRECTORY}/benchmark/bare_hooks", script
    end
  end
end
