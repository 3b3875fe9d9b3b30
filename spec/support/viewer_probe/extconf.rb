# frozen_string_literal: true

require "mkmf"

# All plain C, but for what puts a grid on a terminal by way of ncurses.
source = File.expand_path("../../../ext/memory_tracker", __dir__)
plain = Dir.glob("*/*.c", base: source).grep_v(%r{\A(?:vm|binding)/|/screen_curses}).sort

# Some distributions pass this one to extensions; declarations go where they are used here.
$warnflags = "#{$warnflags.to_s.gsub("-Wdeclaration-after-statement", "")} -Wall -Wextra -Wno-unused-parameter"
$warnflags += " -Werror" if ENV["MEMORY_TRACKER_WERROR"] == "1"
$defs << "-D_GNU_SOURCE"
$INCFLAGS << " -I#{source}"
$VPATH.push(source, *plain.map { |path| "#{source}/#{File.dirname(path)}" }.uniq)
$srcs = ["viewer_probe.c", *plain.map { |path| "#{source}/#{path}" }]
append_cflags(["-std=gnu11", "-fvisibility=hidden"])

create_makefile("viewer_probe")
