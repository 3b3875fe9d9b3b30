# frozen_string_literal: true

# Methods of all kinds.
module CallPathCases
  add "a method of a class", "Hash", "3 Shop#pack", "6 <top>", <<~RUBY
    class Shop
      def pack
        { a: Object } # here
      end
    end
    Shop.new.pack
  RUBY

  add "a method of a module in a module", "Hash", "4 Mall::Shop#pack", "9 <top>", <<~RUBY
    module Mall
      module Shop
        def pack
          { a: Object } # here
        end
      end
    end
    class Kiosk; include Mall::Shop; end
    Kiosk.new.pack
  RUBY

  add "a method of a class itself", "Hash", "3 Shop.pack", "6 <top>", <<~RUBY
    class Shop
      def self.pack
        { a: Object } # here
      end
    end
    Shop.pack
  RUBY

  add "a method of one object", "Hash", "3 pack", "5 <top>", <<~RUBY
    shop = Object.new
    def shop.pack
      { a: Object } # here
    end
    shop.pack
  RUBY

  add "a method of an anonymous class", "Hash", "3 pack", "6 <top>", <<~RUBY
    shop = Class.new do
      def pack
        { a: Object } # here
      end
    end
    shop.new.pack
  RUBY

  add "an inherited method", "Hash", "2 Shop#pack", "6 <top>", <<~RUBY
    class Shop
      def pack = { a: Object } # here
    end
    class Kiosk < Shop
    end
    Kiosk.new.pack
  RUBY

  add "super", "Hash", "2 Shop#pack", "5 Kiosk#pack", "7 <top>", <<~RUBY
    class Shop
      def pack = { a: Object } # here
    end
    class Kiosk < Shop
      def pack = super
    end
    Kiosk.new.pack
  RUBY

  add "an alias", "Hash", "2 Shop#pack", "5 <top>", <<~RUBY
    class Shop
      def pack = { a: Object } # here
      alias wrap pack
    end
    Shop.new.wrap
  RUBY

  add "method_missing", "Hash", "3 Shop#method_missing", "7 <top>", <<~RUBY
    class Shop
      def method_missing(name, *)
        name == :wrap ? { a: Object } : super # here
      end
      def respond_to_missing?(*) = true
    end
    Shop.new.wrap
  RUBY

  add "define_method", "Hash", "3 block in <class:Shop>", "6 <top>", <<~RUBY
    class Shop
      define_method(:pack) do
        { a: Object } # here
      end
    end
    Shop.new.pack
  RUBY

  add "a refinement", "Hash", "4 pack", "9 <top>", <<~RUBY
    module Packing
      refine Integer do
        def pack
          { a: Object } # here
        end
      end
    end
    using Packing
    1.pack
  RUBY

  add "initialize", "Hash", "3 Shop#initialize", "6 <top>", <<~RUBY
    class Shop
      def initialize
        @goods = { a: Object } # here
      end
    end
    Shop.new
  RUBY

  add "recursion", "Hash", "2 Object#pack", "2 Object#pack", "2 Object#pack", "4 <top>", <<~RUBY
    def pack(count)
      count.zero? ? { a: Object } : pack(count - 1) # here
    end
    pack(2)
  RUBY

  add "a singleton class body", "Hash", "3 singleton class", "2 <class:Shop>", "1 <top>", <<~RUBY
    class Shop
      class << self
        A = { a: Object } # here
      end
    end
  RUBY

  add "a class body", "Hash", "2 <class:Shop>", "1 <top>", <<~RUBY
    class Shop
      A = { a: Object } # here
    end
  RUBY

  add "a program's own line", "Hash", "1 <top>", <<~RUBY
    all = { a: Object } # here
    all.size
  RUBY
end
