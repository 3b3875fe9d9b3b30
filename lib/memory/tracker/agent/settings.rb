# frozen_string_literal: true

module Memory
  module Tracker
    module Agent
      # How a program is to be tracked and shown, as the launcher has put it into one variable of the environment.
      # @api private
      module Settings
        # How the text of an option becomes what {Capture} and {Viewer} take.
        CONVERSIONS = {
          interval: ->(text) { Float(text) },
          iterations: ->(text) { Integer(text) },
          sort: ->(text) { text },
          limit: ->(text) { Integer(text) },
          mode: lambda(&:to_sym),
          depth: ->(text) { Integer(text) },
          path_interval: ->(text) { Integer(text) },
          classes: ->(text) { text.split(",") },
          memory_limit: ->(text) { Integer(text) },
          gc: ->(text) { Float(text) },
          existing: ->(text) { text == "true" },
          settings: ->(text) { text == "true" },
          mouse: ->(text) { text == "true" }
        }.freeze

        # Those of the options that are the capture's.
        CAPTURE = %i[mode depth path_interval classes existing memory_limit].freeze

        # Those that only the viewer has.
        SCREEN = %i[mouse settings].freeze

        # By hand, because a library for it would be loaded into the program, and change what it finds there.
        # @param text [String] such as "interval=1.0&sort=growth"
        # @return [Hash{Symbol => Object}]
        def self.parse(text)
          text.split("&").to_h do |pair|
            name, value = pair.split("=", 2)
            [name.to_sym, CONVERSIONS.fetch(name.to_sym).call(value)]
          end
        end
      end
    end
  end
end
