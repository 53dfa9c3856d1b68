import BeckonModel
import BeckonTemplate

/// The provider `log`: hands each attempt to a closure that writes it down. It stands in for any other, for development.
public struct LogProvider: DeliveryProvider {
    private let write: @Sendable (DeliveryAttempt) -> Void

    /// - Parameter write: called on the sender's thread, in the order of each person's decisions. The message's body is what a person would read first
    ///   (``RenderedPart/headline``), else the decision's own message as JSON; empty where it has neither.
    public init(write: @escaping @Sendable (DeliveryAttempt) -> Void) {
        self.write = write
    }

    public func message(of content: DeliveryContent) -> Result<DeliveryMessage, MessageProblem> {
        let headline = content.part?.headline ?? content.decision.message ?? ""
        return .success(DeliveryMessage(contentType: "text/plain; charset=utf-8", body: Array(headline.utf8)))
    }

    public func start(_ attempt: DeliveryAttempt, _ done: @escaping @Sendable (DeliveryResult) -> Void) {
        write(attempt)
        done(.delivered)
    }

    public func stop() {}
}
