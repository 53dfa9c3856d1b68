import BeckonModel
import BeckonService
import BeckonWorker

extension Command {
    static let work = Command(
        name: "work",
        summary: "Reads events, keeps people's state and writes decisions, exactly once.",
        discussion:
            "Runs until SIGTERM or SIGINT: it then commits, writes a checkpoint and leaves. A second signal ends it at "
            + "once, and nothing is lost then either. Each replica needs an --instance and a --state-dir of its own.",
        flags: [
            CommonFlags.brokers,
            .setting(WorkerSettings.events, "--events", "TOPIC,…"),
            .setting(WorkerSettings.rules, "--rules", "PATH"),
            .setting(TopicSettings.decisions, "--decisions", "TOPIC"),
            .setting(WorkerSettings.stateDirectory, "--state-dir", "DIR"),
            .setting(WorkerSettings.group, "--group", "NAME"),
            .setting(WorkerSettings.instance, "--instance", "NAME"),
            .setting(WorkerSettings.threads, "--threads", "N"),
            CommonFlags.http,
        ],
        required: [
            KafkaSettings.brokers.declaration, WorkerSettings.events.declaration, WorkerSettings.rules.declaration,
        ],
        examples: [
            .init(
                line: "beckon work --brokers localhost:9092 --events events --rules rules/",
                explanation: "One worker; `beckon topics --create` has made the topics"),
            .init(
                line: "beckon work --config beckon.yaml --instance worker-2 --state-dir /var/lib/beckon",
                explanation: "A replica with its settings in a file"),
        ]
    ) { invocation in
        // First of all, so that no thread takes the signals.
        let shutdown = Shutdown.onSignals()
        try WorkRun(try invocation.settings()).run(until: shutdown)
    }
}

/// One run of a worker, from its settings to its end.
struct WorkRun {
    private let settings: Settings
    private let configuration: WorkerConfiguration
    private let rules: RuleSet
    private let log: Log<WorkerLogKey>

    private static let glance = Duration.milliseconds(100)

    /// Judges all that the user has given, and starts nothing.
    init(_ settings: Settings) throws {
        self.settings = settings
        _ = try KafkaTarget(settings)
        configuration = try WorkerSettings.configuration(
            settings, kafkaClient: ProgramSettings.kafkaClient, hostName: HostName.current)
        rules = try RuleFolder.ruleSet(settings[WorkerSettings.rules] ?? "")
        log = Log(LogOutput(settings))
    }

    /// - Throws: why it could not start, or why it ended by itself.
    func run(until shutdown: Shutdown) throws {
        let metrics = Metrics()
        ProcessMetrics.add(to: metrics, version: Program.version)
        let worker = Worker(configuration, rules: rules, clock: SystemClock(), log: log, metrics: metrics)
        let server = try statusServer(metrics, worker)
        defer { server?.stop() }
        try worker.start()
        log.notice(
            "Worker started",
            [
                .instance: configuration.instance, .ruleSet: rules.hash.text,
                .topic: configuration.events.joined(separator: ","),
            ])
        awaitEnd(of: worker, shutdown)
        worker.stop()
        if let failure = worker.endedBy { throw failure }
        log.notice("Worker stopped", [.instance: configuration.instance])
    }

    private func awaitEnd(of worker: Worker, _ shutdown: Shutdown) {
        var isReady = false
        while worker.endedBy == nil, shutdown.wait(atMost: Self.glance) == nil {
            guard !isReady, worker.readiness == .ready else { continue }
            isReady = true
            log.notice("Worker ready", [.instance: configuration.instance])
        }
    }

    private func statusServer(_ metrics: Metrics, _ worker: Worker) throws -> StatusServer? {
        guard let address = settings[StatusSettings.address] else { return nil }
        return try StatusServer(address, metrics: metrics) { worker.readiness }
    }
}
