# frozen_string_literal: true

require "shellwords"

# Bytes from libFuzzer for what comes from outside. It needs clang with its runtime library: libclang-rt-14-dev for
# clang-14 on Debian. CLANG names the compiler.
namespace :fuzz do
  desc "Fuzz sockets and recordings for SECONDS (600), beginning with spec/native/corpus"
  task :transport do
    build = "tmp/fuzz"
    sources = FileList["ext/memory_tracker/model/snapshot.c", "ext/memory_tracker/transport/*.c",
                       "spec/native/transport_fuzz.c"]
    mkdir_p ["#{build}/found"], verbose: false
    sh(*ENV.fetch("CLANG", "clang").shellsplit, "-std=gnu11", "-D_GNU_SOURCE", "-g", "-O1", "-pthread",
       "-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all", "-Iext/memory_tracker", "-Ispec/native",
       *sources, "-o", "#{build}/transport_fuzz")
    sh("#{build}/transport_fuzz", "-max_total_time=#{ENV.fetch("SECONDS", "600")}", "-max_len=65536", "-timeout=10",
       "-rss_limit_mb=2048", "-print_final_stats=1", "-artifact_prefix=#{build}/", "#{build}/found",
       "spec/native/corpus")
  end
end
