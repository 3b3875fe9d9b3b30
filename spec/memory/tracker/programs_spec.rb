# frozen_string_literal: true

require "json"
require "net/http"

require_relative "cli/run_top"

RSpec.describe "real programs", :top do
  describe "a Sinatra application under Puma" do
    let(:directory) { File.join(RunTop::PROGRAMS, "sinatra") }
    let(:command) do
      [RunTop::RUBY, Gem.bin_path("puma", "puma"), "--bind", "tcp://127.0.0.1:0", "--threads", "4:4",
       "--environment", "production", "config.ru"]
    end
    # The gems come from where those of the specs come from.
    let(:env) do
      bundler = ENV.to_h.slice(*clean_environment.keys).reject { |name, _| name.start_with?("MEMORY_TRACKER_") }
      bundler.merge("HEAP_WALK" => File.join(SpecSupport::EXTENSIONS, "spec/support/heap_walk/heap_walk"))
    end

    def get(port, path)
      response = Net::HTTP.start("127.0.0.1", port, open_timeout: 10, read_timeout: 30) { |http| http.get(path) }
      expect(response.code).to eq("200"), response.body
      response.body
    end

    # 400 requests by four clients at a time.
    # @return [Array<String>] the answers
    def order_much(port)
      Array.new(4) do |client|
        Thread.new { Array.new(100) { |n| get(port, "/order/article-#{client}-#{n}") } }
      end.flat_map(&:value)
    end

    # @return [Hash{String => Array<Integer>}] retained and live of the application's classes in the last whole table
    def last_table(text)
      table = text.split(/^\s*RETAINED /).drop(1).grep(/\n\n/).last.to_s
      table.scan(/^\s*≤?([\d,]+)\s+\S+\s+([\d,]+)\s+\S+\s+(Shop::\S+)$/).to_h do |retained, live, name|
        [name, [retained, live].map { |number| number.delete(",").to_i }]
      end
    end

    it "serves every request and shows what the heap holds" do
      options = %w[--batch --interval 0.2 --limit 100000]
      start_top(*options, *command, env: env, chdir: directory, rlimit_core: 0) do |pid, output|
        transcript = RunTop::Transcript.new(output)
        port = eventually("a port in #{transcript.text}") { transcript.text[%r{http://127\.0\.0\.1:(\d+)}, 1] }.to_i

        numbers = order_much(port).map { |answer| answer[/\Aorder (\d+) of article-\d-\d+\z/, 1].to_i }
        expect(numbers).to match_array(1..400)

        census = JSON.parse(get(port, "/census"))
        expect(census).to include("differences" => {}, "exact" => true)
        expect(census["counts"]).to include("Shop::Order" => 400, "Shop::Article" => 10)

        before = transcript.size
        counts = census["counts"].slice("Shop::Order", "Shop::Article", "Shop::Store")
        eventually("the census's numbers in a table") do
          counts.all? { |name, count| last_table(transcript.since(before))[name] == [count, count] }
        end

        # Not by TERM: releases of Puma hang in their handler of it when Ruby is 3.3 or later and any thread is left.
        Process.kill("QUIT", pid)
        expect(status_of(pid).exitstatus).to eq(131)
        eventually("the last table") { transcript.text.include?("ended") && last_table(transcript.text).any? }
        expect(last_table(transcript.text)).to include("Shop::Order" => [400, 400], "Shop::Article" => [10, 10])
      end
    end
  end
end
