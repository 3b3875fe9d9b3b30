# frozen_string_literal: true

require "rake"

# A file of which the prerequisites are made side by side.
class ParallelFile < Rake::FileTask
  def invoke_prerequisites(...)
    invoke_prerequisites_concurrently(...)
  end
end
