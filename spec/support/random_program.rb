# frozen_string_literal: true

require "set"

# A program that makes, copies, hides, moves and drops objects at random, of classes that nobody else uses.
#
# The seed decides what is done; with several threads it does not decide when. TRACKER_SEED sets it for all.
class RandomProgram
  # What a class of the program may be made of.
  PARENTS = [Object, Object, Struct, String, Array, Hash, StandardError, BasicObject, Set].freeze

  # Steps, and how often each is taken.
  STEPS = {
    make: 30, keep: 30, drop: 15, copy: 8, single_out: 4, raise_and_rescue: 4, run_fiber: 3, make_class: 3,
    define_finalizer: 3, evaluate: 2, hide: 4, fill: 4, build: 6, collect_young: 1, name_class: 2, go_deep: 1,
    enumerate: 2, throw_out: 2, end_thread: 1, marshal: 2, refer_weakly: 2, redefine: 2
  }.freeze
  WEIGHTED = STEPS.flat_map { |name, weight| [name] * weight }.freeze

  # Ruby loads what it converts with at the first time. In the child of a fork that comes meanwhile there is none.
  "".encode("UTF-16LE").encode("UTF-8")

  # @return [Integer]
  def self.seed
    @seed ||= Integer(ENV.fetch("TRACKER_SEED") { Random.new_seed & 0xffff_ffff })
  end

  # @return [Array<Class>]
  attr_reader :classes

  # @return [Integer] how many finalizers have run
  attr_reader :finalized

  # @param seed [Integer]
  # @param classes [Integer] how many to make
  # @param kept [Integer] objects that each thread keeps at most
  def initialize(seed: self.class.seed, classes: 36, kept: 300)
    @seed = seed
    @kept = kept
    @finalized = 0
    @classes = Array.new(classes) { |index| make_kind(PARENTS[index % PARENTS.size]) }
    @stores = []
  end

  # @param steps [Integer] in each thread
  # @param threads [Integer] 0: in this one
  # @yield now and then, in each thread, with a source of random numbers
  def run(steps:, threads: 8, &disturb)
    if threads.zero?
      worker(0, steps, &disturb)
    else
      Array.new(threads) { |number| Thread.new { worker(number, steps, &disturb) } }.each(&:join)
    end
    self
  end

  # Lets go of everything that was kept.
  def drop_all
    @stores.each(&:clear)
    @stores = []
  end

  private

  def make_kind(parent)
    parent == Struct ? Struct.new(:one, :two) : Class.new(parent)
  end

  def worker(number, steps)
    random = Random.new(@seed + number)
    store = []
    @stores << store
    steps.times do |step|
      send(WEIGHTED[random.rand(WEIGHTED.size)], random, store)
      yield random if block_given? && step % 50 == 25
    end
  end

  def a_class(random)
    @classes[random.rand(@classes.size)]
  end

  def put(random, store, object)
    if store.size < @kept
      store << object
    else
      store[random.rand(@kept)] = object
    end
  end

  def make(random, _store)
    random.rand(1..8).times { a_class(random).new }
  end

  def keep(random, store)
    put(random, store, a_class(random).new)
  end

  def drop(random, store)
    store.slice!(random.rand(store.size), random.rand(1..10)) unless store.empty?
  end

  def copy(random, store)
    object = store[random.rand(store.size)] unless store.empty?
    return unless Object === object && object

    put(random, store, random.rand(2).zero? ? object.dup : object.clone(freeze: random.rand(2).zero?))
  end

  def single_out(random, store)
    klass = a_class(random)
    object = klass.new
    return unless Object === object

    object.define_singleton_method(:own) { 1 }
    object.extend(Module.new { def mixed_in = klass })
    put(random, store, object)
    put(random, store, object.clone)
  end

  def raise_and_rescue(random, store)
    errors = @classes.select { |klass| klass < StandardError }
    raise errors[random.rand(errors.size)], "seed #{@seed}"
  rescue StandardError => e
    put(random, store, e) if random.rand(3).zero?
  end

  def run_fiber(random, store)
    fiber = Fiber.new do
      3.times { |index| Fiber.yield(index.zero? ? a_class(random).new : keep(random, store)) }
    end
    random.rand(1..3).times { fiber.resume }
  end

  def make_class(random, store)
    klass = Class.new(a_class(random))
    objects = Array.new(random.rand(1..5)) { klass.new }
    random.rand(4).zero? ? put(random, store, objects.first) : objects.clear
  end

  def define_finalizer(random, store)
    object = a_class(random).new
    return unless Object === object

    ObjectSpace.define_finalizer(object, finalizer)
    put(random, store, object) if random.rand(2).zero?
  end

  def finalizer
    proc { @finalized += 1 }
  end

  def evaluate(random, store)
    klass = a_class(random)
    maker = Class.new
    maker.class_eval("def make(klass)\n#{"\n" * random.rand(5)}klass.new\nend", __FILE__, __LINE__)
    put(random, store, maker.new.make(klass))
  end

  def hide(random, store)
    case random.rand(5)
    when 0 then [[1, [2]], [3, [4, [5]]]].flatten
    when 1 then Array.new(20) { random.rand(99) }.max(3)
    when 2 then "gr\u00fcn #{random.rand(99)}".encode("UTF-16LE").encode("UTF-8")
    when 3 then put(random, store, HeapWalk.revealed_arrays(3))
    else ("a".."f").to_a.permutation(2).first(3).sort_by(&:last)
    end
  end

  def fill(random, store)
    object = store[random.rand(store.size)] unless store.empty?
    case object
    when String then object << ("x" * random.rand(200)) unless object.frozen?
    when Array then object.concat([1, "two", :three]) unless object.frozen?
    when Hash then object["key#{random.rand(30)}"] = random.rand unless object.frozen?
    when Set then object << random.rand(30).to_s unless object.frozen?
    end
  end

  def build(random, _store)
    text = "k=#{random.rand}&l=#{random.rand(2**80)}"
    text.split("&").to_h { |pair| pair.split("=") }.transform_keys(&:to_sym).sort.each_slice(2).to_a
    text.match(/l=(\d+)/)[1].to_i.to_r / 3
  end

  def collect_young(_random, _store)
    GC.start(full_mark: false)
  end

  # An anonymous class gets a name, and loses its place under it again.
  def name_class(random, store)
    name = "Named#{random.rand(1 << 40)}"
    klass = RandomProgram.const_set(name, Class.new(a_class(random)))
    put(random, store, klass.new)
    put(random, store, klass) if random.rand(8).zero?
    RandomProgram.send(:remove_const, name)
  end

  def go_deep(random, store)
    dive = ->(depth) { depth.zero? ? put(random, store, a_class(random).new) : [dive.call(depth - 1)] }
    dive.call(random.rand(200))
  end

  # An enumerator with a fiber of its own, which may be left in the middle.
  def enumerate(random, store)
    enumerator = Enumerator.new { |out| loop { out << a_class(random).new } }
    random.rand(1..4).times { enumerator.next }
    put(random, store, [enumerator]) if random.rand(20).zero?
  end

  def throw_out(random, store)
    put(random, store, catch { |tag| 5.times { |index| [a_class(random).new, index == 3 && throw(tag, tag)] } })
  end

  # A thread that ends by an exception or by being killed, wherever it is.
  def end_thread(random, _store)
    error = random.rand(2).zero? && @classes.find { |klass| klass < StandardError }
    thread = Thread.new { 2000.times { a_class(Random.new).new } }
    thread.report_on_exception = false
    Thread.pass
    # What reaches it while it runs the block of a tracked class ends only that block.
    error ? thread.raise(error) : thread.kill
    thread.join
  rescue Exception => e # rubocop:disable Lint/RescueException -- a kill during a tracking block comes as one
    raise unless e.instance_of?(error || Exception)
  end

  def marshal(random, store)
    parts = Array.new(random.rand(6)) { |index| { index => "part #{random.rand(9)}" } }
    put(random, store, Marshal.load(Marshal.dump(parts)))
  end

  # On Ruby 3.1 and 3.2 a WeakMap does not survive compaction.
  def refer_weakly(random, store)
    return collect_young(random, store) if RUBY_VERSION < "3.3"

    map = ObjectSpace::WeakMap.new
    keys = Array.new(random.rand(8)) { "key #{random.rand}" }
    keys.each { |key| map[key] = a_class(random).new }
    put(random, store, [map, keys.first])
  end

  def redefine(random, _store)
    klass = a_class(random)
    # No other thread has methods of this name.
    name = "added_#{Thread.current.object_id}"
    klass.class_eval("def #{name} = [::Object.name.to_s, #{random.rand(9)}]", __FILE__, __LINE__)
    klass.new.__send__(name)
    klass.send(:remove_method, name) if random.rand(2).zero?
  end
end
