# frozen_string_literal: true

# Ways to allocate, and the call path that each must have. A case is a small program; `# here` marks the line where
# objects of `type` are born, and `path` is what their call path must be in frames of the program: "line label".
# The last frame, the program itself, is the same for all and left out.
module CallPathCases
  Case = Struct.new(:name, :type, :path, :source) do
    # @return [Integer] the line where the objects are born
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
      fruit = :apple
      "\#{fruit} and a text that is too long for the slot of a short string \#{fruit}" # here
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

  add "a lambda literal", "Proc", "2 lambda", "2 Object#pack", "4 <top>", <<~RUBY
    def pack
      ->(x) { x } # here
    end
    pack
  RUBY

  add "a float beyond the immediate ones", "Float", "2 Float#*", "2 Object#pack", "4 <top>", <<~RUBY
    def pack(number)
      number * 1e300 # here
    end
    pack(2.5)
  RUBY

  add "a big integer", "Integer", "2 Integer#**", "2 Object#pack", "4 <top>", <<~RUBY
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

  # --- methods ---

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

  add "initialize", "Hash", "3 Shop#initialize", "6 Class#new", "6 <top>", <<~RUBY
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

  # --- blocks ---

  add "a block of a core method", "Hash", "3 Object#pack", "2 Array#map", "2 Object#pack", "6 <top>", <<~RUBY
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

  add "each", "Hash", "3 Object#pack", "2 Array#each", "2 Object#pack", "6 <top>", <<~RUBY
    def pack
      [1].each do
        { a: Object } # here
      end
    end
    pack
  RUBY

  add "times", "Hash", "3 Object#pack", "2 Integer#times", "2 Object#pack", "6 <top>", <<~RUBY
    def pack
      1.times do
        { a: Object } # here
      end
    end
    pack
  RUBY

  add "loop", "Hash", "3 Object#pack", "2 Kernel#loop", "2 Object#pack", "7 <top>", <<~RUBY
    def pack
      loop do
        x = { a: Object } # here
        break x
      end
    end
    pack
  RUBY

  add "tap", "Hash", "3 Object#pack", "2 Kernel#tap", "2 Object#pack", "6 <top>", <<~RUBY
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

  add "a block for a symbol", "String", "2 Integer#to_s", "2 Array#map", "2 Object#pack", "4 <top>", <<~RUBY
    def pack
      [10, 20].map(&:to_s) # here
    end
    pack
  RUBY

  add "instance_eval", "Hash", "3 Object#pack", "2 BasicObject#instance_eval", "2 Object#pack", "6 <top>", <<~RUBY
    def pack
      1.instance_eval do
        { a: Object } # here
      end
    end
    pack
  RUBY

  # --- methods in C ---

  # Ruby 3.3 has given it a method of its own.
  array_new = Array.method(:new).owner == Class ? "Class#new" : "Array.new"

  add "Array.new", "Array", "2 #{array_new}", "2 Object#pack", "4 <top>", <<~RUBY
    def pack
      Array.new(10) # here
    end
    pack
  RUBY

  add "Hash.new", "Hash", "2 Class#new", "2 Object#pack", "4 <top>", <<~RUBY
    def pack
      Hash.new # here
    end
    pack
  RUBY

  add "Object.new", "Object", "2 Class#new", "2 Object#pack", "4 <top>", <<~RUBY
    def pack
      Object.new # here
    end
    pack
  RUBY

  add "dup", "Hash", "2 Kernel#dup", "2 Object#pack", "4 <top>", <<~RUBY
    def pack(all)
      all.dup # here
    end
    pack({ a: 1 })
  RUBY

  add "clone", "Shop", "3 Kernel#clone", "3 Object#pack", "5 <top>", <<~RUBY
    class Shop; end
    def pack(shop)
      shop.clone # here
    end
    pack(Shop.new)
  RUBY

  add "split", "String", "2 String#split", "2 Object#pack", "4 <top>", <<~RUBY
    def pack(text, comma)
      text.split(comma) # here
    end
    pack("a,b,c", ",")
  RUBY

  add "a struct", "Crate", "3 Crate.new", "3 Object#pack", "5 <top>", <<~RUBY
    Crate = Struct.new(:a, :b)
    def pack
      Crate.new(1, 2) # here
    end
    pack
  RUBY

  add "merge", "Hash", "2 Hash#merge", "2 Object#pack", "4 <top>", <<~RUBY
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

  add "public_send", "Hash", "1 Object#pack", "3 Kernel#public_send", "3 Object#wrap", "6 <top>", <<~RUBY
    def pack = { a: Object } # here
    def wrap
      public_send(:pack)
    end
    Object.send(:public, :pack)
    wrap
  RUBY

  add "a method object", "Hash", "1 Object#pack", "3 Method#call", "3 Object#wrap", "5 <top>", <<~RUBY
    def pack = { a: Object } # here
    def wrap
      method(:pack).call
    end
    wrap
  RUBY

  add "a comparison called by a method in C", "Hash", "2 Crate#<=>", "6 Array#sort", "6 Object#pack", "8 <top>", <<~RUBY
    class Crate
      def <=>(_other) = { a: Object }.size # here
    end

    def pack(all)
      all.sort
    end
    pack([Crate.new, Crate.new])
  RUBY

  # --- control flow ---

  # A rescue clause is a frame of its own, above the method, which stands where Ruby has it in a backtrace.
  add "rescue", "Hash", "4 Object#pack", "1 Object#pack", "7 <top>", <<~RUBY
    def pack
      raise "no"
    rescue RuntimeError
      { a: Object } # here
    end

    pack
  RUBY

  add "ensure", "Hash", "4 Object#pack", "7 <top>", <<~RUBY
    def pack
      :done
    ensure
      { a: Object }.size # here
    end

    pack
  RUBY

  add "ensure after an exception", "Hash", "4 Object#pack", "4 Object#pack", "7 <top>", <<~RUBY
    def pack
      raise "no"
    ensure
      @last = { a: Object } # here
    end

    pack rescue nil
  RUBY

  add "raise", "RuntimeError", "2 Kernel#raise", "2 Object#pack", "6 <top>", <<~RUBY
    def pack
      raise "no" # here
    rescue RuntimeError
      nil
    end
    pack
  RUBY

  add "catch and throw", "Hash", "4 Object#pack", "2 Kernel#catch", "2 Object#pack", "7 <top>", <<~RUBY
    def pack
      catch(:done) do
        1
        throw :done, { a: Object } # here
      end
    end
    pack
  RUBY

  add "a pattern's match", "MatchData", "2 Regexp#match", "2 String#match", "2 Object#pack", "4 <top>", <<~RUBY
    def pack(text)
      text.match(/a/) # here
    end
    pack("cab")
  RUBY

  add "multiple assignment", "Array", "2 Object#pack", "5 <top>", <<~RUBY
    def pack(all)
      first, *rest = all # here
      first || rest
    end
    pack([1, 2, 3])
  RUBY

  # --- code made at run time ---

  add "eval with a place", "Hash", "6 Object#pack", "2 Kernel#eval", "2 Object#pack", "4 <top>", <<~RUBY
    def pack
      eval("{ a: Object }", binding, __FILE__, 6)
    end
    pack

    # here
  RUBY

  add "class_eval with a text", "Hash", "4 Shop#pack", "7 <top>", <<~RUBY
    class Shop; end
    Shop.class_eval(<<~CODE, __FILE__, 3)
      def pack
        { a: Object } # here
      end
    CODE
    Shop.new.pack
  RUBY

  # --- fibers and threads ---

  add "a fiber", "Hash", "3 Object#pack", <<~RUBY
    def pack
      Fiber.new do
        { a: Object } # here
      end.resume
    end
    pack
  RUBY

  # What is written in C below the first line of a fiber has no line of its own to stand at.
  add "an enumerator's fiber", "Hash", "3 Object#pack", <<~RUBY
    def pack
      Enumerator.new do |yielder|
        yielder.yield({ a: Object }) # here
      end.next
    end
    pack
  RUBY

  add "a thread", "Hash", "3 Object#pack", <<~RUBY
    def pack
      Thread.new do
        { a: Object } # here
      end.join
    end
    pack
  RUBY
end
