/// Leaves a provider alone that does not answer: after so many failures in a row nothing for a while, then one call to see.
struct CircuitBreaker {
    static let failuresMax = 10
    static let firstPauseMs: Int64 = 5_000
    static let pauseMsMax: Int64 = 60_000

    private var failures = 0
    private var pauseMs = CircuitBreaker.firstPauseMs
    private var openUntilMs: Int64?
    private var isProbing = false

    /// Whether calls are held back now.
    var isOpen: Bool { openUntilMs != nil }

    func allows(nowMs: Int64) -> Bool {
        guard let openUntilMs else { return true }
        return nowMs >= openUntilMs && !isProbing
    }

    /// - Precondition: ``allows(nowMs:)``
    mutating func begin() { if isOpen { isProbing = true } }

    /// An answer of whatever kind: somebody is there.
    mutating func succeeded() { self = CircuitBreaker() }

    mutating func failed(nowMs: Int64) {
        failures += 1
        if isProbing {
            isProbing = false
            pauseMs = min(Self.pauseMsMax, pauseMs * 2)
            openUntilMs = nowMs + pauseMs
        } else if openUntilMs == nil, failures >= Self.failuresMax {
            openUntilMs = nowMs + pauseMs
        }
    }

    /// The call of a try was not made: it says nothing.
    mutating func abandoned() { isProbing = false }
}
