# frozen_string_literal: true

# A table: the line about the program, those about its processes by their numbers, and the rows by class.
BatchTable = Struct.new(:header, :processes, :more, :rows) do
  # Those that are whole: behind each is an empty line.
  def self.all(text)
    text[/\A.*\n\n/m].to_s.split(/^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  (?:pid )?\d)/).grep(/\A\d{4}-\d\d-/)
                     .map { |part| parse(part) }
  end

  def self.parse(text)
    above, below = text.split(/^  RETAINED .*\n/, 2)
    lines = above.lines(chomp: true)
    listed = lines.grep(/\A\s+\d+\s/).to_h { |line| [line.to_i, line.split(nil, 5)] }
    rows = below.lines(chomp: true).take_while { |line| !line.empty? }.map { |line| line.split(nil, 5) }
    new(lines.first, listed, lines.grep(/\Aand /), rows.to_h { |row| [row.last, row] })
  end

  def live(name)
    rows.key?(name) ? rows[name][2].delete(",").to_i : 0
  end
end
