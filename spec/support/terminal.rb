# frozen_string_literal: true

require "fileutils"
require "open3"
require "rbconfig"
require "shellwords"
require "tmpdir"

# A real terminal with a shell in it, driven as a person does: keys are typed, the screen is read. Nothing is waited for
# blindly; what does not come within the deadline fails with the screen as it is then.
class Terminal
  ROOT = SpecSupport::ROOT
  TOP = File.join(ROOT, "exe/memory-tracker-top")

  # What of the environment the shell gets; not that of Bundler, nor what is preloaded for a sanitizer.
  KEPT = %w[PATH HOME TMPDIR LANG GEM_HOME GEM_PATH].freeze

  # What makes a Ruby work that an extension with a sanitizer is loaded into.
  PRELOADED = %w[LD_PRELOAD ASAN_OPTIONS UBSAN_OPTIONS TSAN_OPTIONS].freeze

  class << self
    # Gives the block a terminal, and ends all that runs in it afterwards.
    def open(**options)
      terminal = new(**options)
      yield terminal
    ensure
      terminal&.close
    end

    # The beginning of a command line that runs Ruby with this library.
    def ruby(*arguments)
      preloaded = PRELOADED.filter_map { |name| "#{name}=#{ENV[name].shellescape}" if ENV[name] }
      paths = $LOAD_PATH.grep(%r{\A#{Regexp.escape(ROOT)}(?:/lib)?}).uniq | [File.join(ROOT, "lib")]
      words = [RbConfig.ruby, *paths.flat_map { |path| ["-I", path] }, *arguments]
      ["env", *preloaded, words.shelljoin].join(" ")
    end

    # A command line that runs `memory-tracker-top`.
    def top(*arguments)
      ruby(TOP, *arguments)
    end
  end

  # @return [String] a folder of its own, where the shell is
  attr_reader :folder

  def initialize(columns: 100, lines: 30, env: {})
    @folder = Dir.mktmpdir("terminal-")
    @socket = File.join(@folder, "tmux")
    # Not through the environment: some shells have their own prompt for root.
    kept = ENV.to_h.slice(*KEPT).merge("LC_ALL" => "C.UTF-8", "ENV" => write("shellrc", "PS1='$ '"),
                                       "MEMORY_TRACKER_SETTINGS" => "", **env)
    config = write("tmux.conf", "set-option -g history-limit 400000\n")
    system(kept, "tmux", "-S", @socket, "-f", config, "-u", "new-session", "-d", "-s", "main", "-x", columns.to_s,
           "-y", lines.to_s, "-c", @folder, "sh", unsetenv_others: true, exception: true)
    @client = IO.popen(kept, ["tmux", "-S", @socket, "-u", "-C", "attach-session", "-t", "main", "-f",
                              "no-output,ignore-size"], "r+", unsetenv_others: true, external_encoding: "UTF-8")
    wait_for(/\A\$\s*\z/)
  rescue StandardError
    close
    raise
  end

  def close
    hang_up if @client
  ensure
    FileUtils.rm_rf(@folder)
  end

  # Closes the terminal under what runs in it.
  def hang_up
    return if @client.closed?

    @client.puts("kill-server")
    # It waits until all is read.
    @client.read
  rescue Errno::EPIPE
    # It has ended with its last shell.
    nil
  ensure
    @client.close
  end

  # Types text as it is.
  def type(text)
    tmux("send-keys", "-t", "main", "-l", text)
  end

  # Presses keys by their tmux names: "Enter", "Down", "C-c", "q".
  def press(*keys)
    tmux("send-keys", "-t", "main", *keys)
  end

  # Types a line, and goes on at once.
  def enter(line)
    type(line)
    press("Enter")
  end

  # Clicks with the left button on a cell, which counts from 1, as a terminal tells that.
  def click(column, line)
    bytes = %w[M m].flat_map { |last| "\e[<0;#{column};#{line}#{last}".bytes }
    tmux("send-keys", "-t", "main", "-H", *bytes.map { |byte| byte.to_s(16) })
  end

  # Pastes text as a terminal does: marked as such where that was asked for.
  def paste(text)
    system("tmux", "-S", @socket, "load-buffer", "-b", "pasted", write("pasted", text), exception: true)
    tmux("paste-buffer", "-p", "-r", "-b", "pasted", "-t", "main")
  end

  # Starts a command line in the shell.
  def start(command)
    type(command)
    typed = command.delete(" ")[-20..] || command.delete(" ")
    wait_for { |screen| screen.delete(" \n").end_with?(typed) }
    press("Enter")
  end

  # Runs a command line in the shell, to its end.
  # @return [String] what it printed
  def run(command)
    mark = "end-#{rand(1 << 32)}"
    # The mark is not on the screen before it is printed.
    start("#{command}; echo '#{mark[0, 4]}''#{mark[4..]}'")
    # What is typed before the prompt is there is shown above it.
    wait_for(/^#{mark}$.*^\$/m)
    text.split("; echo 'end-''#{mark[4..]}'\n").last.split(/^#{mark}$/).first.to_s
  end

  # @return [String] the screen as it is
  def screen
    tmux("capture-pane", "-p", "-t", "main")
  end

  # @return [String] the screen as it is, with the sequences that colour and style it
  def styled_screen
    tmux("capture-pane", "-p", "-e", "-t", "main")
  end

  # @return [String] the screen, and all that has scrolled out of it
  def text
    tmux("capture-pane", "-p", "-J", "-t", "main", "-S", "-", "-E", "-")
  end

  def lines
    screen.lines(chomp: true)
  end

  # Waits until the screen matches.
  # @return [MatchData, Object] what the pattern, or the block, gave
  def wait_for(pattern = nil, seconds: 30)
    deadline = now + seconds
    loop do
      found = pattern ? pattern.match(screen) : yield(screen)
      return found if found
      raise "waited #{seconds} s in vain for #{pattern&.inspect || "it"} on the screen:\n#{screen}" if now > deadline

      sleep 0.02
    end
  end

  # Waits until the viewer is shown, with numbers on it.
  def wait_for_viewer
    wait_for(/ memory-tracker .*\n live .*\n.*\n\s+RETAINED.*CLASS/)
  end

  # Waits until the shell has the terminal again. Only once after what was entered last, and not after `run`.
  # @return [Integer] the exit status of the command
  def status
    # Some versions of irb leave their input non-blocking, and some shells say that they mend it.
    wait_for(/^\$(?: sh: turning off NDELAY mode)?\s*\z/)
    run("echo status $?")[/status (\d+)/, 1].to_i
  end

  # The names of the classes that are shown, from the top.
  def classes
    lines.drop_while { |line| !line.include?("RETAINED") }.drop(1)
         .filter_map { |line| line[/\A[ \d,≤~+-].*\s([A-Z(][\w:]*)\s*\z/, 1] }
  end

  def resize(columns, lines)
    tmux("resize-window", "-t", "main", "-x", columns.to_s, "-y", lines.to_s)
  end

  # The state of the terminal that a program should leave as it found it.
  def state
    { modes: run("stty -g").strip, cursor: flag("cursor_flag"), alternate: flag("alternate_on"),
      keypad: flag("keypad_flag"), mouse: flag("mouse_any_flag") }
  end

  # Whether what runs in the terminal is told what the mouse does.
  def mouse?
    flag("mouse_any_flag") == "1"
  end

  # Whether every key goes to what runs in the terminal as it is, as the console of a program wants it.
  def raw?
    modes, = Open3.capture2("stty", "-F", flag("pane_tty"), "-a")
    modes.include?("-isig")
  end

  def alternate?
    flag("alternate_on") == "1"
  end

  def write(name, content)
    File.join(@folder, name).tap { |path| File.write(path, content) }
  end

  private

  def flag(name)
    tmux("display-message", "-p", "-t", "main", "\#{#{name}}").chomp
  end

  # Asks one client for everything: a process for each command takes longer than the command.
  # @return [String] what it printed
  # @see https://man.openbsd.org/tmux#CONTROL_MODE
  def tmux(*words)
    @client.puts(words.map { |word| "'#{word.gsub("'", "'\\\\''")}'" }.join(" "))
    number = read_until(/\A%begin (\d+ \d+) 1$/).first
    output = +""
    result = read_until(/\A%(end|error) #{number} 1$/) { |line| output << line }.first
    raise "tmux #{words.first}: #{output}" if result == "error"

    output
  end

  # Reads lines until one matches.
  # @return [Array<String>] what the pattern has caught in it
  def read_until(pattern)
    while (line = @client.gets)
      found = pattern.match(line.scrub)
      return found.captures if found

      yield line if block_given?
    end
    raise "tmux has ended"
  end

  def now
    Process.clock_gettime(Process::CLOCK_MONOTONIC)
  end
end
