# frozen_string_literal: true

# Objects that methods in C make, or the blocks that these call.
module CallPathCases
  add "Array.new", "Array", "2 Object#pack", "4 <top>", <<~RUBY
    def pack
      Array.new(10) # here
    end
    pack
  RUBY

  add "Hash.new", "Hash", "2 Object#pack", "4 <top>", <<~RUBY
    def pack
      Hash.new # here
    end
    pack
  RUBY

  add "Object.new", "Object", "2 Object#pack", "4 <top>", <<~RUBY
    def pack
      Object.new # here
    end
    pack
  RUBY

  add "dup", "Hash", "2 Object#pack", "4 <top>", <<~RUBY
    def pack(all)
      all.dup # here
    end
    pack({ a: 1 })
  RUBY

  add "clone", "Shop", "3 Object#pack", "5 <top>", <<~RUBY
    class Shop; end
    def pack(shop)
      shop.clone # here
    end
    pack(Shop.new)
  RUBY

  add "split", "String", "2 Object#pack", "4 <top>", <<~RUBY
    def pack(text, comma)
      text.split(comma) # here
    end
    pack("a,b,c", ",")
  RUBY

  add "a struct", "Crate", "3 Object#pack", "5 <top>", <<~RUBY
    Crate = Struct.new(:a, :b)
    def pack
      Crate.new(1, 2) # here
    end
    pack
  RUBY

  add "merge", "Hash", "2 Object#pack", "4 <top>", <<~RUBY
    def pack(all, more)
      all.merge(more) # here
    end
    pack({ a: 1 }, { b: 2 })
  RUBY

  add "send", "Hash", "1 Object#pack", "3 Object#wrap", "5 <top>", <<~RUBY
    def pack = { a: Object } # here
    def wrap
      send(:pack)
    end
    wrap
  RUBY

  add "public_send", "Hash", "1 Object#pack", "3 Object#wrap", "6 <top>", <<~RUBY
    def pack = { a: Object } # here
    def wrap
      public_send(:pack)
    end
    Object.send(:public, :pack)
    wrap
  RUBY

  add "a long run of methods in C", "Hash", "1 Object#pack", "3 Object#wrap", "6 <top>", <<~RUBY
    def pack = { a: Object } # here
    def wrap
      public_send(*([:public_send] * 60), :pack)
    end
    Object.send(:public, :pack)
    wrap
  RUBY

  add "a method object", "Hash", "1 Object#pack", "3 Object#wrap", "5 <top>", <<~RUBY
    def pack = { a: Object } # here
    def wrap
      method(:pack).call
    end
    wrap
  RUBY

  add "a comparison called by a method in C", "Hash", "2 Crate#<=>", "6 Object#pack", "8 <top>", <<~RUBY
    class Crate
      def <=>(_other) = { a: Object }.size # here
    end

    def pack(all)
      all.sort
    end
    pack([Crate.new, Crate.new])
  RUBY
end
