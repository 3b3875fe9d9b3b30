# frozen_string_literal: true

require "spec_helper"
require "support/in_terminal"
require "support/raw_terminal"

RSpec.describe "what a terminal and a program send each other while the viewer is between them" do
  describe "text that is pasted" do
    include InTerminal

    before do
      start_program("class Basket; end\nkept = Array.new(4321) { Basket.new }\nsleep") do |path|
        Terminal.top("--interval", "0.2", RbConfig.ruby, path)
      end
    end

    after do
      terminal.press("Q", "y")
      expect_end(130)
    end

    it "is no key, which is said" do
      terminal.paste("Qy\nq?\e[A\x03\x1a")
      terminal.wait_for(/^ pasted text was ignored/)
      terminal.press("Down")
      terminal.wait_for { |screen| !screen.include?("pasted text was ignored") }
      expect(terminal.screen).to match(/\A memory-tracker .*\n live /)
    end

    it "is no answer to a question" do
      terminal.press("Q")
      terminal.wait_for(%r{end the program\? y/n})
      terminal.paste("y")
      terminal.wait_for(%r{pasted text was ignored.*end the program\? y/n}m)
      terminal.press("n")
    end

    it "goes into a line that is edited, without line ends and tabs" do
      terminal.press("/")
      terminal.paste("bas\nk\tet")
      terminal.wait_for(/basket/)
      terminal.wait_for(/\s4,321\s.*Basket$/)
      terminal.press("Enter")
    end
  end

  # The bytes of a terminal before which a program runs, in its console.
  describe "keys and modes in the console" do
    let(:folder) { Dir.mktmpdir }

    after { FileUtils.rm_rf(folder) }

    def run(source, &block)
      File.write(File.join(folder, "program.rb"), source)
      command = Terminal.top("--interval", "0.1", RbConfig.ruby, "program.rb")
      RawTerminal.run("sh -c 'cd #{folder}; exec #{command}'", &block)
    end

    # Prints something, and notes all that it reads.
    def noting(printed)
      <<~RUBY
        require "io/console"
        $stdout.sync = true
        #{printed}
        $stdin.raw { |input| File.open("read", "wb") { |file| file.sync = true; loop { file.write(input.readpartial(99)) } } }
      RUBY
    end

    def read
      path = File.join(folder, "read")
      File.exist?(path) ? File.binread(path) : ""
    end

    def open_console(terminal)
      terminal.read_until(/RETAINED.*CLASS/m)
      eventually("the program") { File.exist?(File.join(folder, "read")) }
      before = terminal.bytes.size
      terminal.press("c")
      terminal.read_until(/Ctrl-\] returns\]/, behind: before)
    end

    # Presses keys, after which the viewer is back.
    # @return [String] what was written for that
    def return_by(terminal, keys)
      before = terminal.bytes.size
      terminal.press(keys)
      terminal.read_until(/\e\[\?1049h.*RETAINED.*CLASS/m, behind: before)
      terminal.bytes.byteslice(before..)
    end

    def quit(terminal)
      terminal.press("Qy")
      terminal.read_to_end
      expect(terminal.status.exitstatus).to eq(130).or eq(143)
    end

    { "a control character" => "\x1d", "kitty's sequence" => "\e[93;5u", "one with an event" => "\e[93;5:1u",
      "one of another layout" => "\e[1098::93;5u", "xterm's sequence" => "\e[27;5;93~" }.each do |name, key|
      it "lead back by Ctrl-] as #{name}" do
        run(noting("")) do |terminal|
          open_console(terminal)
          terminal.press("\e[93;5:3u\e[92;5u")
          eventually("keys") { read == "\e[93;5:3u\e[92;5u" }
          return_by(terminal, key)
          expect(read).to eq("\e[93;5:3u\e[92;5u")
          quit(terminal)
        end
      end
    end

    it "have Ctrl-] sent to the program when it is typed twice, at once or in the viewer" do
      run(noting("")) do |terminal|
        open_console(terminal)
        terminal.press("a\x1d\x1db")
        eventually("one") { read == "a\x1db" }
        return_by(terminal, "\x1d")
        terminal.press("\x1d")
        eventually("another one") { read == "a\x1db\x1d" }
        terminal.press("c")
        eventually("the console") { read == "a\x1db\x1dc" }
        return_by(terminal, "\x1d")
        expect(terminal.bytes.scan("Ctrl-] returns]").size).to eq(1)
        quit(terminal)
      end
    end

    it "are put back where the viewer is shown, and again for the program" do
      run(noting('print "\e[>1u\e[>5u\e[>4;2m"')) do |terminal|
        open_console(terminal)
        terminal.read_until(/\e\[>1u\e\[>5u\e\[>4;2m/)
        # Once, and not also by what had been printed before.
        expect(terminal.bytes.scan("\e[>1u").size).to eq(1)
        written = return_by(terminal, "\e[93;5u")
        expect(written).to match(/\A(?:(?!1049h).)*\e\[<2u.*\e\[>4m.*\e\[\?1049h/m)
        before = terminal.bytes.size
        terminal.press("c")
        terminal.read_until(/\e\[\?1049l.*\e\[>1u\e\[>5u\e\[>4;2m/m, behind: before)
        return_by(terminal, "\x1d")
        quit(terminal)
      end
    end

    { "the program" => :program, "the launcher" => :launcher }.each do |name, killed|
      it "are put back when #{name} was killed" do
        run("print %(\\e[>1u\\e[>4;2m)\n#{noting("File.write('pids', %(\#{$$} \#{Process.ppid}))")}") do |terminal|
          open_console(terminal)
          terminal.read_until(/\e\[>1u\e\[>4;2m/)
          program, monitor = File.read(File.join(folder, "pids")).split.map(&:to_i)
          before = terminal.bytes.size
          Process.kill(:KILL, killed == :program ? program : Integer(`ps -o ppid= -p #{monitor}`))
          terminal.read_until(/\e\[<1u.*\e\[>4m/m, behind: before)
          terminal.press("q") if killed == :program
          terminal.read_to_end
          expect(terminal.bytes.byteslice(before..).scan("\e[<1u").size).to eq(1)
        end
      end
    end

    it "leave bracketed paste to what is there next, also when the launcher was killed" do
      run(noting("File.write('pids', %(\#{$$} \#{Process.ppid}))")) do |terminal|
        terminal.read_until(/\e\[\?2004h/)
        terminal.read_until(/RETAINED.*CLASS/m)
        eventually("the program") { File.exist?(File.join(folder, "read")) }
        before = terminal.bytes.size
        monitor = File.read(File.join(folder, "pids")).split.last
        Process.kill(:KILL, Integer(`ps -o ppid= -p #{monitor}`))
        terminal.read_until(/\e\[\?2004l.*\e\[\?1049l/m, behind: before)
        terminal.read_to_end
      end
    end
  end

  describe "questions that a program asks while the viewer is shown" do
    let(:program) do
      questions = '\e[c\e[>c\e[=c\e[>q\e[5n\e[6n\e[?6n\e[?996n\e[14t\e[16t\e[18t\e[19t\e[?25$p\e[?u\eZ' \
                  '\eP$qm\e\\\\\eP+q544e\e\\\\\e]10;?\a\e]11;?\e\\\\\e]4;1;?\a\e]4;1;#ffffff;2;?\a\e]52;c;?\a'
      <<~RUBY
        require "io/console"
        $stdin.raw!
        print "printed first\\r\\n#{questions}printed last\\r\\n"
        $stdout.flush
        sleep 1
      RUBY
    end

    it "are not among what comes to the terminal when it is left" do
      Dir.mktmpdir do |folder|
        path = File.join(folder, "program.rb").tap { |name| File.write(name, program) }
        RawTerminal.run(Terminal.top("--interval", "0.2", RbConfig.ruby, path)) do |terminal|
          terminal.read_until(/ended with status/)
          terminal.press("q")
          terminal.read_to_end
          expect(terminal.bytes.split("\e[?1049l").last).to end_with("printed first\r\nprinted last\r\n")
        end
      end
    end

    context "with a shell" do
      include InTerminal

      it "leave nothing in its prompt" do
        start_program(program) { |path| Terminal.top("--interval", "0.2", RbConfig.ruby, path) }
        terminal.wait_for(/ended with status 0/)
        terminal.press("q")
        terminal.wait_for(/printed last\n\$\s*\z/)
        expect_end(0)
        expect(terminal.text).to match(/^printed first\nprinted last\n\$ echo status/)
      end
    end
  end
end
