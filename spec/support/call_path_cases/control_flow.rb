# frozen_string_literal: true

# Exceptions and other ways to go on, code that is made at run time, fibers and threads.
module CallPathCases
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

  add "raise", "RuntimeError", "2 Object#pack", "6 <top>", <<~RUBY
    def pack
      raise "no" # here
    rescue RuntimeError
      nil
    end
    pack
  RUBY

  add "catch and throw", "Hash", "4 Object#pack", "2 Object#pack", "7 <top>", <<~RUBY
    def pack
      catch(:done) do
        1
        throw :done, { a: Object } # here
      end
    end
    pack
  RUBY

  add "a pattern's match", "MatchData", "2 Object#pack", "4 <top>", <<~RUBY
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

  add "eval with a place", "Hash", "6 Object#pack", "2 Object#pack", "4 <top>", <<~RUBY
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
