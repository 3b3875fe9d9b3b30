# frozen_string_literal: true

module Memory
  module Tracker
    # Says how a program ends, for who watches it.
    # @api private
    module Ending
      # @param error [Exception, nil] what the program ends by, as `$!` has it in a block of `at_exit`
      # @return [String] such as "ended with status 0"
      def self.describe(error)
        case error
        when nil then "ended with status 0"
        when SystemExit then "ended with status #{error.status}"
        when Interrupt then "ended by SIGINT"
        when SignalException then "ended by #{error.message}"
        else "ended with status 1 (#{error.class})"
        end
      end
    end
  end
end
