# frozen_string_literal: true

# The command `memory_top` for irb, and for consoles that are made of it, such as that of Rails: the viewer, until it is
# left. An irb that takes commands from others (1.13 and later) looks for them when it begins, so this file is for
# `.irbrc`. An older irb is left as it is, and has `Memory::Tracker.top`.

require "memory/tracker"

begin
  require "irb"
  require "irb/command"
rescue LoadError
  # There is none, or it has no commands of this kind.
  nil
end

if defined?(IRB::Command) && IRB::Command.respond_to?(:register)
  module Memory
    module Tracker
      # What `memory_top` does.
      # @api private
      class TopCommand < ::IRB::Command::Base
        category "Memory"
        description "Show, live, how many objects of each class this process keeps."

        # @return [void]
        def execute(_argument)
          Tracker.top
        rescue Error => e
          puts "memory_top: #{e.message}"
        end
      end
    end
  end

  IRB::Command.register(:memory_top, Memory::Tracker::TopCommand)
end
