# frozen_string_literal: true

module Memory
  module Tracker
    # All numbers of a capture at one moment. It holds no class and no object, and does not change.
    #
    # @!method facts
    #   What is true of the capture and its process as a whole.
    #   @return [Hash{Symbol => Object}] counts (`:new_count`, `:free_count`, `:live_count`, `:retained_count`,
    #     `:retained_bound` when retained is an upper bound), `:allocated_bytes` of slots (nil in a light capture),
    #     `:lost`, `:dropped`, `:paths_dropped`, `:classes_dropped`, `:events_dropped`, `:pid`, `:command` (String or
    #     nil), `:runtime`, `:time` (Time), `:seconds` since the start (Float), `:uptime` of the process in seconds
    #     (Float), `:minor_gcs`, `:major_gcs`, `:major_gcs_seen` since the start, `:heap_live_slots`, `:heap_slots`,
    #     `:rss_bytes`, `:tracker_bytes` and their `:memory_limit`, `:depth`, `:existing` (Boolean), `:path_interval`,
    #     `:light` (Boolean), `:sampled` allocations that a light capture has made its latest estimates from, and
    #     `:sampled_of`, how many these stand for, `:awaited_classes` (String or nil: the chosen classes that had no
    #     object yet, with commas between them), `:inexact_reason` (String or nil)
    #
    # @!method bytes
    #   @return [String] the snapshot as it goes over a socket or into a file
    class Snapshot
      include Enumerable

      # The counts of a class, by the name it had.
      class Row < Record
        # @return [Integer] tells classes of the same name apart; the same in all snapshots of a capture
        attr_reader :id

        # @return [String]
        attr_reader :name

        # @return [String, nil] where a class without a name comes from: the file and line that made it, when its own
        #   call path was recorded ("shop.rb:112"), else the nearest class above it that has a name
        attr_reader :origin

        # @param id [Integer]
        # @param name [String]
        # @param flags [Integer]
        # @param origin [String, nil]
        # @param counts [Array<Integer>] as for a record
        def initialize(id, name, flags, origin, *counts)
          @id = id
          @name = name
          @flags = flags
          @origin = origin
          super(*counts)
        end

        # @return [Boolean] whether this stands for hidden objects of Ruby itself, not for a class
        def internal?
          @flags.anybits?(INTERNAL)
        end

        # @return [Boolean] whether the class had no name
        def anonymous?
          @flags.anybits?(ANONYMOUS)
        end

        # @return [Boolean] whether the class itself is gone while objects of it may be left
        def unloaded?
          @flags.anybits?(UNLOADED)
        end

        # @return [Hash{Symbol => Object}]
        def to_h
          { name: name, **super }
        end
      end

      # @return [Array<Row>] all classes, and what counts without being one
      def rows
        @rows ||= class_rows.map { |row| Row.new(*row) }
      end

      # @yieldparam row [Row] of each class; those of Ruby's hidden objects are left out
      # @return [self, Enumerator]
      def each(&block)
        return to_enum unless block

        rows.each { |row| yield row unless row.internal? }
        self
      end

      # @param name [String] of a class
      # @return [Row, nil] the one with the most live objects, when several classes have this name
      def [](name)
        rows.select { |row| row.name == name }.max_by(&:live_count)
      end

      # @return [Boolean] whether it is of a light capture (see {Capture#initialize})
      def light?
        facts[:light]
      end

      # @return [Boolean] whether every event since the start of the capture was seen
      def exact?
        facts[:inexact_reason].nil?
      end
    end
  end
end
