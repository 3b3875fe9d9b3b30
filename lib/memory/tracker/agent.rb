# frozen_string_literal: true

# Makes a program observable. It is loaded by the program itself, and then lets `memory-tracker-top --attach` look into
# it; or by `memory-tracker-top`, through RUBYOPT and RUBYLIB, before the program.
#
# Then every Ruby that the program starts loads this file, other versions and other implementations too. So it is
# written in a syntax that all of them read, defines nothing, and loads what refuses another Ruby before anything else.
# Whatever goes wrong costs one line on stderr, and the program runs untracked.

directory = ENV.fetch("MEMORY_TRACKER_DIRECTORY", nil)

# There is no launcher any more when its directory is gone, and none of ours when it belongs to another user.
if directory.nil? || (File.directory?(directory) && File.writable?(directory))
  begin
    mode = directory ? ENV.fetch("MEMORY_TRACKER_MODE", "batch") : "serve"

    # That a Ruby ran here, for the launcher to know.
    report = directory && File.join(directory, Process.pid.to_s)
    report && File.open(report, "w") { |file| file.puts("untracked") }
    require "memory/tracker/abi"
    report && File.open(report, "w") { |file| file.puts("tracked") }

    # One process prints, or has the screen: the first that comes, and after its end the next. It may come again by
    # `exec`.
    first = mode != "serve" && File.open(File.join(directory, "owner"), File::RDWR | File::CREAT, 0o600) do |file|
      file.flock(File::LOCK_EX)
      owner = file.read.to_i
      alive = begin
        owner.positive? && owner != Process.pid && Process.kill(0, owner)
      rescue Errno::ESRCH
        false
      rescue Errno::EPERM
        true
      end
      unless alive
        file.rewind
        file.truncate(0)
        file.write(Process.pid.to_s)
      end
      !alive
    end

    if mode == "serve"
      require "memory/tracker/agent/serve"
      Memory::Tracker::Agent::Serve.start(ENV)
    elsif first && mode == "screen"
      require "memory/tracker/agent/screen"
      Memory::Tracker::Agent::Screen.start(ENV)
    elsif first
      require "memory/tracker/agent/report"
      Memory::Tracker::Agent::Report.start(ENV)
    end
  rescue ScriptError, StandardError => e
    begin
      # Once for all processes of the program.
      directory && File.open(File.join(directory, "notice"), File::WRONLY | File::CREAT | File::EXCL, 0o600) { nil }
      $stderr.write("memory-tracker: #{e.message.split("\n").first}; the program runs untracked\n")
    rescue StandardError
      nil
    end
  end
end
