/// The channel `log`: hands each attempt to a closure that writes it down. It stands in for any other channel.
public struct LogProvider: DeliveryProvider {
    public let name = "log"
    private let write: @Sendable (DeliveryAttempt) -> Void

    /// - Parameter write: called on the sender's thread, in the order of each person's decisions.
    public init(write: @escaping @Sendable (DeliveryAttempt) -> Void) {
        self.write = write
    }

    public func deliver(_ attempt: DeliveryAttempt) -> DeliveryResult {
        write(attempt)
        return .accepted
    }
}
