# frozen_string_literal: true

C_SOURCES = FileList["{ext,spec,benchmark}/**/*.{c,h}"]

desc "Check the layout of Ruby and C sources, and the signatures; change nothing"
task lint: %w[lint:ruby lint:c rbs]

namespace :lint do
  desc "Check the Ruby sources"
  task(:ruby) { sh "rubocop", "--display-cop-names" }

  desc "Check the layout of the C sources"
  task :c do
    sh("clang-format", "--dry-run", "-Werror", *C_SOURCES) { |well,| abort "rake format lays them out" unless well }
  end
end

desc "Lay out C sources and mend what RuboCop can mend safely"
task :format do
  sh "clang-format", "-i", *C_SOURCES
  sh "rubocop", "--autocorrect"
end
