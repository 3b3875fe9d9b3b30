# frozen_string_literal: true

require_relative "support/spec_support"

# A shell or a tool that runs this in the background may have these ignored. The programs that are tested would inherit
# that, and a launcher passes on no signal that was ignored when it was started.
%w[HUP QUIT USR1 USR2].each { |signal| trap(signal, "DEFAULT") }

RSpec.configure do |config|
  config.disable_monkey_patching!
  config.expect_with(:rspec) { |expectations| expectations.include_chain_clauses_in_custom_matcher_descriptions = true }
  config.mock_with(:rspec) { |mocks| mocks.verify_partial_doubles = true }
  config.filter_run_when_matching :focus
  config.example_status_persistence_file_path = File.expand_path("../.rspec_status", __dir__)
  config.include SpecSupport
  # A run that was interrupted has not passed, though RSpec says so when all until then has.
  config.after(:suite) { RSpec.world.non_example_failure = true if RSpec.world.wants_to_quit }
  Kernel.srand config.seed
end
