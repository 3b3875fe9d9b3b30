# frozen_string_literal: true

# Ways to allocate, and the call path that each must have. A case is a small program; `# here` marks the line where
# objects of `type` are allocated, and `path` is what their call path must be in frames of the program: "line label".
# The last frame, the program itself, is the same for all and left out.
module CallPathCases
  Case = Struct.new(:name, :type, :path, :source) do
    # @return [Integer] the line where the objects are allocated
    def line
      source.lines.index { |text| text.include?("# here") } + 1
    end
  end

  class << self
    # @return [Array<Case>]
    def all
      @all ||= []
    end

    private

    def add(name, type, *path, source)
      all << Case.new(name, type, path, source)
    end
  end
end

require_relative "call_path_cases/literals"
require_relative "call_path_cases/methods"
require_relative "call_path_cases/blocks"
require_relative "call_path_cases/methods_in_c"
require_relative "call_path_cases/control_flow"
