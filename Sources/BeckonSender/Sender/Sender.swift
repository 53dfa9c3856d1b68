import BeckonKafka
import BeckonModel
import BeckonService
import BeckonTemplate
import Dispatch
import Foundation
import Synchronization

/// The dotted names of the sender's log metadata.
public enum SenderLogKey: String, LogKey {
    case partition = "kafka.partition"
    case offset = "kafka.offset"
    case topic = "kafka.topic"
    case instance = "sender.instance"
    case provider = "sender.provider"
    case decision = "decision.id"
    case channel = "decision.channel"
    case messages = "sender.messages"
    case text = "message.text"
    case error = "error"
}

/// Reads decisions as a group member and has providers deliver them; what it does is in its ledger before it does it.
///
/// *Guarantees*: a decision of a channel with `atLeastOnce` is delivered, or its outcome and a dead letter say that it was not;
/// one of a channel with `atMostOnce` is not delivered twice. Several senders of a group share the partitions.
///
/// Start it once; it ends by `stop()`, or by itself with a failure. Sendable: what changes is in mutexes.
public final class Sender: Sendable {
    let configuration: SenderConfiguration
    let routes: ChannelRoutes
    let providers: [String: ProviderSetup]
    let nowMs: @Sendable () -> Milliseconds
    let log: Log<SenderLogKey>
    let metrics: SenderMetrics
    private let state: Mutex<State>
    private let ended = DispatchSemaphore(value: 0)

    private struct State {
        var isStarted = false
        var isStopping = false
        var isServing = false
        var positions: [Int32: Int64] = [:]
        var failure: SenderError?
        var renderer: MessageRenderer
    }

    /// - Parameters:
    ///   - routes: who delivers which channel.
    ///   - providers: by name; the sender stops them when it ends.
    ///   - renderer: of the messages that decisions name; without messages decisions have no parts.
    ///   - nowMs: the clock that expiry and retries are judged by, milliseconds since 1970.
    /// - Precondition: each provider that a route names is there.
    public init(
        _ configuration: SenderConfiguration, routes: ChannelRoutes, providers: [String: ProviderSetup],
        renderer: MessageRenderer = MessageRenderer(), log: Log<SenderLogKey>, metrics: Metrics,
        nowMs: @escaping @Sendable () -> Milliseconds
    ) {
        precondition((1...10_000).contains(configuration.callsMax), "\(configuration.callsMax) calls")
        precondition(routes.providerNames.isSubset(of: providers.keys), "a route to a provider that is not there")
        self.configuration = configuration
        self.routes = routes
        self.providers = providers
        self.nowMs = nowMs
        self.log = log
        self.metrics = SenderMetrics(metrics)
        state = Mutex(State(renderer: renderer))
    }

    /// By partition: the next offset. Everything before it is settled or among the retries; a partition whose position is the
    /// end of its log has been drained. Only partitions that the group gave to this sender.
    public var progress: [Int32: Int64] { state.withLock { $0.positions } }

    /// Ready once the group has spoken and its partitions are taken over.
    public var readiness: Readiness {
        state.withLock { state in
            if let failure = state.failure { return .notReady(failure.description) }
            return state.isServing
                ? .ready : .notReady("the sender is waiting for its group, or taking partitions over")
        }
    }

    /// Why the sender ended by itself; nil while it runs, and after `stop()`.
    public var endedBy: SenderError? { state.withLock { $0.failure } }

    /// From now on these are the messages; attempts that have begun say what they said.
    public func use(_ messages: MessageSet) {
        state.withLock { $0.renderer = $0.renderer.with(messages) }
    }

    var renderer: MessageRenderer { state.withLock { $0.renderer } }

    /// Checks that the topics are there, and starts the thread. Nothing is started when it throws.
    public func start() throws(SenderError) {
        // Safe: made here to throw here, and used by the thread alone.
        nonisolated(unsafe) let loop = try makeLoop()
        let wasStarted = state.withLock { state in
            defer { state.isStarted = true }
            return state.isStarted
        }
        precondition(!wasStarted, "a sender is started once")
        let thread = Thread { [self] in
            loop.run()
            ended.signal()
        }
        thread.stackSize = Self.stackBytes
        thread.start()
    }

    /// Blocks of a template a hundred deep take more than a megabyte of an unoptimised build's stack.
    private static let stackBytes = 8 << 20

    private func makeLoop() throws(SenderError) -> SenderLoop {
        do throws(KafkaError) { try checkTopics() } catch {
            throw SenderError(error.code == .unknownTopic ? .topic : .kafka, error.message)
        }
        let committer = try SenderCommitter(configuration, metrics: metrics) { [self] in isStopping }
        var limits = WindowLimits()
        limits.callsMax = configuration.callsMax
        limits.channelMax = configuration.channelMax
        let window = DeliveryWindow(
            routes: routes, providers: providers.mapValues { ($0.provider, $0.limits) }, renderer: renderer,
            limits: limits, owner: configuration.transactionalId, decisionsTopic: configuration.topics.decisions,
            metrics: metrics,
            nowMs: ProcessClock.nowMs)
        do throws(KafkaError) { return try SenderLoop(self, committer, window) } catch {
            throw SenderError(.kafka, error.message)
        }
    }

    /// Lets the calls under way end, commits their results, leaves the group. Waits for it; a second call does nothing. Each wait within has its end:
    /// calls after 40 s, what Kafka is asked for after 30 s each, two commits at most, a provider after 10 s.
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

    func set(isServing: Bool) { state.withLock { $0.isServing = isServing } }

    func fail(_ error: SenderError) { state.withLock { $0.failure = $0.failure ?? error } }

    private func configuration(_ role: KafkaRole) throws(KafkaError) -> KafkaConfiguration {
        try KafkaConfiguration(
            role, brokers: configuration.brokers, clientProperties: configuration.clientProperties)
    }

    /// The batch calls of librdkafka can crash on a topic that is missing; and records go to partitions by number.
    private func checkTopics() throws(KafkaError) {
        let admin = try KafkaAdmin(configuration(.admin))
        defer { admin.close() }
        let found = try admin.describeTopics(configuration.topics.all)
        for name in configuration.topics.all where found[name] == nil {
            throw KafkaError(
                .unknownTopic,
                "the topic \(name) does not exist: `beckon topics --create`, with --partitions N where there are no events' topics yet, makes Beckon's own topics"
            )
        }
        let count = found[configuration.topics.decisions]!.partitionCount
        for name in configuration.topics.all where found[name]!.partitionCount != count {
            throw KafkaError(
                .unknownTopic,
                "\(name) has \(found[name]!.partitionCount) partitions and \(configuration.topics.decisions) has \(count): a person must have the same partition number everywhere; `beckon topics` says what to do"
            )
        }
    }
}
