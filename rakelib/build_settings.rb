# frozen_string_literal: true

require "fileutils"
require "rake"

# A file with what a build depends on besides its sources' contents: settings from the environment and, where asked
# for, which sources there are. It is out of date when its text would differ, so what depends on it is made again then.
class BuildSettings < Rake::FileTask
  NAMES = %w[CC CFLAGS MEMORY_TRACKER_LAZY_BINDING MEMORY_TRACKER_VERIFY MEMORY_TRACKER_WERROR SANITIZE].freeze

  attr_accessor :text

  def self.in(folder, sources: [])
    settings = NAMES.map { |name| "#{name}=#{ENV.fetch(name, nil)}" }
    file = define_task("#{folder}/build-settings") do |task|
      FileUtils.mkdir_p(folder)
      # What compilers wrote down there may name sources that have been moved since; all is compiled again anyway.
      FileUtils.rm_f(Dir.glob("#{folder}/*.d"))
      File.write(task.name, task.text)
    end
    file.text = [*settings, *sources].join("\n")
    file
  end

  def needed?
    !File.exist?(name) || File.read(name) != text
  end
end
