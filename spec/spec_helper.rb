# frozen_string_literal: true

require_relative "support/spec_support"

# A shell that runs this in the background has it ignore QUIT. The programs that are tested would inherit that, and a
# launcher passes on no signal that was ignored when it was started.
trap("QUIT", "DEFAULT")

RSpec.configure do |config|
  config.disable_monkey_patching!
  config.expect_with(:rspec) { |expectations| expectations.include_chain_clauses_in_custom_matcher_descriptions = true }
  config.mock_with(:rspec) { |mocks| mocks.verify_partial_doubles = true }
  config.filter_run_when_matching :focus
  config.include SpecSupport
  Kernel.srand config.seed
end
