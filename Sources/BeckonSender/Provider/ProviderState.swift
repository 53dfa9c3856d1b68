import BeckonModel

/// What a sender may ask of one provider.
public struct ProviderLimits: Sendable, Equatable {
    /// Calls a second, of this sender; nil: as many as it takes.
    public var ratePerSecond: Int?
    /// Calls that may go at once after a pause. 1 or more.
    public var burst = 1
    /// Calls under way at a time. 1 or more.
    public var callsMax = 200

    public init() {}
}

/// A provider as the window sees it: whether a call may begin now.
struct ProviderState {
    let name: String
    private let callsMax: Int
    private var bucket: TokenBucket?
    private(set) var breaker = CircuitBreaker()
    private(set) var callCount = 0
    /// It has said that it is gone for good (410).
    private(set) var isDisabled = false
    /// It has asked for a pause.
    private var pausedUntilMs = Int64.min

    /// A provider's own pause is honoured for all its calls, but not for ever: each decision has its own.
    static let pauseMsMax: Int64 = 60_000

    init(name: String, _ limits: ProviderLimits, nowMs: Int64) {
        self.name = name
        callsMax = limits.callsMax
        bucket = limits.ratePerSecond.map {
            TokenBucket(ratePerSecond: Double($0), burst: limits.burst, nowMs: nowMs)
        }
    }

    mutating func isAvailable(nowMs: Int64) -> Bool {
        !isDisabled && callCount < callsMax && nowMs >= pausedUntilMs && breaker.allows(nowMs: nowMs)
            && (bucket?.hasToken(nowMs: nowMs) ?? true)
    }

    /// - Precondition: ``isAvailable(nowMs:)``
    mutating func begin() {
        callCount += 1
        breaker.begin()
        bucket?.take()
    }

    mutating func finish(_ result: DeliveryResult, nowMs: Int64) {
        callCount -= 1
        switch result.kind {
        case .delivered, .refused: breaker.succeeded()
        case .disabled:
            breaker.succeeded()
            isDisabled = true
        case .throttled:
            breaker.succeeded()
            if let pause = result.retryAfterMs {
                pausedUntilMs = max(pausedUntilMs, nowMs + min(pause, Self.pauseMsMax))
            }
        case .unavailable, .unknown: breaker.failed(nowMs: nowMs)
        case .notStarted: breaker.abandoned()
        }
    }
}
