import BeckonModel

/// The provider `log`: hands each attempt to a closure that writes it down. It stands in for any other, for development.
public struct LogProvider: DeliveryProvider {
    private let write: @Sendable (DeliveryAttempt) -> Void

    /// - Parameter write: called on the sender's thread, in the order of each person's decisions.
    public init(write: @escaping @Sendable (DeliveryAttempt) -> Void) {
        self.write = write
    }

    public func message(for decision: Decision, record: [UInt8]) -> Result<DeliveryMessage, MessageProblem> {
        .success(DeliveryMessage(contentType: "application/json", body: record))
    }

    public func start(_ attempt: DeliveryAttempt, _ done: @escaping @Sendable (DeliveryResult) -> Void) {
        write(attempt)
        done(.delivered)
    }

    public func stop() {}
}
