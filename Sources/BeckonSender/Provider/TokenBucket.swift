/// At most so many calls a second, after a burst of at most so many.
struct TokenBucket {
    private let ratePerSecond: Double
    private let burst: Double
    private var tokens: Double
    private var filledAtMs: Int64

    /// - Parameters:
    ///   - ratePerSecond: above zero.
    ///   - burst: at least 1.
    init(ratePerSecond: Double, burst: Int, nowMs: Int64) {
        precondition(ratePerSecond > 0 && burst >= 1, "\(ratePerSecond) a second, bursts of \(burst)")
        self.ratePerSecond = ratePerSecond
        self.burst = Double(burst)
        tokens = Double(burst)
        filledAtMs = nowMs
    }

    mutating func hasToken(nowMs: Int64) -> Bool {
        if nowMs > filledAtMs {
            tokens = min(burst, tokens + Double(nowMs - filledAtMs) / 1_000 * ratePerSecond)
            filledAtMs = nowMs
        }
        // What was added in many small steps may lack a trifle of a whole one.
        return tokens >= 1 - 1e-9
    }

    /// - Precondition: ``hasToken(nowMs:)`` has just said so.
    mutating func take() { tokens = max(0, tokens - 1) }
}
