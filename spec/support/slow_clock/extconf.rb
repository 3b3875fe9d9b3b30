# frozen_string_literal: true

require "mkmf"

# Some distributions pass this one to extensions; declarations go where they are used here.
$warnflags = "#{$warnflags.to_s.gsub("-Wdeclaration-after-statement", "")} -Wall -Wextra -Wno-unused-parameter"
$warnflags += " -Werror" if ENV["MEMORY_TRACKER_WERROR"] == "1"
append_cflags("-std=gnu11")

create_makefile("slow_clock")
