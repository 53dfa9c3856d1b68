import BeckonKafka
import BeckonModel
import BeckonService
import Dispatch
import Foundation
import Synchronization

/// The dotted names of the sender's log metadata.
public enum SenderLogKey: String, LogKey {
    case partition = "kafka.partition"
    case offset = "kafka.offset"
    case topic = "kafka.topic"
    case instance = "sender.instance"
    case decision = "decision.id"
    case channel = "decision.channel"
    case error = "error"
}

/// Reads decisions as a group member and has a provider deliver them, at least once each.
///
/// Start it once; it ends by `stop()`, or by itself with a failure. Sendable: what changes is in mutexes; consumer and
/// provider are called from the sender's own thread alone.
public final class Sender: Sendable {
    let configuration: SenderConfiguration
    let provider: any DeliveryProvider
    let nowMs: @Sendable () -> Milliseconds
    let log: Log<SenderLogKey>
    let metrics: SenderMetrics
    private let state = Mutex(State())
    private let ended = DispatchSemaphore(value: 0)

    private struct State {
        var isStarted = false
        var isStopping = false
        var positions: [Int32: Int64] = [:]
        var failure: SenderError?
    }

    /// - Parameters:
    ///   - provider: delivers the decisions of all channels.
    ///   - nowMs: the clock that expiry is judged by, milliseconds since 1970.
    public init(
        _ configuration: SenderConfiguration, provider: any DeliveryProvider, log: Log<SenderLogKey>, metrics: Metrics,
        nowMs: @escaping @Sendable () -> Milliseconds
    ) {
        precondition((1...10_000).contains(configuration.batchCountMax), "a batch of \(configuration.batchCountMax)")
        self.configuration = configuration
        self.provider = provider
        self.nowMs = nowMs
        self.log = log
        self.metrics = SenderMetrics(metrics)
    }

    /// By partition: the next offset. Everything before it has been delivered, refused or passed over; a partition
    /// whose position is the end of its log has been drained. Only partitions that the group gave to this member.
    public var progress: [Int32: Int64] { state.withLock { $0.positions.filter { $0.value >= 0 } } }

    /// Why the sender ended by itself; nil while it runs, and after `stop()`.
    public var endedBy: SenderError? { state.withLock { $0.failure } }

    /// Checks that the topic is there, and starts the thread. Nothing is started when it throws.
    public func start() throws(SenderError) {
        // Safe: made here to throw here, and used by the thread alone.
        nonisolated(unsafe) let consumer: KafkaConsumer
        do throws(KafkaError) {
            try checkTopic()
            consumer = try KafkaConsumer(
                configuration(.decisionsConsumer(group: configuration.group, instance: configuration.instance)))
            if configuration.joinsGroup {
                try consumer.subscribe(toDriverTopic: configuration.decisions)
            } else {
                try consumer.takeAll(ofDriverTopic: configuration.decisions)
            }
        } catch {
            throw SenderError(error.code == .unknownTopic ? .topic : .kafka, error.message)
        }
        let wasStarted = state.withLock { state in
            defer { state.isStarted = true }
            return state.isStarted
        }
        precondition(!wasStarted, "a sender is started once")
        Thread.detachNewThread { [self] in
            SenderLoop(self, consumer).run()
            ended.signal()
        }
    }

    /// Finishes the batch at hand, commits, leaves the group. Waits for it; a second call does nothing.
    public func stop() {
        let isRunning = state.withLock { state in
            state.isStopping = true
            return state.isStarted
        }
        guard isRunning else { return }
        ended.wait()
        ended.signal()
    }

    var isStopping: Bool { state.withLock { $0.isStopping } }

    func set(_ positions: [Int32: Int64]) { state.withLock { $0.positions = positions } }

    func fail(_ error: SenderError) { state.withLock { $0.failure = $0.failure ?? error } }

    private func configuration(_ role: KafkaRole) throws(KafkaError) -> KafkaConfiguration {
        try KafkaConfiguration(
            role, brokers: configuration.brokers, clientProperties: configuration.clientProperties)
    }

    /// The batch calls of librdkafka can crash on a topic that is missing.
    private func checkTopic() throws(KafkaError) {
        let admin = try KafkaAdmin(configuration(.admin))
        defer { admin.close() }
        if try admin.describeTopics([configuration.decisions]).isEmpty {
            throw KafkaError(
                .unknownTopic,
                "the topic \(configuration.decisions) does not exist: `beckon topics --create`, with --partitions N where there are no events' topics yet, makes Beckon's own topics"
            )
        }
    }
}
