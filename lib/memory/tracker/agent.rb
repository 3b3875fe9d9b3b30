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
    # For the launcher to know that a Ruby ran here.
    directory && File.open(File.join(directory, "reported"), File::WRONLY | File::CREAT, 0o600) { nil }
    require "memory/tracker/abi"

    if directory && ENV["MEMORY_TRACKER_MODE"] == "screen"
      require "memory/tracker/agent/screen"
      Memory::Tracker::Agent::Screen.start(ENV)
    else
      require "memory/tracker/agent/serve"
      Memory::Tracker::Agent::Serve.start(ENV)
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
