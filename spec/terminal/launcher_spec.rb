# frozen_string_literal: true

require "spec_helper"
require "support/in_terminal"

RSpec.describe "a program before which memory-tracker-top stands" do
  include InTerminal

  # Starts a program under the viewer.
  def start(source, *options, viewer: true)
    start_program(source, viewer: viewer) { |path| Terminal.top("--interval", "0.2", *options, RbConfig.ruby, path) }
  end

  {
    "its end" => ["exit 3", 3, "status 3"], "exit!" => ["exit!(7)", 7, "status 7"],
    "an exception" => ["raise 'oops'", 1, "status 1"], "abort" => ["abort 'no more'", 1, "status 1"],
    "TERM" => ["Process.kill(:TERM, $$); sleep", 143, "SIGTERM"],
    "INT" => ["Process.kill(:INT, $$); sleep", 130, "SIGINT"],
    "QUIT" => ["Process.kill(:QUIT, $$); sleep", 131, "SIGQUIT"],
    "HUP" => ["Process.kill(:HUP, $$); sleep", 129, "SIGHUP"],
    "KILL" => ["Process.kill(:KILL, $$); sleep", 137, "SIGKILL"],
    "another program by exec" => ["exec('sh', '-c', 'echo second; exit 9')", 9, "status 9"]
  }.each do |name, (code, status, how)|
    it "leaves its last numbers, and then the terminal as it was, after #{name}" do
      start(<<~RUBY)
        puts "the first words"
        class Shop; end
        kept = Array.new(99) { Shop.new }
        sleep 1
        $stdout.flush
        #{code}
      RUBY
      terminal.wait_for(/ended (?:by|with) #{how} after/)
      terminal.press("/")
      terminal.type("shop")
      terminal.wait_for(/\s99\s.*Shop$/)
      terminal.press("Enter", "q")
      expect_end(status)
      expect(count(/^the first words$/)).to eq(1)
    end
  end

  it "shows a crash, and afterwards the whole report" do
    start("sleep 1\nProcess.kill(:SEGV, $$)\nsleep")
    terminal.wait_for(/ended by SIG(?:ABRT|SEGV)/)
    terminal.press("q")
    # Rubies end by one of two signals then.
    expect([134, 139]).to include(terminal.status)
    expect(terminal.state).to eq(@before)
    expect(terminal.text).to match(/\[BUG\] Segmentation fault.*-- Control frame.*^\* Loaded features:.*agent\.rb$/m)
  end

  it "gets the terminal when the viewer is left, as if it had been started there" do
    start(<<~'RUBY')
      require "io/console"
      print "name? "
      puts "hello #{$stdin.gets.chomp}, #{$stdout.tty?}", $stdin.winsize.inspect
      exit 4
    RUBY
    terminal.press("q")
    terminal.wait_for(/^name\?\s*\z/)
    terminal.enter("Ada")
    expect_end(4)
    expect(terminal.text).to include("name? Ada\nhello Ada, true\n[30, 100]\n")
  end

  it "has what is typed echoed once, also while what it has printed is still coming" do
    start(<<~'RUBY')
      150_000.times { |number| puts "line #{number} with some more words in it, so that printing it all takes a while" }
      print "name? "
      puts "hello #{$stdin.gets.chomp}"
    RUBY
    terminal.press("q")
    terminal.wait_for(/^line \d+ with/)
    terminal.enter("Ada")
    expect_end(0)
    expect(terminal.text.scan("Ada").size).to eq(2)
    expect(terminal.text).to include("hello Ada\n")
  end

  it "is ended by Q, with its last words on the terminal" do
    start("at_exit { puts 'last words' }\nsleep")
    terminal.press("Q", "y")
    expect_end(130)
    expect(count(/^last words$/)).to eq(1)
  end

  it "is told to end by Q when it does not hear of an interrupt" do
    start("trap(:INT) { puts 'not now' }\nsleep 0.1 while true")
    terminal.press("Q", "y")
    expect_end(143)
    expect(count(/^not now$/)).to eq(1)
  end

  it "gets Ctrl-C" do
    start("trap(:INT) { puts 'interrupted'; exit 6 }\nsleep 0.1 while true")
    terminal.press("C-c")
    terminal.wait_for(/ended with status 6/)
    terminal.press("q")
    expect(terminal.status).to eq(6)
    expect(count(/^interrupted$/)).to eq(1)
  end

  it "goes on with a daemon that it leaves, and tells how to attach to that one", unless: SpecSupport.sanitized? do
    start(<<~RUBY)
      class Kept; end
      Process.daemon(true, true)
      $kept = Array.new(77) { Kept.new }
      File.write("pid", Process.pid.to_s)
      sleep 60
    RUBY
    daemon = read_when_there("pid")
    terminal.wait_for(/process #{daemon} goes on/)
    terminal.wait_for(/ 77 .*Kept/)
    terminal.press("q")
    expect_end(0)
    expect(terminal.text).to match(/process #{daemon} goes on; memory-tracker-top --attach #{daemon} looks/)
  ensure
    Process.kill(:KILL, daemon.to_i) if daemon
  end

  it "has a console, with line editing and colours, and Ctrl-] leads back" do
    start_command(Terminal.top(RbConfig.ruby, "-S", "irb", "--noautocomplete"))
    terminal.press("c")
    # Newer versions of irb begin with a banner.
    terminal.wait_for(/^\[console of .*Ctrl-\] returns\]\n(?:.*\n)*irb.*> ?\s*\z/)
    terminal.enter("class Basket; end; kept = Array.new(4321) { Basket.new }; 6 * 7")
    terminal.wait_for(/=> 42$/)
    terminal.press("C-]")
    terminal.wait_for_viewer
    terminal.press("/")
    terminal.type("basket")
    terminal.wait_for(/\s4,321\s.*Basket$/)
    terminal.press("Enter", "c")
    terminal.wait_for(/returns\]\nirb.*> ?\s*\z/)
    terminal.press("Up")
    terminal.wait_for(/> class Basket.*6 \* 7\s*\z/)
    terminal.press("C-a")
    terminal.type("7 + 7; ")
    terminal.press("Enter")
    terminal.wait_for { |screen| screen.scan(/=> 42$/).size == 2 }
    terminal.enter("exit")
    terminal.wait_for(/ended with status 0/)
    terminal.press("q")
    expect_end(0)
  end

  it "stops at a breakpoint that its console answers" do
    start(<<~'RUBY', viewer: false)
      order = 5
      binding.irb
      puts "order #{order}"
    RUBY
    terminal.wait_for(/ live .*\n/)
    terminal.press("c")
    terminal.wait_for(/irb.*> ?\s*\z/)
    terminal.enter("order = 17")
    terminal.wait_for(/=> 17$/)
    terminal.enter("exit")
    terminal.wait_for(/ended with status 0/)
    terminal.press("q")
    expect_end(0)
    expect(count(/^order 17$/)).to eq(1)
  end

  it "has line editing that asks the terminal where the cursor is" do
    start(<<~'RUBY')
      require "io/console"
      require "reline"
      print "> "
      $stdout.flush
      sleep 0.5
      print "\e[6n"
      $stdout.flush
      puts "told #{$stdin.raw { |input| input.readpartial(20) }.inspect}"
      puts "read #{Reline.readline("? ").inspect}"
    RUBY
    terminal.press("l")
    terminal.wait_for(/told "\\e\[30;3R"$/)
    terminal.press("c")
    terminal.wait_for(/returns\]\n\? ?\s*\z/)
    terminal.enter("plain words")
    terminal.wait_for(/ended with status 0/)
    terminal.press("q")
    expect_end(0)
    expect(count(/^read "plain words"$/)).to eq(1)
  end

  it "may leave somebody behind who goes on printing" do
    start(<<~RUBY)
      spawn("sh", "-c", "while ! [ -e go ]; do sleep 0.05; done; echo left behind; sleep 0.3; echo and lives")
      sleep 0.5
    RUBY
    terminal.wait_for(/ended with status 0/)
    terminal.press("q")
    expect(terminal.status).to eq(0)
    terminal.write("go", "")
    terminal.wait_for(/left behind\nand lives$/)
    # What asks for it waits for a mark of its own, behind the prompt that is above.
    expect(terminal.state).to eq(@before)
  end

  it "is stopped by Ctrl-Z with the viewer, and goes on with fg" do
    start("trap(:CONT) { File.write('continued', '1', mode: 'a') }\nsleep 0.1 while true")
    terminal.press("C-z")
    terminal.wait_for(/Stopped.*\n\$\s*\z/m)
    expect(terminal.state).to eq(@before)
    terminal.start("fg")
    terminal.wait_for_viewer
    expect(read_when_there("continued")).to eq("1")
    terminal.press("Q", "y")
    expect(terminal.status).to eq(130)
  end

  it "is stopped by Ctrl-Z in its console, and goes on with fg" do
    start("loop { puts %(you said ) + $stdin.gets.inspect }")
    terminal.press("q")
    terminal.wait_for { !terminal.alternate? }
    2.times do |n|
      terminal.press("C-z")
      terminal.wait_for(/Stopped.*\n\$\s*\z/m)
      expect(terminal.state).to eq(@before)
      terminal.start("fg")
      terminal.enter("word #{n}")
      terminal.wait_for(/^you said "word #{n}\\n"$/)
    end
    terminal.press("C-c")
    expect_end(130)
  end

  it "gets what is sent to the launcher, which does not wait for anybody then" do
    start("File.write('pid', $$)\ntrap(:TERM) { puts 'told to end'; exit 12 }\nsleep 0.1 while true")
    Process.kill(:TERM, launcher_of(read_when_there("pid").to_i))
    expect_end(12)
    expect(count(/^told to end$/)).to eq(1)
  end

  it "gets HUP when the launcher is killed, which leaves the terminal as it was" do
    start(<<~RUBY)
      trap(:HUP) { File.write("hup", "yes") and exit! }
      puts "printed before"
      $stdout.flush
      File.write("pid", $$)
      sleep 0.1 while true
    RUBY
    pid = read_when_there("pid").to_i
    terminal.wait_for(/output \(1 new\)/)
    Process.kill(:KILL, launcher_of(pid))
    expect(read_when_there("hup")).to eq("yes")
    eventually("the terminal") { !terminal.alternate? && !terminal.raw? }
    # The shell may have been faster, and its prompt went with the screen.
    terminal.enter("echo rea''dy")
    terminal.wait_for(/^ready\n\$\s*\z/)
    expect(terminal.state).to eq(@before)
    # And its line may be on the prompt's.
    expect(count(/printed before$/)).to eq(1)
    eventually("its end") { !alive?(pid) }
  end

  it "gets HUP when the terminal is closed, and nothing stays" do
    Dir.mktmpdir do |folder|
      start(<<~RUBY)
        File.write("#{folder}/pid", $$)
        trap(:HUP) { File.write("#{folder}/hup", "yes") and exit! }
        sleep 0.1 while true
      RUBY
      pid = eventually("pid") { File.size?("#{folder}/pid") && File.read("#{folder}/pid").to_i }
      launcher = launcher_of(pid)
      terminal.hang_up
      eventually("HUP") { File.exist?("#{folder}/hup") }
      eventually("the end of both") { !alive?(pid) && !alive?(launcher) }
    end
  end

  it "may print ten megabytes at once" do
    start(<<~'RUBY', "--output", "all.txt")
      $stdout.sync = true
      sleep 0.5
      line = "x" * 99
      100_000.times { |n| puts "#{n} #{line}" }
      exit 2
    RUBY
    terminal.wait_for(/ended with status 2/, seconds: 60)
    terminal.press("q")
    expect_end(2)
    lines = File.readlines(File.join(terminal.folder, "all.txt"), chomp: true)
    expect(lines.map(&:to_i)).to eq([*0...100_000])
    expect(terminal.text.scan(/^(\d+) x/).flatten.map(&:to_i)).to eq([*0...100_000])
  end

  it "may print anything: no new line, bytes that are no text, escape sequences" do
    bytes = "\xff\xfe torn \xe2\x82 \e]0;title\a \e[2J\e[31mred\e[0m\r\nnext\ttab\rover\n\n no end"
    start("$stdout.binmode\n$stdout.write(#{bytes.dump})\n$stdout.flush\nsleep 1", "--output", "all.bin")
    terminal.press("l")
    terminal.wait_for(/no end/)
    terminal.wait_for(/ended with status 0/)
    terminal.press("q")
    # A prompt below what has no end.
    terminal.wait_for(/no end\$/)
    terminal.enter("echo rea''dy")
    terminal.wait_for(/^ready\n\$\s*\z/)
    expect(File.binread(File.join(terminal.folder, "all.bin"))).to eq(bytes.b)
    expect(terminal.state).to eq(@before)
  end

  it "says why a file for its output cannot be used" do
    expect(terminal.run(Terminal.top("--output", "/no/where", RbConfig.ruby, "-e", "1")))
      .to match(%r{\Amemory-tracker-top: /no/where cannot be written: No such file or directory$})
    expect(terminal.run("#{Terminal.top("--output", File::NULL, RbConfig.ruby, "-e", "1")}; echo $?"))
      .to eq("memory-tracker-top: #{File::NULL} cannot be written: it is not a file\n125\n")
  end

  it "has what it prints appended to a file that is there, of which nothing is shown" do
    File.write(File.join(terminal.folder, "log.txt"), "printed long ago\n")
    start("puts 'printed now'\nsleep 1\nexit 4", "--output", "log.txt", "--no-wait")
    terminal.press("l")
    expect_end(4)
    expect(File.read(File.join(terminal.folder, "log.txt"))).to eq("printed long ago\nprinted now\n")
    expect([count("printed long ago"), count("printed now")]).to eq([0, 1])
  end

  it "is not started when its recording exists or cannot be written, or its output cannot" do
    File.write(File.join(terminal.folder, "there"), "")
    program = [RbConfig.ruby, "-e", "File.write('started', '')"]
    { %w[--record there] => 64, %w[--record /no/where] => 125, %w[--record new --output /no/where] => 125 }
      .each do |options, status|
      said = terminal.run("#{Terminal.top(*options, *program)}; echo $?")
      expect(said).to match(/\Amemory-tracker-top: .*\n#{status}\n\z/m)
    end
    expect(%w[started new].map { |name| File.exist?(File.join(terminal.folder, name)) }).to eq([false, false])
    expect(File.size(File.join(terminal.folder, "there"))).to eq(0)
  end

  it "leaves no recording behind when the command does not exist" do
    expect(terminal.run("#{Terminal.top("--record", "new", "./nothing")}; echo $?")).to end_with("\n127\n")
    expect(Dir.children(terminal.folder).grep(/new/)).to be_empty
  end

  it "is left as soon as it ends with --no-wait" do
    start("puts 'done'\nsleep 1\nexit 8", "--no-wait")
    expect_end(8)
    expect(count(/^done$/)).to eq(1)
  end

  it "need not exist" do
    expect(terminal.run("#{Terminal.top("./nothing")}; echo $?"))
      .to eq("memory-tracker-top: cannot run ./nothing: there is no such command\n127\n")
    expect(terminal.run("#{Terminal.top(terminal.folder)}; echo $?")).to end_with(": it is a directory\n126\n")
  end

  it "may be no Ruby at all, which is said" do
    @before = terminal.state
    terminal.start(Terminal.top("sh", "-c", "echo hello; read answer; echo got $answer; exit 5"))
    terminal.wait_for(/no Ruby has reported yet/)
    terminal.press("q")
    terminal.wait_for { terminal.raw? }
    terminal.enter("this")
    expect_end(5)
    expect(terminal.text).to match(/^hello\nthis\ngot this\n(?:.*\n)?memory-tracker-top: no Ruby reported/)
  end

  it "may be a shell script that starts Rubies, one after the other" do
    script = terminal.write("script.sh", <<~SH)
      #{Terminal.ruby("-e", "class First; end; $k = Array.new(71) { First.new }; sleep 1").sub(/\Aenv /, "")}
      #{Terminal.ruby("-e", "class Second; end; $k = Array.new(72) { Second.new }; $stdin.gets").sub(/\Aenv /, "")}
    SH
    start_command(Terminal.top("--interval", "0.2", "sh", script))
    terminal.press("/")
    terminal.type("st")
    terminal.wait_for(/\s71\s.*First$/)
    terminal.press("BSpace", "BSpace")
    terminal.type("second")
    terminal.wait_for(/\s72\s.*Second$/)
    terminal.press("Enter", "Q", "y")
    terminal.status
    expect(terminal.state).to eq(@before)
  end

  it "may fork, and Tab walks through its processes" do
    start(<<~RUBY)
      class Master; end
      class Worker; end
      masters = Array.new(11) { Master.new }
      2.times { |n| fork { workers = Array.new(20 + n) { Worker.new }; sleep } }
      sleep
    RUBY
    terminal.wait_for(/Tab process/)
    terminal.press("Tab")
    terminal.wait_for(/── processes.*\n.*PID.*COMMAND.*LIVE.*\n ▸ +\d+ .*\n.*\n.*\n +3 processes/)
    terminal.press("/")
    terminal.type("er")
    terminal.wait_for(/\s11\s.*Master$/)
    terminal.press("Enter", "Tab")
    terminal.wait_for(/\s2[01]\s.*Worker$/)
    terminal.press("BTab")
    terminal.wait_for(/\s11\s.*Master$/)
    terminal.press("Q", "y")
    expect_end(130)
  end

  it "is said to be stopped, and by what it goes on" do
    start("File.write('pid', $$)\nsleep 0.1 while true")
    pid = read_when_there("pid").to_i
    Process.kill(:STOP, pid)
    terminal.wait_for(/^ the program is stopped/)
    terminal.press("Q", "y")
    expect_end(130)
  end

  it "may become another program, which is said" do
    start("sleep 0.5\nexec('sh', '-c', 'sleep 100')")
    terminal.wait_for(/^ this process has ended, or has become another program/)
    terminal.press("Q", "y")
    expect_end(130)
  end

  # Children of ASan's may wait for its allocator: see .ci/specs-under-asan.
  it "leaves no folder and no process behind", unless: SpecSupport.sanitized? do
    # The user's own has folders of other launchers, too. A longer path would leave no room for a socket.
    runtime = Dir.mktmpdir("r")
    terminal.run("export XDG_RUNTIME_DIR=#{runtime}")
    start("20.times { fork { exit! } }\nProcess.waitall\nFile.write('pid', $$)\nsleep 0.5")
    pid = read_when_there("pid").to_i
    launcher = launcher_of(pid)
    terminal.wait_for(/ended with status 0/)
    terminal.press("q")
    expect(terminal.status).to eq(0)
    expect(Dir.children(File.join(runtime, "memory-tracker"))).to be_empty
    eventually("the end of all") { !alive?(pid) && !alive?(launcher) }
  ensure
    FileUtils.rm_rf(runtime)
  end
end
