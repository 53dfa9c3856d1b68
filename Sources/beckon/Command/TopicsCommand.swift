import BeckonKafka
import BeckonService
import BeckonWorker
import Glibc

extension Command {
    static let topics: Command = {
        let create = Flag.toggle(
            "--create",
            "Creates the topics that are missing; changes none that is there. Topics of events only with --partitions.")
        let partitions = Flag.value(
            "--partitions", "N", kind: .integer(1...10_000),
            "With --create: how many partitions the topics of events get that do not exist yet. It cannot change later."
        )
        let replication = Flag.value(
            "--replication", "N", kind: .integer(1...32),
            "With --create: copies of each topic. The cluster's default otherwise.")
        return Command(
            name: "topics",
            summary: "Verifies the topics that worker and sender need, and creates those that are missing.",
            discussion: "Ends with status 1 when something is wrong.",
            flags: [
                CommonFlags.brokers, .setting(WorkerSettings.events, "--events", "TOPIC,…"), create, partitions,
                replication,
            ],
            required: [KafkaSettings.brokers.declaration, WorkerSettings.events.declaration],
            examples: [
                .init(
                    line: "beckon topics --brokers localhost:9092 --events events",
                    explanation: "What is there, and what is wrong with it"),
                .init(
                    line: "beckon topics --brokers localhost:9092 --events events --create --partitions 12",
                    explanation: "From nothing, the events' topic too"),
            ]
        ) { invocation in
            let settings = try invocation.settings()
            if !invocation.has(create), let flag = [partitions, replication].first(where: { invocation.has($0) }) {
                throw UsageProblem(command: "topics", messages: ["`\(flag.name)` needs `--create`."])
            }
            // Judges the names of the topics too.
            let configuration = try WorkerSettings.configuration(
                settings, kafkaClient: ProgramSettings.kafkaClient, hostName: "topics")
            let plan = TopicPlan(
                events: configuration.events, own: configuration.topics,
                partitionCount: invocation.integer(partitions).map { Int32($0) },
                replicationFactor: Int32(invocation.integer(replication) ?? -1))
            let inspection = try TopicInspection(try KafkaTarget(settings), plan)
            if invocation.has(create) { try inspection.create() }
            try inspection.report()
        }
    }()
}

/// Talks to the cluster about the topics of a plan.
final class TopicInspection {
    private let admin: KafkaAdmin
    private let plan: TopicPlan
    private var states: [String: TopicState] = [:]

    /// After a topic was created, the brokers learn of it one by one.
    private static let settleAttemptsMax = 100
    private static let settlePauseMicroseconds: UInt32 = 50_000

    init(_ target: KafkaTarget, _ plan: TopicPlan) throws {
        admin = try KafkaAdmin(try target.configuration(.admin))
        self.plan = plan
        try look()
    }

    deinit { admin.close() }

    /// Creates what is missing, and waits until it has leaders.
    func create() throws {
        let missing = try plan.missing(from: states)
        if missing.isEmpty { return }
        try admin.createTopics(missing)
        for topic in missing { Terminal.show("created \(topic.name)\n") }
        for _ in 0..<Self.settleAttemptsMax {
            let found = try admin.describeTopics(plan.names)
            if found.count == plan.names.count, found.values.allSatisfy({ $0.leaderless.isEmpty }) { break }
            usleep(Self.settlePauseMicroseconds)
        }
        try look()
    }

    /// Shows the topics and what is wrong with them.
    /// - Throws: when something is.
    func report() throws {
        let verification = TopicVerification(events: plan.events, own: plan.own, states: states)
        let width = plan.names.map(\.count).max() ?? 0
        for name in plan.names {
            let padding = String(repeating: " ", count: width - name.count + 2)
            Terminal.show(name + padding + (states[name]?.words ?? "missing") + "\n")
        }
        for remark in verification.remarks { Terminal.show(remark + "\n") }
        if !verification.problems.isEmpty {
            let count = CountText.text(verification.problems.count, "thing is", "things are")
            throw OperationError((["\(count) wrong:"] + verification.problems).joined(separator: "\n"))
        }
        Terminal.show("The topics are as they must be.\n")
    }

    private func look() throws {
        states = [:]
        for (name, description) in try admin.describeTopics(plan.names) {
            states[name] = TopicState(description: description, settings: try admin.topicConfiguration(name))
        }
    }
}
