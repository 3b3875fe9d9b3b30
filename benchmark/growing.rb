# frozen_string_literal: true

require_relative "micro"

# Work that allocates the same number of objects in more and more ways.
module Growing
  OBJECTS = Micro::OBJECTS

  # A call path has so many turns of ten ways each.
  TURNS = 5

  # What each thread allocates before it lets another one go on.
  TURN = 500

  # As many frames as can be asked for.
  STACK = 130

  # Ten lines that call on: which of them they are tells call paths apart, within the ten frames that are recorded.
  module_eval <<~RUBY, __FILE__, __LINE__ + 1
    def self.turn(way, rest)
      return Object.new if rest.zero?

      case way % 10
      #{Array.new(10) { |digit| "when #{digit} then turn(way / 10, rest - 1)" }.join("\n")}
      end
    end
  RUBY

  def self.take_turns(count)
    threads = Array.new(count) do
      Thread.new do
        (OBJECTS / count / TURN).times do
          TURN.times { Object.new }
          Thread.pass
        end
      end
    end
    threads.each(&:join)
  end

  def self.of_classes(count)
    classes = Array.new(count) { |number| const_set("Class#{number}Of#{count}", Class.new) }
    -> { OBJECTS.times { |number| classes[number % count].new } }
  end

  CLASSES = [1, 100, 10_000].to_h { |count| [count.to_s, of_classes(count)] }.freeze
  PATHS = [1, 1_000, 100_000].to_h do |count|
    [count.to_s, -> { OBJECTS.times { |number| turn(number % count, TURNS) } }]
  end.freeze
  THREADS = [1, 4, 16].to_h { |count| [count.to_s, -> { take_turns(count) }] }.freeze
  DEEP = { "Object.new" => -> { Micro.deep(STACK, &Micro::WORK.fetch("Object.new")) } }.freeze
end
