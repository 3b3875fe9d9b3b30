# frozen_string_literal: true

require "stringio"

# What comes in numbers or sizes that nobody expects, and what the tracker takes for it.
module Limits
  module_function

  def run(what, count)
    started = Process.clock_gettime(Process::CLOCK_MONOTONIC)
    values = send(what, count)
    { seconds: (Process.clock_gettime(Process::CLOCK_MONOTONIC) - started).round(1), **values }
  end

  def capture(**options)
    Memory::Tracker::Capture.new(**options).tap(&:start)
  end

  # The statistics, with what a reader needs to hold it all.
  def figures(capture)
    Program.check(capture.inexact_reason.nil?, "inexact: #{capture.inexact_reason}")
    snapshot = capture.snapshot
    { **capture.statistics, snapshot_bytes: snapshot.bytes.bytesize, heap_pages: GC.stat(:heap_allocated_pages) }
  end

  # Classes that all live, each with an object.
  def living_classes(count)
    capture = self.capture(depth: 1)
    classes = Array.new(count) { Class.new }
    objects = classes.map(&:new)
    counted = classes.first(1000).count { |klass| capture.count_for(klass) == 1 }
    Program.check(counted == [count, 1000].min, "#{counted} of the first classes have their object")
    refused = refusals(capture, classes)
    Program.check(objects.size == count, "objects are gone")
    { **figures(capture), refused: refused }
  end

  # How many classes could not be recorded; about those the capture says so instead of 0.
  def refusals(capture, classes)
    classes.count do |klass|
      Program.check(capture.count_for(klass) == 1, "#{klass} has #{capture.count_for(klass)} objects")
      false
    rescue Memory::Tracker::LimitError
      true
    end
  end

  # Classes that come and go.
  def passing_classes(count)
    capture = self.capture(depth: 3)
    count.times { Class.new.new }
    3.times { GC.start }
    figures(capture)
  end

  # Call paths of depth 12 over four methods: every number has a path of its own.
  def paths(count)
    capture = self.capture(depth: 12)
    klass = Class.new
    objects = Array.new(count) { |number| Walker.m0(number, 11, klass) }
    Program.check(capture.count_for(klass) == count, "#{capture.count_for(klass)} of #{objects.size} objects")
    figures(capture)
  end

  module Walker
    4.times do |digit|
      singleton_class.class_eval(<<~RUBY, __FILE__, __LINE__ + 1)
        def m#{digit}(number, depth, made)
          return made.new if depth.zero?

          case number & 3
          when 0 then m0(number >> 2, depth - 1, made)
          when 1 then m1(number >> 2, depth - 1, made)
          when 2 then m2(number >> 2, depth - 1, made)
          else m3(number >> 2, depth - 1, made)
          end
        end
      RUBY
    end
  end

  # Code from files that nobody has seen before, which stays.
  def files(count)
    capture = self.capture(depth: 2)
    klass = Class.new
    kept = Array.new(count) do |number|
      eval("proc { klass.new }", binding, "/srv/generated/file_#{number}.rb", number) # rubocop:disable Style/EvalWithLocation
    end
    kept.each(&:call)
    Program.check(capture[klass].new_count == count, "#{capture[klass].new_count} of #{count} objects")
    figures(capture)
  end

  # Class and method names of 64 KiB.
  def long_names(count)
    capture = self.capture(depth: 2)
    kept = Array.new(count) { |number| long_name(number) }
    Program.check(kept.all? { |object| capture.count_for(object.class) == 1 }, "not every class has its object")
    names = capture.snapshot.count { |row| row.name.bytesize >= 65_536 }
    table = StringIO.new
    print_table(capture, table)
    { **figures(capture), long_names: names, table_bytes: table.string.bytesize }
  end

  def long_name(number)
    name = "N#{number}_#{"n" * 65_536}"
    klass = Object.const_set(name, Class.new)
    klass.singleton_class.define_method(name) { new }
    klass.public_send(name)
  end

  def print_table(capture, text)
    reader, writer = IO.pipe
    observer = Observer.new(capture, writer.fileno, { interval: 3600, limit: 0 }).start
    thread = Thread.new { text << reader.read }
    observer.finish
    writer.close
    thread.join
  end

  # Stacks of this depth, in a thread whose stack has room for them.
  def deep_stacks(count)
    capture = self.capture(depth: 128)
    klass = Class.new
    dive = ->(depth) { depth.zero? ? klass.new : dive.call(depth - 1) }
    objects = Array.new(20) { Fiber.new { dive.call(5) }.resume }
    depth = reachable(count) { |frames| objects << dive.call(frames) }
    Program.check(capture.count_for(klass) == objects.size, "#{capture.count_for(klass)} of #{objects.size} objects")
    { **figures(capture), frames: depth }
  end

  # Lambdas take two frames each. Stops short of where Ruby's own stack ends.
  def reachable(frames)
    frames.step(10, -(frames / 10)) do |depth|
      yield depth / 2
      return depth
    rescue SystemStackError
      next
    end
  end
end

Program.result(**Limits.run(GIVEN[:what], GIVEN[:count]))
