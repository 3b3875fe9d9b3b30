# frozen_string_literal: true

require_relative "support/layers"

RSpec.describe "the folders of the extension" do
  plain = Layers::SOURCES.reject { |file| Layers::WITH_RUBY.include?(Layers.folder(file)) }

  it "are these, with sources in them" do
    expect(Layers::SOURCES.map { |file| Layers.folder(file) }.uniq).to match_array(Layers::MAY_INCLUDE.keys)
    expect(Layers.includes("model/tracker.c")).to include("model/tracker.h")
  end

  it "have only .c and .h files, none in a folder below, and none that is compiled beside them but what Ruby enters" do
    expect(Layers::FILES - Layers::SOURCES).to eq(["memory_tracker.c"])
    expect(Layers::SOURCES.grep(%r{/.*/})).to be_empty
  end

  it "are read as the compiler reads them" do
    tricks = ["#include <app/viewer.h>", "#include NAME", "#include_next <poll.h>", '#import "app/viewer.h"',
              '%:include "app/viewer.h"', '#include "../app/viewer.h"', '#include "viewer.h"', '#include "a/part.inc"',
              '/* */ # /* */ include "app/viewer.h"', "#include \\\n<app/viewer.h>"]
    expect(tricks.flat_map { |text| Layers.odd_includes("\n#{text}\n") }.size).to eq(tricks.size)
    fine = "#include \"app/viewer.h\" /* why */\n#include <poll.h>\n/* #include <app/viewer.h> */\n"
    expect(Layers.odd_includes(fine)).to be_empty
  end

  it "include of the project what the layers allow, each header by its folder" do
    expect(Layers.crossings).to be_empty
    odd = [*Layers::SOURCES, "memory_tracker.c"].to_h { |file| [file, Layers.odd_includes(Layers.text(file))] }
    expect(odd.reject { |_, lines| lines.empty? }).to be_empty
  end

  it "have declarations told from definitions and calls" do
    expect(Layers.own_declarations(<<~C).size).to eq(4)
      extern int count;
      void viewer_refresh(struct viewer *viewer);
      static int mine(int of);
      int f(void)
      {
      \tvoid *viewer_new(const void *);
      \textern int total;
      \treturn mine(1);
      }
    C
    header = "struct a *a_new(int size); /* b(); */\nextern const int a_table[];\nstatic inline int c(void)\n{\n}\n"
    expect(Layers.declared(header)).to eq(%w[a_new a_table])
    expect(Layers.defined("struct a *a_new(int size)\n{\n}\nconst int a_table[] = {1};\n")).to eq(%w[a_new a_table])
    expect(Layers.types("struct viewer;\nstruct viewer {\n\tenum mode { A } mode;\n};\n")).to eq(%w[viewer mode])
  end

  it "declare what others define by including its header" do
    own = Layers::SOURCES.grep(/\.c\z/).to_h { |file| [file, Layers.own_declarations(Layers.text(file))] }
    expect(own.reject { |_, lines| lines.empty? }).to be_empty
    expect(Layers.declared_for_others).to be_empty
    expect(Layers.types_twice).to be_empty
  end

  it "know nothing of Ruby outside of vm and binding" do
    ["#include <ruby/st.h>", "VALUE x;", "unsigned long rb_gc_count(void);", 'dlsym(0, "f");'].each do |text|
      expect(Layers).to be_ruby(text)
    end
    expect(plain.select { |file| Layers.ruby?(Layers.text(file)) }).to be_empty
  end

  it "have in binding only what knows Ruby or a capture in it" do
    sources = Layers::SOURCES.grep(%r{\Abinding/.*\.c\z})
    without = sources.reject do |file|
      files = [file, *(Layers.includes(file) & [file.sub(/c\z/, "h")])]
      files.any? { |name| Layers.ruby?(Layers.text(name)) || Layers.includes(name).grep(%r{\Avm/}).any? }
    end
    expect(without).to be_empty
  end

  it "keep the insides of the viewer to app" do
    outside = Layers::SOURCES.reject { |file| Layers.folder(file) == "app" }
    expect(outside.select { |file| Layers.includes(file).include?("app/viewer_state.h") }).to be_empty
  end

  it "can be searched for cycles" do
    graph = { "a" => %w[b], "b" => %w[c], "c" => %w[b d], "d" => %w[e], "e" => [] }
    expect(Layers.cycles(graph)).to eq([%w[b c]])
    expect(Layers.modules.fetch("base/thread")).to include("base/condition")
    expect(Layers.folders.fetch("vm")).to include("model")
  end

  it "have no files that include each other" do
    expect(Layers.cycles(Layers.modules)).to be_empty
  end

  it "do not include each other" do
    expect(Layers.cycles(Layers.folders)).to be_empty
  end

  it "are compiled into the native tests, but for vm and binding" do
    archived, curses = Layers.native
    sources = plain.grep(/\.c\z/)
    sources = sources.grep_v(/screen_curses/) unless curses
    expect(archived).to match_array(sources)
  end

  it "run no Ruby code in the scope of who calls them" do
    calls = Layers::SOURCES.grep_v(%r{\Avm/evaluate}).grep(/\.c\z/).select do |file|
      Layers.text(file).match?(/\brb_eval_string|\brb_obj_instance_eval/)
    end
    expect(calls).to be_empty
  end

  it "have sources whose base names differ, because all objects land in one folder" do
    names = Layers::SOURCES.grep(/\.c\z/).map { |file| File.basename(file) }
    expect(names.tally.select { |_name, count| count > 1 }).to be_empty
  end

  it "have no file, nor have lib, exe, spec and rakelib, of more than 500 lines" do
    files = Dir.glob("{ext,lib,exe,spec,rakelib}/**/*.{c,h,rb,rake}", base: File.expand_path("..", __dir__))
    long = files.select { |file| File.foreach(File.expand_path("../#{file}", __dir__)).count > 500 }
    expect(long).to be_empty
    expect(files.size).to be > 300
  end
end
