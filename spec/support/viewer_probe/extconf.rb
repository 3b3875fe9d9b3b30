# frozen_string_literal: true

require "mkmf"

# The viewer's own sources, but for those that put a grid on a terminal.
source = File.expand_path("../../../ext/memory_tracker", __dir__)
viewer = Dir.glob("viewer/*.c", base: source).grep_v(%r{/screen_})
needed = ["base/descriptor.c", "model/snapshot.c", *viewer.sort]

# Some distributions pass this one to extensions; declarations go where they are used here.
$warnflags = "#{$warnflags.to_s.gsub("-Wdeclaration-after-statement", "")} -Wall -Wextra -Wno-unused-parameter"
$warnflags += " -Werror" if ENV["MEMORY_TRACKER_WERROR"] == "1"
$defs << "-D_GNU_SOURCE"
$INCFLAGS << " -I#{source}"
$VPATH.push(source, "#{source}/base", "#{source}/viewer", "#{source}/model")
$srcs = ["viewer_probe.c", *needed.map { |path| "#{source}/#{path}" }]
append_cflags(["-std=gnu11", "-fvisibility=hidden"])

create_makefile("viewer_probe")
