# frozen_string_literal: true

# The smallest pieces of work that allocate: a mode costs nowhere more than here.
module Micro
  OBJECTS = 200_000

  WORK = {
    "Object.new" => -> { OBJECTS.times { Object.new } },
    "{a: 1}" => -> { OBJECTS.times { { a: 1 } } },
    '"".dup' => -> { OBJECTS.times { "".dup } },
    "[1, 2, 3, 4]" => -> { OBJECTS.times { |n| [n, 2, 3, 4] } }
  }.freeze
end
