# frozen_string_literal: true

require_relative "class_name"

module Memory
  module Tracker
    # Says how a program ends, in the words of tables and of the viewer.
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
        else "ended with status 1 (#{ClassName.of(error.class)})"
        end
      end

      # @param status [Process::Status] of a process that was waited for
      # @return [String] likewise, such as "ended by SIGKILL"
      def self.describe_status(status)
        return "ended with status #{status.exitstatus}" if status.exited?

        "ended by SIG#{Signal.signame(status.termsig) || status.termsig}"
      end
    end
  end
end
