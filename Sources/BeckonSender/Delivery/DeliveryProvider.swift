import BeckonModel

/// Carries messages to people, one channel's way.
///
/// A new one (SMTP, push, SMS) says how a message becomes a call, and what each answer means as a ``DeliveryResult``. All else is the sender's: attempts, order, retries,
/// limits, expiry, outcomes.
public protocol DeliveryProvider: Sendable {
    /// Makes the message of a decision. Called before the attempt is committed, so that what cannot be said is no attempt.
    /// - Parameter record: the decision's JSON as it stands on the log.
    func message(for decision: Decision, record: [UInt8]) -> Result<DeliveryMessage, MessageProblem>

    /// Begins one call, and returns at once. `done` is called exactly once, on any thread, within the provider's own time limit.
    ///
    /// - Precondition: the attempt has been committed.
    func start(_ attempt: DeliveryAttempt, _ done: @escaping @Sendable (DeliveryResult) -> Void)

    /// Ends what is under way, and the provider's threads. Calls that are cut off are done with `unknown`.
    func stop()
}

/// A message as a provider sends it.
public struct DeliveryMessage: Sendable, Equatable {
    public let contentType: String
    public let body: [UInt8]

    public init(contentType: String, body: [UInt8]) {
        self.contentType = contentType
        self.body = body
    }
}

/// Why a decision has no message.
public struct MessageProblem: Error, Sendable, Equatable {
    /// A word, such as `tooLarge`: it becomes the outcome's code.
    public let code: String

    public init(code: String) { self.code = code }
}

/// One try to deliver a decision.
public struct DeliveryAttempt: Sendable, Equatable {
    public let decision: Decision
    public let message: DeliveryMessage
    /// From 1.
    public let number: Int
    public let guarantee: DeliveryGuarantee
    /// By the sender's clock.
    public let attemptedAtMs: Milliseconds
    /// By the process's clock: later the call must not begin.
    public let beginsBeforeMs: Int64

    /// The same for each attempt of one decision: a provider that sees it twice delivers once.
    public var idempotencyKey: String { decision.id }
}
