import BeckonKafka
import BeckonModel
import BeckonService
import BeckonWorker
import Foundation
import KafkaFixture

/// One set of topics on a Kafka, a worker on them, and what it has written.
final class WorkerStage {
    let kafka: RealKafka
    let events: [String]
    var configuration: WorkerConfiguration
    let state: String
    private let producer: KafkaProducer
    let partitionCount: Int32

    /// - Parameters:
    ///   - replicationFactor: -1 is the cluster's own.
    ///   - eventSettings: of the topics of events, by Kafka's names.
    init(
        _ kafka: RealKafka, events: [String] = ["events"], partitionCount: Int32 = 2, replicationFactor: Int32 = 1,
        eventSettings: [String: String] = [:]
    ) throws {
        self.kafka = kafka
        self.partitionCount = partitionCount
        let prefix = RealKafka.uniqueName("stage")
        self.events = events.map { "\(prefix).\($0)" }
        state = NSTemporaryDirectory() + "\(prefix)-state"
        configuration = WorkerConfiguration(brokers: kafka.brokers, events: self.events, instance: "one")
        configuration.group = prefix
        configuration.stateDirectory = state
        configuration.topics.decisions = "\(prefix).decisions"
        configuration.topics.suppressions = "\(prefix).suppressions"
        configuration.topics.outcomes = "\(prefix).outcomes"
        configuration.topics.deadLetters = "\(prefix).dead-letters"
        configuration.topics.journal = "\(prefix).journal"
        configuration.topics.images = "\(prefix).images"
        configuration.topics.environment = "\(prefix).environment"
        let admin = try KafkaAdmin(kafka.configuration(.admin), deadlineMs: 120_000)
        func specify(_ names: [String], _ settings: [String: String]) -> [TopicSpecification] {
            names.map {
                TopicSpecification(
                    $0, partitionCount: partitionCount, replicationFactor: replicationFactor, settings: settings)
            }
        }
        let images = configuration.topics.images
        var topics = specify(self.events, eventSettings)
        topics += specify(configuration.topics.coPartitioned.filter { $0 != images }, [:])
        topics += specify([images], ["cleanup.policy": "compact"])
        topics.append(
            TopicSpecification(
                configuration.topics.environment, partitionCount: 1, replicationFactor: replicationFactor,
                settings: ["cleanup.policy": "compact"]))
        _ = try admin.createTopics(topics)
        try kafka.awaitLeaders(of: topics.map(\.name))
        producer = try KafkaProducer(kafka.configuration(.plainProducer))
    }

    deinit {
        producer.close()
        try? FileManager.default.removeItem(atPath: state)
        try? FileManager.default.removeItem(atPath: state + ".yaml")
    }

    static func rules(_ text: String) -> RuleSet {
        RuleSet.read([RuleSource(file: "rules.yaml", text: Array(text.utf8))]).ruleSet!
    }

    func emit(
        _ person: String, _ json: String, topic: Int = 0, headers: [(name: String, value: String)] = [],
        atMs: Int64 = 0, toWrongPartition: Bool = false
    ) throws {
        let key = Array(person.utf8)
        let value = Array(json.utf8)
        try key.withUnsafeBytes { key in
            try value.withUnsafeBytes { value in
                let partition = KeyPartitioner.partition(ofKey: key, count: partitionCount)
                try producer.produce(
                    to: try producer.topic(events[topic]),
                    partition: toWrongPartition ? (partition + 1) % partitionCount : partition,
                    key: key, value: value, headers: headers.map { ($0.name, Array($0.value.utf8)) },
                    timestampMs: atMs)
            }
        }
    }

    /// What a sender says of a decision, in the person's partition.
    func tell(_ person: String, _ json: String) throws {
        let key = Array(person.utf8)
        let partition = key.withUnsafeBytes { KeyPartitioner.partition(ofKey: $0, count: partitionCount) }
        try producer.produce(
            to: producer.topic(configuration.topics.outcomes), partition: partition, key: key, value: Array(json.utf8))
    }

    func flush() throws { try producer.awaitReports() }

    /// Takes reports that have come; a broker that is away is not waited for.
    func poll() { producer.poll() }

    /// Events without a report.
    var unsentCount: Int { producer.outstandingCount }

    func worker(
        _ rules: RuleSet, clock: any WallClock = SystemClock(), log: LogCatcher? = nil, metrics: Metrics = Metrics()
    ) -> Worker {
        Self.makeWorker(configuration, rules, clock: clock, log: log, metrics: metrics)
    }

    static func makeWorker(
        _ configuration: WorkerConfiguration, _ rules: RuleSet, clock: any WallClock = SystemClock(),
        log: LogCatcher? = nil, metrics: Metrics = Metrics()
    ) -> Worker {
        let output = log?.output ?? LogOutput(level: .critical, format: .text)
        return Worker(configuration, rules: rules, clock: clock, log: Log(output), metrics: metrics)
    }

    /// Everything committed on a topic, as text.
    func read(_ topic: String) throws -> [String] {
        let reader = try KafkaConsumer(kafka.configuration(.reader(group: "read")))
        defer { reader.close() }
        var found: [String] = []
        for partition in 0..<partitionCount {
            try reader.assign([TopicPartitionOffset(topic, partition, offset: TopicPartitionOffset.beginning)])
            var isAtEnd = false
            while !isAtEnd {
                let batch = try reader.consumeBatch(max: 1000, timeoutMs: 50)
                for index in 0..<batch.count {
                    if batch[index].isPartitionEnd {
                        isAtEnd = true
                    } else if let value = batch[index].value {
                        found.append(String(decoding: value, as: UTF8.self))
                    }
                }
                batch.destroy()
            }
        }
        return found
    }

    /// Reads until so many records are there, or ten seconds have passed.
    func await(_ topic: String, count: Int, seconds: Double = 15) throws -> [String] {
        let deadline = Date().addingTimeInterval(seconds)
        while true {
            let found = try read(topic)
            if found.count >= count || Date() > deadline { return found }
            usleep(20_000)
        }
    }
}

struct SystemClock: WallClock {
    func nowMs() -> Milliseconds { Int64(Date().timeIntervalSince1970 * 1000) }
}
