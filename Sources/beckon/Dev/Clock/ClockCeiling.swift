import BeckonModel
import BeckonService

/// How far the virtual clock may go by now. What it did not use while it waited for the work is not made up for later.
struct ClockCeiling {
    /// Virtual seconds a real one; nil: as fast as the work goes.
    let speed: Int?
    /// The clock goes no further.
    let endMs: Milliseconds
    /// Where the clock stood when it last moved, and when that was.
    private var movedToMs: Milliseconds
    private var movedAt: Duration

    /// - Parameter elapsed: real time from any beginning, as everywhere here.
    init(speed: Int?, endMs: Milliseconds, clockMs: Milliseconds, elapsed: Duration) {
        self.speed = speed
        self.endMs = endMs
        movedToMs = clockMs
        movedAt = elapsed
    }

    /// - Parameter realNowMs: the real clock, which the virtual one does not pass; nil where it may.
    mutating func limitMs(clockMs: Milliseconds, elapsed: Duration, realNowMs: Milliseconds?) -> Milliseconds {
        if clockMs != movedToMs {
            movedToMs = clockMs
            movedAt = elapsed
        }
        var limit = min(endMs, realNowMs ?? .max)
        if let speed {
            let (way, overflow) = (elapsed - movedAt).wholeMilliseconds.multipliedReportingOverflow(by: Int64(speed))
            if !overflow { limit = min(limit, movedToMs + way) }
        }
        return max(clockMs, limit)
    }
}
