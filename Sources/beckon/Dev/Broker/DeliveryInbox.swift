import BeckonSender
import Synchronization

/// Deliveries on their way from the sender's thread to the terminal's.
final class DeliveryInbox: Sendable {
    /// More wait for nobody: they are counted as dropped.
    static let countMax = 100_000

    private struct State {
        var deliveries: [DeliveryAttempt] = []
        var dropped: Int64 = 0
    }

    private let state = Mutex(State())

    func add(_ attempt: DeliveryAttempt) {
        state.withLock { state in
            if state.deliveries.count < Self.countMax { state.deliveries.append(attempt) } else { state.dropped += 1 }
        }
    }

    /// What has come since, in order; and how many were too many.
    func take() -> (deliveries: [DeliveryAttempt], dropped: Int64) {
        state.withLock { state in
            defer { state = State() }
            return (state.deliveries, state.dropped)
        }
    }
}
