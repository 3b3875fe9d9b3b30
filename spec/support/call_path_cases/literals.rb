# frozen_string_literal: true

# Objects that an expression makes, and what a call collects for its arguments.
module CallPathCases
  # --- literals ---

  add "a hash literal", "Hash", "2 Object#pack", "4 <top>", <<~RUBY
    def pack
      { a: 1, b: Object } # here
    end
    pack
  RUBY

  add "an array literal", "Array", "2 Object#pack", "4 <top>", <<~RUBY
    def pack
      [1, 2, Object] # here
    end
    pack
  RUBY

  add "an array of constants", "Array", "2 Object#pack", "4 <top>", <<~RUBY
    def pack
      [1, 2, 3] # here
    end
    pack
  RUBY

  add "a string literal", "String", "2 Object#pack", "4 <top>", <<~RUBY
    def pack
      "apple" # here
    end
    pack
  RUBY

  add "an interpolated string", "String", "3 Object#pack", "5 <top>", <<~RUBY
    def pack
      ripe = true
      "\#{ripe} and a text that is too long for the slot of a short string \#{ripe}" # here
    end
    pack
  RUBY

  add "a range with variable ends", "Range", "2 Object#pack", "4 <top>", <<~RUBY
    def pack(from)
      (from..9) # here
    end
    pack(1)
  RUBY

  add "an interpolated regular expression", "Regexp", "2 Object#pack", "4 <top>", <<~RUBY
    def pack(part)
      /a\#{part}b/ # here
    end
    pack("x")
  RUBY

  add "a lambda literal", "Proc", "2 Object#pack", "4 <top>", <<~RUBY
    def pack
      ->(x) { x } # here
    end
    pack
  RUBY

  add "a float beyond the immediate ones", "Float", "2 Object#pack", "4 <top>", <<~RUBY
    def pack(number)
      number * 1e300 # here
    end
    pack(2.5)
  RUBY

  add "a big integer", "Integer", "2 Object#pack", "4 <top>", <<~RUBY
    def pack(number)
      number**100 # here
    end
    pack(7)
  RUBY

  add "a literal across lines", "Hash", "4 Object#pack", "9 <top>", <<~RUBY
    def pack
      [
        1,
        { a: Object }, # here
        2
      ]
    end

    pack
  RUBY

  # --- arguments ---

  # Arguments are collected before the method is entered.
  add "a splat parameter", "Array", "4 <top>", <<~RUBY
    def pack(*all)
      all.size
    end
    pack(1, 2) # here
  RUBY

  add "keywords collected", "Hash", "4 <top>", <<~RUBY
    def pack(**all)
      all.size
    end
    pack(a: 1, b: 2) # here
  RUBY

  add "a block parameter", "Proc", "2 Object#pack", "4 <top>", <<~RUBY
    def pack(&block)
      block.arity # here
    end
    pack { 1 }
  RUBY

  add "an argument list built by a splat", "Array", "3 Object#pack", "5 <top>", <<~RUBY
    def take(*) = nil
    def pack(all)
      take(0, *all, 9) # here
    end
    pack([1, 2])
  RUBY
end
