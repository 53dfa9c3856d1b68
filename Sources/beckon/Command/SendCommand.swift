import BeckonModel
import BeckonSender
import BeckonService
import BeckonTemplate
import BeckonWorker
import Foundation

extension Command {
    static let send = Command(
        name: "send",
        summary: "Reads decisions and delivers them; keeps a ledger, and writes what became of each.",
        discussion:
            "Who delivers which channel, and how, are settings: sender.channels and sender.providers. What is said stands in "
            + "--messages, which may be the folder of the rules; `beckon check` says what is wrong there. Runs until SIGTERM or "
            + "SIGINT: it then lets the calls under way end, commits their results and leaves. Several senders of a group "
            + "share the partitions; each needs an --instance of its own.",
        flags: [
            CommonFlags.brokers,
            .setting(TopicSettings.decisions, "--decisions", "TOPIC"),
            .setting(SenderSettings.messages, "--messages", "PATH"),
            .setting(SenderSettings.group, "--group", "NAME"),
            .setting(SenderSettings.instance, "--instance", "NAME"),
            CommonFlags.http,
        ],
        required: [KafkaSettings.brokers.declaration],
        examples: [
            .init(
                line: "beckon send --brokers localhost:9092 --config sender.yaml --messages rules/",
                explanation: "One sender; the file says who delivers what, the folder what is said"),
            .init(
                line: "beckon send --brokers localhost:9092 --set sender.providers.out.kind=log "
                    + "--set sender.channels.other.providers=out",
                explanation: "All channels into the log, to see that decisions come"),
        ]
    ) { invocation in
        // First of all, so that no thread takes the signals.
        let shutdown = Shutdown.onSignals()
        try SendRun(try invocation.settings()).run(until: shutdown)
    }
}

/// One run of a sender, from its settings to its end.
struct SendRun {
    private let settings: Settings
    private let setup: SenderSettings.Setup
    private let messages: MessageSet?
    private let log: Log<SenderLogKey>

    private static let glance = Duration.milliseconds(100)

    /// Judges all that the user has given, and starts nothing.
    init(_ settings: Settings) throws {
        self.settings = settings
        _ = try KafkaTarget(settings)
        setup = try SenderSettings.setup(
            settings, topics: SenderTopics(TopicSettings.topics(settings)), kafkaClient: ProgramSettings.kafkaClient,
            hostName: HostName.current
        ) { try SecretFile.read($0) }
        messages = try settings[SenderSettings.messages].map { path throws(UserError) in
            try RuleFolder.messages(path)
        }
        log = Log(LogOutput(settings))
    }

    /// - Throws: why it could not start, or why it ended by itself.
    func run(until shutdown: Shutdown) throws {
        let metrics = Metrics()
        ProcessMetrics.add(to: metrics, version: Program.version)
        let renderer = MessageRenderer(messages: messages) { [link = setup.unsubscribeLink] in link?.url(for: $0) }
        let sender = Sender(
            setup.configuration, routes: setup.routes, providers: setup.providers.mapValues(provider),
            renderer: renderer, log: log, metrics: metrics
        ) { SystemClock().nowMs() }
        let server = try settings[StatusSettings.address].map { address in
            try StatusServer(address, metrics: metrics) { sender.readiness }
        }
        defer { server?.stop() }
        try sender.start()
        log.notice(
            "Sender started",
            [.instance: setup.configuration.instance, .messages: String(messages?.names.count ?? 0)])
        while sender.endedBy == nil, shutdown.wait(atMost: Self.glance) == nil {}
        sender.stop()
        if let failure = sender.endedBy { throw failure }
        log.notice("Sender stopped", [.instance: setup.configuration.instance])
    }

    private func provider(_ plan: ProviderPlan) -> ProviderSetup {
        switch plan.way {
        case .webhook(let endpoint):
            return ProviderSetup(
                WebhookProvider(endpoint, connectionsMax: plan.limits.callsMax), limits: plan.limits)
        case .smtp(let relay):
            return ProviderSetup(SMTPProvider(relay, connectionsMax: plan.limits.callsMax), limits: plan.limits)
        case .log:
            let provider = LogProvider { [log] attempt in
                log.info("Delivered to the log", [.decision: attempt.decision.id, .channel: attempt.decision.channel])
                log.debug("What it says", [.text: String(decoding: attempt.message.body, as: UTF8.self)])
            }
            return ProviderSetup(provider, limits: plan.limits)
        }
    }
}

extension SenderTopics {
    /// The sender's share of all topics.
    init(_ topics: BeckonTopics) {
        self.init()
        decisions = topics.decisions
        outcomes = topics.outcomes
        deadLetters = topics.deadLetters
        ledger = topics.ledger
        retries = topics.retries
    }
}

/// Files that hold a secret each.
enum SecretFile {
    static let bytesMax = 4_096

    static func read(_ path: String) throws -> String {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        let bytes = try file.read(upToCount: bytesMax + 1) ?? Data()
        if bytes.count > bytesMax { throw UserError("it has more than \(bytesMax) bytes, and is no secret") }
        return String(decoding: bytes, as: UTF8.self)
    }
}
