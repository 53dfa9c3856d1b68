/// Counts of a histogram that one thread keeps for itself.
public struct HistogramTally: Sendable {
    public let bounds: [Double]
    /// One more than the bounds: values above the last.
    public private(set) var counts: [UInt64]
    public private(set) var count: UInt64 = 0
    public private(set) var sum: Double = 0

    /// - Precondition: the bounds are finite and ascend.
    public init(bounds: [Double]) {
        precondition(!bounds.isEmpty && bounds.allSatisfy(\.isFinite), "bounds are finite")
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "bounds ascend")
        self.bounds = bounds
        counts = [UInt64](repeating: 0, count: bounds.count + 1)
    }

    /// Values that are not numbers are ignored.
    /// - Complexity: O(log bounds).
    public mutating func observe(_ value: Double) {
        if value.isNaN { return }
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if value <= bounds[middle] { high = middle } else { low = middle + 1 }
        }
        counts[low] += 1
        count += 1
        sum += value
    }

    mutating func add(_ other: HistogramTally) {
        precondition(bounds == other.bounds, "the tally of another histogram")
        for place in counts.indices { counts[place] += other.counts[place] }
        count += other.count
        sum += other.sum
    }

    mutating func reset() {
        for place in counts.indices { counts[place] = 0 }
        count = 0
        sum = 0
    }
}
