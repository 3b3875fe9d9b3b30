# frozen_string_literal: true

# The smallest pieces of work that allocate: a mode costs nowhere more than here.
module Micro
  OBJECTS = 200_000
  Point = Struct.new(:left, :top)

  # Allocates where the stack has so many more frames.
  def self.deep(frames, &work)
    frames.zero? ? work.call : deep(frames - 1, &work)
  end

  WORK = {
    "Object.new" => -> { OBJECTS.times { Object.new } },
    "{a: 1}" => -> { OBJECTS.times { { a: 1 } } },
    '"".dup' => -> { OBJECTS.times { "".dup } },
    "[1, 2, 3, 4]" => -> { OBJECTS.times { |n| [n, 2, 3, 4] } },
    "Struct" => -> { OBJECTS.times { |n| Point.new(n, 2) } },
    "20 frames" => -> { deep(20) { OBJECTS.times { Object.new } } },
    "100 frames" => -> { deep(100) { OBJECTS.times { Object.new } } },
    "400 frames" => -> { deep(400) { OBJECTS.times { Object.new } } }
  }.freeze
end
