import BeckonModel

/// Carries messages to people, one channel's way.
///
/// A new one (push, SMS) says how a message becomes a call, and what each answer means as a ``DeliveryResult``. All else is the sender's: texts, attempts, order, retries,
/// limits, expiry, outcomes.
public protocol DeliveryProvider: Sendable {
    /// Makes what is sent. Called before the attempt is committed, so that what cannot be said is no attempt; again for each further
    /// attempt, with the same content as long as the messages are the same.
    func message(of content: DeliveryContent) -> Result<DeliveryMessage, MessageProblem>

    /// Begins one call, and returns at once. `done` is called exactly once, on any thread, within the provider's own time limit.
    ///
    /// - Precondition: the attempt has been committed.
    func start(_ attempt: DeliveryAttempt, _ done: @escaping @Sendable (DeliveryResult) -> Void)

    /// Ends what is under way, and the provider's threads. Calls that are cut off are done with `unknown`.
    func stop()
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
