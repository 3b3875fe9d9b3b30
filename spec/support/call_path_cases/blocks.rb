# frozen_string_literal: true

# Blocks of all kinds.
module CallPathCases
  add "a block of a core method", "Hash", "3 Object#pack", "2 Object#pack", "6 <top>", <<~RUBY
    def pack
      [1, 2].map do
        { a: Object } # here
      end
    end
    pack
  RUBY

  add "a block of a method", "Hash", "4 Object#pack", "1 Object#twice", "3 Object#pack", "7 <top>", <<~RUBY
    def twice = yield
    def pack
      twice do
        { a: Object } # here
      end
    end
    pack
  RUBY

  add "each", "Hash", "3 Object#pack", "2 Object#pack", "6 <top>", <<~RUBY
    def pack
      [1].each do
        { a: Object } # here
      end
    end
    pack
  RUBY

  add "times", "Hash", "3 Object#pack", "2 Object#pack", "6 <top>", <<~RUBY
    def pack
      1.times do
        { a: Object } # here
      end
    end
    pack
  RUBY

  add "loop", "Hash", "3 Object#pack", "2 Object#pack", "7 <top>", <<~RUBY
    def pack
      loop do
        x = { a: Object } # here
        break x
      end
    end
    pack
  RUBY

  add "tap", "Hash", "3 Object#pack", "2 Object#pack", "6 <top>", <<~RUBY
    def pack
      1.tap do
        { a: Object } # here
      end
    end
    pack
  RUBY

  add "a called proc", "Hash", "2 Object#pack", "3 Object#pack", "5 <top>", <<~RUBY
    def pack
      recipe = proc { { a: Object } } # here
      recipe.call
    end
    pack
  RUBY

  add "a block for a symbol", "String", "2 Object#pack", "4 <top>", <<~RUBY
    def pack
      [10, 20].map(&:to_s) # here
    end
    pack
  RUBY

  add "instance_eval", "Hash", "3 Object#pack", "2 Object#pack", "6 <top>", <<~RUBY
    def pack
      1.instance_eval do
        { a: Object } # here
      end
    end
    pack
  RUBY
end
