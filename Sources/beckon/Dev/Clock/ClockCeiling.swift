import BeckonModel
import BeckonService

/// How far the virtual clock may be after so much real time.
struct ClockCeiling {
    /// Where the clock stood when the ceiling began to count.
    let startMs: Milliseconds
    /// Virtual seconds a real one; nil: as fast as the work goes.
    let speed: Int?
    /// The clock goes no further.
    let endMs: Milliseconds

    /// - Parameters:
    ///   - elapsed: real time since the ceiling began to count.
    ///   - realNowMs: the real clock, which the virtual one does not pass; nil where it may.
    func limitMs(elapsed: Duration, realNowMs: Milliseconds?) -> Milliseconds {
        var limit = min(endMs, realNowMs ?? .max)
        if let speed {
            let (product, overflow) = elapsed.wholeMilliseconds.multipliedReportingOverflow(by: Int64(speed))
            if !overflow { limit = min(limit, startMs + product) }
        }
        return max(startMs, limit)
    }
}
