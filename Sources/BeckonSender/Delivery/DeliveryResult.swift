import BeckonModel

/// What became of one call.
public struct DeliveryResult: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        /// The provider has taken the message over.
        case delivered
        /// It will not take this message: trying again would not help.
        case refused
        /// It did not take it now, because of its own limits.
        case throttled
        /// It cannot be reached, or has trouble of its own, such as a login that it refuses: it has not taken the message.
        case unavailable
        /// The message, or a part of it, was sent, and no answer says what became of it.
        case unknown
        /// It is gone for good: nothing is to be sent there any more.
        case disabled
        /// The call was not made: it would have begun too long after its commit.
        case notStarted
    }

    public let kind: Kind
    /// A word or a provider's number, such as `404` or `timeout`: for outcomes and metrics, so neither address nor text.
    public let code: String
    /// The provider asks not to be called again before, milliseconds from now.
    public var retryAfterMs: Int64?

    public init(_ kind: Kind, code: String, retryAfterMs: Int64? = nil) {
        self.kind = kind
        self.code = code
        self.retryAfterMs = retryAfterMs
    }

    public static let delivered = DeliveryResult(.delivered, code: "")
}
