# frozen_string_literal: true

require "mkmf"

usual = $warnflags.to_s.gsub("-Wdeclaration-after-statement", "")
$warnflags = "#{usual} -Wall -Wextra -Wno-unused-parameter"
$warnflags += " -Werror" if ENV["MEMORY_TRACKER_WERROR"] == "1"
create_makefile("bare_hooks")
