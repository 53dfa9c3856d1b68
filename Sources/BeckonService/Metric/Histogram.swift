import Synchronization

/// How often values fell at or below each of a few bounds. Safe from any thread.
///
/// A hot thread keeps a `HistogramTally` of its own and adds it once a batch.
public final class Histogram: Sendable {
    /// Upper bounds, ascending; a last one without bound is added.
    public let bounds: [Double]
    private let tally: Mutex<HistogramTally>

    /// From half a millisecond to ten seconds: latencies of a request or a commit.
    public static let latencySeconds: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
    /// From a hundredth of a second to a day: how late something happened that has a due time.
    public static let latenessSeconds: [Double] = [
        0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 21_600, 86_400,
    ]

    init(bounds: [Double]) {
        self.bounds = bounds
        tally = Mutex(HistogramTally(bounds: bounds))
    }

    public func observe(_ value: Double) {
        tally.withLock { $0.observe(value) }
    }

    /// Adds what `tally` has counted and empties it.
    /// - Precondition: the tally was made for the same bounds.
    public func add(_ tally: inout HistogramTally) {
        guard tally.count > 0 else { return }
        self.tally.withLock { $0.add(tally) }
        tally.reset()
    }

    /// An empty tally for one thread.
    public func makeTally() -> HistogramTally { HistogramTally(bounds: bounds) }

    var value: HistogramTally { tally.withLock { $0 } }
}
