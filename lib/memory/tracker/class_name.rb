# frozen_string_literal: true

module Memory
  module Tracker
    # What a class is called, asked without calling a method of the class itself: programs give theirs a `name` that
    # takes arguments, or another `inspect`.
    # @api private
    module ClassName
      NAME = Module.instance_method(:name)
      INSPECT = Module.instance_method(:inspect)
      private_constant :NAME, :INSPECT

      # @param klass [Module]
      # @return [String, nil] its name; nil for one without
      def self.given(klass)
        NAME.bind_call(klass)
      end

      # @param klass [Module]
      # @return [String] its name, or what Ruby shows for one without a name
      def self.of(klass)
        given(klass) || INSPECT.bind_call(klass)
      end
    end
  end
end
