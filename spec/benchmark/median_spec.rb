# frozen_string_literal: true

require_relative "../../benchmark/median"

RSpec.describe Median do
  it "is the value in the middle, of one value that value" do
    expect(described_class.of([3, 1, 2]).value).to eq(2)
    expect(described_class.of([5])).to eq(described_class.exactly(5))
  end

  it "lies between two of the values, which come closer together the more values there are" do
    few = described_class.of((1..9).to_a.shuffle)
    many = described_class.of((1..101).to_a.shuffle)

    expect([few.low, few.value, few.high]).to eq([2, 5, 8])
    expect([many.low, many.value, many.high]).to eq([41, 51, 61])
    expect(many.to_s).to eq("51.000 (41.000 to 61.000)")
  end

  it "has the true one in its interval about as often as it says" do
    random = Random.new(7)
    right = Array.new(2000) { described_class.of(Array.new(51) { random.rand**3 }) }
                 .count { |median| (median.low..median.high).cover?(0.125) }

    expect(right / 2000.0).to be_between(0.94, 0.985)
  end
end
