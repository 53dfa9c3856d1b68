import BeckonModel

/// Carries messages to people, one channel's way. The place where email, push, SMS and webhooks will come.
public protocol DeliveryProvider: Sendable {
    /// In metrics: a word from a closed set.
    var name: String { get }

    /// Delivers one decision. Called on the sender's thread, which waits for it: no decision of its partitions is
    /// attempted meanwhile.
    func deliver(_ attempt: DeliveryAttempt) -> DeliveryResult
}

/// One try to deliver a decision.
public struct DeliveryAttempt: Sendable, Equatable {
    public let decision: Decision
    /// By the sender's clock.
    public let attemptedAtMs: Milliseconds

    /// The same for each attempt of one decision: a provider that sees it twice delivers once.
    public var idempotencyKey: String { decision.id }
}

/// What a provider says of an attempt.
public enum DeliveryResult: Sendable, Equatable {
    /// The provider has taken the message over.
    case accepted
    /// It will not take this message, for the reason in words.
    case refused(String)

    var label: String {
        switch self {
        case .accepted: "accepted"
        case .refused: "refused"
        }
    }
}
