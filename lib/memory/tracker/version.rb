# frozen_string_literal: true

module Memory
  module Tracker
    # The version of the gem.
    # @return [String]
    VERSION = "0.1.0"
  end
end
