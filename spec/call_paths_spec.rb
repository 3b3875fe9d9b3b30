# frozen_string_literal: true

require "json"
require "open3"
require "tmpdir"
require_relative "support/call_path_cases"

RSpec.describe "Call paths" do
  def self.ruby(*arguments, input: "", environment: {})
    paths = $LOAD_PATH.flat_map { |path| ["-I", path] }
    output, errors, status = Open3.capture3(environment, RbConfig.ruby, "-W0", *paths, *arguments, stdin_data: input)
    raise "#{status}\n#{output}#{errors}" unless status.success?

    output
  end

  def ruby(...)
    self.class.ruby(...)
  end

  def self.runner
    File.join(__dir__, "support/call_path_runner.rb")
  end

  # The result of all cases, run once.
  def self.interpreted
    @interpreted ||= JSON.parse(ruby(runner))
  end

  def self.compiled
    @compiled ||= JSON.parse(ruby("--yjit", "--yjit-call-threshold=1", runner))
  end

  # By a tracker that asks the VM for every stack.
  def self.asked
    @asked ||= JSON.parse(ruby(runner, environment: { "MEMORY_TRACKER_READ_IN_PLACE" => "0" }))
  end

  def self.yjit?
    @yjit ||= Open3.capture2e(RbConfig.ruby, "--yjit", "-e", "exit RubyVM::YJIT.enabled?").last.success?
  end

  modes = { "interpreted" => :interpreted, "interpreted, with every stack asked of the VM" => :asked }
  modes["compiled by YJIT"] = :compiled if yjit?

  modes.each do |mode, results|
    describe "of code that is #{mode}" do
      CallPathCases.all.each do |example|
        it "are right for #{example.name}" do
          paths = self.class.superclass.public_send(results).fetch(example.name)
          expect(paths.map { |path| path["path"] }).to eq([example.path])
          expect(paths.first["count"] % 3).to eq(0)
        end
      end
    end
  end

  it "end with the main program" do
    Dir.mktmpdir do |folder|
      file = File.join(folder, "program.rb")
      File.write(file, <<~RUBY)
        require "memory/tracker"
        capture = Memory::Tracker::Capture.new(depth: 8)
        capture.start
        def pack = { a: Object }
        pack
        puts capture.call_tree(Hash).each_path.map { |path, _counts| path.map { |frame| frame.to_s } }.first
      RUBY
      expect(ruby(file).lines(chomp: true)).to eq(["#{file}:4:in 'Object#pack'", "#{file}:5:in '<main>'"])
    end
  end

  it "are found without asking for every stack, in Rubies whose insides are known" do
    program = <<~RUBY
      require "memory/tracker"
      capture = Memory::Tracker::Capture.new(depth: 10)
      capture.start
      10_000.times { Object.new }
      p capture.statistics[:asked]
    RUBY
    expect(ruby("-e", program).to_i).to be < 1_000
    expect(ruby("-e", program, environment: { "MEMORY_TRACKER_READ_IN_PLACE" => "0" }).to_i).to be >= 10_000
  end

  it "are the method alone where no line of the program is on the stack" do
    program = <<~RUBY
      require "memory/tracker"
      eval("def made\n  first = [self]\n  [first]\nend", TOPLEVEL_BINDING, "<internal:made>", 1)
      capture = Memory::Tracker::Capture.new(depth: 4)
      capture.start
      2.times { Thread.new(&method(:made)).join }
      paths = capture.call_tree(Array).each_path.select { |path, _counts| path.last.to_s.include?("made") }
      p paths.map { |path, counts| [path.map { |frame| [frame.path, frame.lineno] }, counts.new_count] }
    RUBY
    expect(ruby("-e", program)).to eq("#{[[[["<internal:made>", 0]], 4]].inspect}\n")
  end

  it "have the lines that the VM tells where the trial of its layout failed" do
    Dir.mktmpdir do |folder|
      file = File.join(folder, "program.rb")
      File.write(file, <<~RUBY)
        require "objspace"
        class Object
          def define_singleton_method(*) = raise("the trial needs this")
        end
        require "memory/tracker"
        capture = Memory::Tracker::Capture.new(depth: 1)
        def pack
          { a: self }
        end
        told = ObjectSpace.trace_object_allocations { ObjectSpace.allocation_sourceline(pack) }
        capture.start
        pack
        paths = capture.call_tree(Hash).each_path.map { |path, _counts| path.first.to_s }
        puts paths.include?("\#{__FILE__}:\#{told}:in 'Object#pack'"), capture.statistics[:asked] > 0
      RUBY
      expect(ruby(file)).to eq("true\ntrue\n")
    end
  end

  it "are the same in the tree and in the block of a tracked class" do
    capture = Memory::Tracker::Capture.new(depth: 6)
    crate = stub_const("Crate", Class.new)
    told = []
    capture.track(crate) { |_klass, _event, path| told << path }
    capture.start
    crate.new
    SpecSupport.eventually("the event") { told.any? }
    expect(told.first).to eq(capture.call_tree(crate).top_paths.first[:path])
  ensure
    capture.stop
  end

  it "are right up to the greatest depth, and cut off there" do
    capture = Memory::Tracker::Capture.new(depth: 128)
    crate = Class.new
    capture.start
    sink(200) { crate.new }
    path = capture.call_tree(crate).each_path.first.first
    expect(path.size).to eq(128)
    expect(path.count { |frame| frame.label.end_with?("sink") }).to be > 100
  ensure
    capture.stop
  end

  def sink(depth, &block)
    depth.zero? ? yield : sink(depth - 1, &block)
  end

  describe "of code that comes and goes" do
    let(:capture) { Memory::Tracker::Capture.new(depth: 3) }
    let(:crate) { stub_const("Crate", Class.new) }

    before { capture.start }
    after { capture.stop }

    def define(owner, name, line)
      owner.class_eval("def #{name}(crate) = crate.new", "goods.rb", line) # rubocop:disable Style/EvalWithLocation
    end

    # A method at a line of its own, called once and dropped with its class.
    def pass(number)
      owner = Class.new
      define(owner, "pack_#{number}", number)
      owner.new.public_send("pack_#{number}", crate)
    end

    it "never have a wrong name, where dead code's addresses are used again" do
      (1..20_000).each { |number| pass(number) }
      paths = capture.call_tree(crate).each_path.to_a
      own = paths.reject { |path, _counts| path.first.pseudo? }
      wrong = own.reject { |path, counts| right?(path) && counts.new_count == 1 }
      expect(wrong).to be_empty
      expect(own.size).to eq(20_000)
      expect(own.map { |path, _counts| path.first.lineno }.uniq.size).to eq(20_000)
    end

    def right?(path)
      method = path.first
      method.path == "goods.rb" && method.label.end_with?("pack_#{method.lineno}")
    end

    it "are right where code moves and is replaced meanwhile" do
      skip "this Ruby cannot compact here" unless GC.respond_to?(:compact)

      (1..300).each do |number|
        pass(number)
        GC.compact if (number % 50).zero?
      end
      wrong = capture.call_tree(crate).each_path.reject { |path, _counts| right?(path) }
      expect(wrong).to be_empty
    end

    # Runs for the method, whose name it has in the VM's eyes, but is code of its own that dies at once.
    def evaluate(line)
      eval("crate.new", binding, "goods.rb", line) # rubocop:disable Style/EvalWithLocation
    end

    it "have the lines of strings that are evaluated in a method, where their code takes the place of dead code" do
      500.times do |number|
        evaluate((number % 50) + 1)
        GC.start(full_mark: false)
      end
      lines = Hash.new(0)
      capture.call_tree(crate).each_path do |path, counts|
        lines[path.first.lineno] += counts.new_count
      end
      expect(lines).to eq((1..50).to_h { |line| [line, 10] })
    end

    # One piece of code that is the method of many classes.
    def make_owner
      Class.new { def pack(crate) = crate.new }
    end

    it "have the name of the class of a method whose code other classes have, too" do
      200.times do |number|
        stub_const("Owner#{number}", make_owner).new.pack(crate)
        make_owner.new.pack(crate)
        GC.start if (number % 20).zero?
      end
      labels = capture.call_tree(crate).each_path.map { |path, _counts| path.first.label }
      expect(labels.grep(/Owner/)).to match_array((0...200).map { |number| "Owner#{number}#pack" })
    end

    it "hold neither classes nor methods" do
      dropped = []
      finalizer = ->(id) { dropped << id }
      10_000.times { |number| pass_and_drop((number % 100) + 1, finalizer) }
      SpecSupport.eventually("the classes to go, and their records to be used again") do
        GC.start
        1_000.times { Class.new.new }
        dropped.size > 9_900 && capture.statistics[:classes] < 2_000
      end
      expect(capture.call_tree(crate).each_path.count).to eq(100)
    end

    def pass_and_drop(line, finalizer)
      owner = Class.new
      define(owner, "pack", line)
      ObjectSpace.define_finalizer(owner, finalizer)
      owner.new.pack(crate)
    end

    it "keep their nodes when the same code is loaded again and again" do
      6_000.times { |number| pass((number % 300) + 1) }
      counts = capture.call_tree(crate).each_path.map { |_path, counts| counts.new_count }
      expect(counts).to eq([20] * 300)
    end
  end
end
