import Foundation
import KafkaFixture
import Synchronization

/// The nodes of the audit's Kafka, one of which may fail at a time: until all replicas are in sync again the others are spared,
/// for with two gone nothing is promised.
final class AuditBrokers: Sendable {
    private enum State {
        case whole
        case failing
        case broken(String)
    }

    let cluster: PrivateKafka
    private let state = Mutex(State.whole)

    init(_ cluster: PrivateKafka) { self.cluster = cluster }

    /// - Throws: a node has not come back, which is no fault of Beckon's, but ends the audit.
    func isWhole() throws -> Bool {
        switch state.withLock({ $0 }) {
        case .whole: return true
        case .failing: return false
        case .broken(let reason): throw BrokenPromise("the audit's Kafka: \(reason)")
        }
    }

    /// Lets one fail, and come back after so many seconds.
    func fail(node: Int, isKilled: Bool, seconds: Double) {
        state.withLock { $0 = .failing }
        Thread.detachNewThread { [self] in
            do {
                if isKilled { cluster.kill(node: node) } else { cluster.pause(node: node) }
                Thread.sleep(forTimeInterval: seconds)
                if isKilled { try cluster.restart(node: node) } else { cluster.resume(node: node) }
                let isInSync = try cluster.awaitInSync(seconds: 180)
                state.withLock { $0 = isInSync ? .whole : .broken("node \(node) is not in sync after three minutes") }
            } catch {
                state.withLock { $0 = .broken("\(error)") }
            }
        }
    }
}
