# frozen_string_literal: true

module Memory
  module Tracker
    # What all errors of this library are.
    class Error < StandardError
    end

    # A table was full: what is asked for could not be recorded, so there is no true number for it.
    class LimitError < Error
    end
  end
end
