import BeckonKafka
import BeckonModel
import BeckonSender
import BeckonService
import BeckonTemplate
import BeckonWorker

/// Broker, worker, sender and status server of one process, started together and stopped in order.
final class DevServices {
    private let cluster: MockCluster
    private let worker: Worker
    private let sender: Sender
    private let server: StatusServer?
    let pipeline: EmbeddedPipeline
    private(set) var rules: RuleSet

    /// Starts everything, or nothing: what can be refused comes first.
    init(
        _ spoken: SpokenRules, clock: VirtualClock, settings: Settings, screen: DevScreen, decisionFile: DecisionFile?
    ) throws {
        rules = spoken.rules
        let topics = BeckonTopics()
        let metrics = Metrics()
        cluster = try DevTopics.broker(topics)
        let output = screen.logOutput(settings)
        var configuration = WorkerConfiguration(brokers: cluster.brokers, events: [DevTopics.events], instance: "dev")
        configuration.clientProperties = DevTopics.clientProperties.merging(settings[ProgramSettings.kafkaClient]) {
            $1
        }
        configuration.group = "beckon-dev"
        configuration.joinsGroup = false
        configuration.topics = topics
        configuration.allowsReturn = true
        configuration.checksTopicSettings = false
        configuration.replayWindowMs = nil
        configuration.commitDelayMs = 0
        configuration.idleCommitMs = 2
        let worker = Worker(configuration, rules: spoken.rules, clock: clock, log: Log(output), metrics: metrics)
        self.worker = worker
        let inbox = DeliveryInbox()
        let sender = Self.sender(configuration, spoken.messages, inbox, log: Log(output), metrics) { clock.nowMs() }
        self.sender = sender
        server = try Self.server(settings, metrics, worker)
        try worker.start()
        do {
            try sender.start()
            pipeline = try EmbeddedPipeline(
                brokers: cluster.brokers, worker: worker, sender: sender, inbox: inbox, topics: topics,
                decisionFile: decisionFile, show: { [unowned screen] in screen.show($0) })
        } catch {
            sender.stop()
            worker.stop()
            throw error
        }
    }

    var brokers: String { cluster.brokers }
    var statusAddress: NetworkAddress? { server?.address }

    /// nil when everything runs and has its partitions.
    var notReadyReason: String? {
        if case .notReady(let reason) = worker.readiness { return reason }
        if worker.progress.count < pipeline.partitionCount { return "the worker is taking its partitions" }
        return sender.progress.count < pipeline.partitionCount ? "the sender is taking its partitions" : nil
    }

    /// Throws when one of the services has ended by itself.
    func checkRunning() throws {
        if let error = worker.endedBy { throw error }
        if let error = sender.endedBy { throw error }
    }

    func use(_ spoken: SpokenRules) throws {
        if spoken.rules.hash != rules.hash {
            try worker.use(spoken.rules)
            rules = spoken.rules
        }
        sender.use(spoken.messages)
    }

    func counts(nowMs: Milliseconds) -> (events: Int64, people: Int) { (pipeline.appliedCount, pipeline.peopleCount) }

    /// In order: the worker finishes its step, then what it wrote is read no more.
    func stop() {
        worker.stop()
        sender.stop()
        pipeline.close()
        server?.stop()
    }

    /// All channels go to the terminal.
    private static func sender(
        _ worker: WorkerConfiguration, _ messages: MessageSet, _ inbox: DeliveryInbox, log: Log<SenderLogKey>,
        _ metrics: Metrics, nowMs: @escaping @Sendable () -> Milliseconds
    ) -> Sender {
        var configuration = SenderConfiguration(brokers: worker.brokers, group: "beckon-dev-sender", instance: "dev")
        configuration.joinsGroup = false
        configuration.clientProperties = worker.clientProperties
        configuration.topics = SenderTopics(worker.topics)
        var limits = ProviderLimits()
        limits.callsMax = configuration.callsMax
        return Sender(
            configuration, routes: ChannelRoutes([:], other: .deliver(ChannelRoute(["log"]))),
            providers: ["log": ProviderSetup(LogProvider { inbox.add($0) }, limits: limits)],
            renderer: MessageRenderer(messages: messages), log: log, metrics: metrics, nowMs: nowMs)
    }

    /// Only where asked for: two runs on one machine must not fight for the port.
    private static func server(_ settings: Settings, _ metrics: Metrics, _ worker: Worker) throws -> StatusServer? {
        guard settings.source(StatusSettings.address.declaration) != .standard,
            let address = settings[StatusSettings.address]
        else { return nil }
        return try StatusServer(address, metrics: metrics) { worker.readiness }
    }
}
