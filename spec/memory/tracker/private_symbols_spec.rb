# frozen_string_literal: true

require "open3"
require_relative "../../support/ruby_program"

RSpec.describe "functions of the VM that no public header declares" do
  root = SpecSupport::ROOT
  library = File.join(SpecSupport::EXTENSIONS, "spec/support/missing_symbols/missing_symbols.so")

  start = <<~RUBY
    [{}, { existing: true }, { mode: :light }].each do |options|
      puts Memory::Tracker::Capture.new(**options).start
    rescue Memory::Tracker::Error => error
      puts error.message
    end
  RUBY

  without = lambda do |symbol|
    RubyProgram.run(start, env: { "MISSING_SYMBOL" => symbol, "LD_PRELOAD" => library })
  end

  it "are looked up, and so not among those that the linker has to find" do
    headers = Dir.glob("{#{RbConfig::CONFIG["rubyhdrdir"]},#{RbConfig::CONFIG["rubyarchhdrdir"]}}/**/*.h")
    declared = headers.flat_map { |header| File.read(header, encoding: "BINARY").scan(/\b(?:rb|ruby)_\w+/) }.uniq
    extension = $LOADED_FEATURES.grep(%r{/memory_tracker\.so\z}).first
    symbols, status = Open3.capture2("nm", "-D", "--undefined-only", extension)
    expect(status).to be_success
    wanted = symbols.scan(/\b(?:rb|ruby)_\w+/)
    expect(wanted).to include("rb_add_event_hook2")
    expect(wanted - declared).to be_empty
  end

  describe "one of which is missing", if: RUBY_PLATFORM.include?("linux") && !SpecSupport.sanitized? do
    it "starts captures while none is" do
      expect(without.call("rb_nothing_of_the_kind").out).to eq("true\ntrue\ntrue\n")
    end

    it "refuses every capture with one sentence without a walk over the heap" do
      result = without.call("rb_objspace_each_objects")
      expect(result.status).to be_success, result.to_s
      expect(result.out.lines.uniq).to contain_exactly(
        a_string_ending_with("this Ruby does not let its heap be walked (it has no rb_objspace_each_objects)\n")
      )
    end

    it "refuses every capture with one sentence where slots have several sizes, and none is told" do
      result = without.call("rb_gc_obj_slot_size")
      sentence = "this Ruby does not tell how large the slots of its heap are (it has no rb_gc_obj_slot_size)\n"
      expected = GC.respond_to?(:stat_heap) ? a_string_ending_with(sentence) : "true\n"
      expect(result.status).to be_success, result.to_s
      expect(result.out.lines.uniq).to contain_exactly(expected)
    end

    it "refuses every capture with one sentence where hooks are those of all Ractors, and these cannot be held off" do
      result = without.call("rb_vm_lock_with_barrier")
      sentence = "this Ruby does not let other Ractors be held off (it has no rb_vm_lock_with_barrier)\n"
      expected = RUBY_VERSION >= "4.0" ? a_string_ending_with(sentence) : "true\n"
      expect(result.status).to be_success, result.to_s
      expect(result.out.lines.uniq).to contain_exactly(expected)
    end

    it "lets the launcher run the program untracked, and say so in one line" do
      top = File.join(root, "exe/memory-tracker-top")
      environment = { "MISSING_SYMBOL" => "rb_objspace_each_objects", "LD_PRELOAD" => library }
      _out, err, status = Open3.capture3(environment, RbConfig.ruby, top, "--batch", "ruby", "-e", "exit 3")
      expect(err.lines).to contain_exactly(a_string_including("this Ruby does not let its heap be walked"))
      expect(status.exitstatus).to eq(3)
    end
  end
end
