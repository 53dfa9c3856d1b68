import BeckonModel

/// When a failed delivery is tried again.
enum RetrySchedule {
    /// After the first failure, the second, …; the last one holds for all further.
    static let delaysMs: [Int64] = [
        1_000, 5_000, 30_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000,
    ]
    /// Failures after which it is given up, whatever time is left.
    static let failuresMax = 16
    /// A try that is further away goes through the retries topic, and the offset is free.
    static let shortDelayMsMax: Int64 = 10_000
    /// What a provider may ask for at most by Retry-After.
    static let retryAfterMsMax: Int64 = 86_400_000

    /// - Parameters:
    ///   - failures: so far, at least 1.
    ///   - spread: from 0 up to 1: how much of the jitter, which takes away up to half. Many that failed together do not
    ///     come back together.
    static func delayMs(failures: Int, retryAfterMs: Int64?, spread: Double) -> Int64 {
        precondition(failures >= 1 && spread >= 0 && spread < 1)
        let whole = delaysMs[min(failures, delaysMs.count) - 1]
        let delay = whole - Int64(Double(whole) / 2 * spread)
        // What a provider has asked for is not shortened, but spread behind.
        guard let retryAfterMs else { return delay }
        return max(delay, min(retryAfterMs, retryAfterMsMax) + Int64(1_000 * spread))
    }
}
