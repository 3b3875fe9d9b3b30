# frozen_string_literal: true

require "io/console"
require "pty"
require "tmpdir"

module Torture
  # The viewer on a terminal while signals interrupt every system call and keys come at random; and on one that takes
  # nothing any more.
  module Terminals
    NUISANCE = File.join(SpecSupport::EXTENSIONS, "spec/support/nuisance/nuisance").freeze
    KEYS = ["j", "k", "\e[A", "\e[B", " ", "\r", "/", "a", "\e", "<", ">", "b", "d", "g", "h", "?", "i", "v", "l", "*",
            "e", "o", "F", "[", "]", "\t", "\f", "I", "\x7f", "\e[5~", "\e[6~", "\eOP"].freeze

    module_function

    def run(seconds)
      # What is not read stays in the terminal, which then takes no more.
      full(front: false)
      counts = { front: 0, beside: 0 }
      signals = 0
      Torture.repeat(seconds) do |number|
        front = number.even?
        signals += shown(Random.new(Torture.seed + number), front: front)
        counts[front ? :front : :beside] += 1
      end
      Torture.say("#{counts}, #{signals} signals")
    end

    # Presses keys at random until the program is through with its work.
    def shown(random, front:)
      start(front: front, rate: 1000, rounds: 300) do |terminal, keyboard, pid, file|
        reader = Thread.new { read_all(terminal) }
        status = press_until_ended(keyboard, pid, random)
        screen = reader.value
        where = front ? "in front" : "beside"
        Torture.check(status&.exitstatus == 5, "the viewer #{where} ended with #{status.inspect}", screen.inspect)
        File.read(file).split.last.to_i
      end
    end

    def press_until_ended(keyboard, pid, random)
      deadline = Torture.now + 60
      until (status = ended(pid))
        return kill(pid) if Torture.now > deadline

        key = KEYS[random.rand(KEYS.size)]
        # The last ones leave the viewer, from wherever it is.
        key = "\e" if Torture.now > deadline - 55 && random.rand(3).zero?
        key = "q" if Torture.now > deadline - 55 && random.rand(3).zero?
        type(keyboard, key)
        sleep 0.005
      end
      status
    end

    def type(keyboard, key)
      keyboard.write_nonblock(key)
    rescue IO::WaitWritable, SystemCallError
      nil
    end

    # Nobody reads: the program works on, and ends with its own status once somebody does.
    def full(front:)
      start(front: front, rate: 0, rounds: 1500) do |terminal, keyboard, pid, file|
        wait("the program to go on") { File.exist?(file) && File.read(file).to_i >= 1400 }
        reader = Thread.new { read_all(terminal) }
        status = nil
        wait("the end") { (type(keyboard, "q") || true) && (status = ended(pid)) }
        Torture.check(status.exitstatus == 5, "on a full terminal it ended with #{status}", reader.value.inspect)
        Torture.say("a terminal that takes nothing does not stop the program")
      end
    end

    def start(front:, rate:, rounds:)
      Dir.mktmpdir do |folder|
        file = File.join(folder, "progress")
        given = { front: front, rate: rate, rounds: rounds, file: file, nuisance: NUISANCE }
        script = File.join(folder, "shown.rb")
        File.write(script, "GIVEN = #{given.inspect}.freeze\n#{File.read(File.join(__dir__, "../programs/shown.rb"))}")
        result = nil
        # What the keys change is nobody's.
        env = { "TERM" => "xterm-256color", "MEMORY_TRACKER_SETTINGS" => File.join(folder, "settings") }
        command = [RbConfig.ruby, "-I", File.join(ROOT, "lib"), "-r", "memory/tracker", script]
        PTY.spawn(env, *command) do |terminal, keyboard, pid|
          terminal.winsize = [30, 120]
          result = yield(terminal, keyboard, pid, file)
        ensure
          kill(pid)
        end
        result
      end
    end

    def read_all(terminal)
      text = +""
      loop { text = (text + terminal.readpartial(65_536)).byteslice(-4000, 4000) || text }
    rescue SystemCallError, EOFError
      text
    end

    def ended(pid)
      _, status = Process.wait2(pid, Process::WNOHANG)
      status
    rescue Errno::ECHILD
      nil
    end

    def kill(pid)
      Process.kill(:KILL, pid)
      Process.wait(pid)
      nil
    rescue Errno::ESRCH, Errno::ECHILD
      nil
    end

    def wait(what, seconds: 60)
      deadline = Torture.now + seconds
      until yield
        Torture.check(Torture.now < deadline, "waited #{seconds} s in vain for #{what}")
        sleep 0.02
      end
    end
  end

  stage "terminals", Terminals, weight: 1
end
