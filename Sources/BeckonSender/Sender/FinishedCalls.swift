import Synchronization

/// Results on their way from the providers' threads to the sender's.
final class FinishedCalls: Sendable {
    private let results = Mutex<[(ticket: UInt64, result: DeliveryResult)]>([])

    func add(_ ticket: UInt64, _ result: DeliveryResult) { results.withLock { $0.append((ticket, result)) } }

    var hasSome: Bool { results.withLock { !$0.isEmpty } }

    /// What has come since.
    func take() -> [(ticket: UInt64, result: DeliveryResult)] {
        results.withLock { results in
            defer { results.removeAll(keepingCapacity: false) }
            return results
        }
    }
}
