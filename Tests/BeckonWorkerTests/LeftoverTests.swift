import BeckonKafka
import BeckonWorker
import Foundation
import KafkaFixture
import Testing

/// A partition has no leader in the moment in which a transaction ends: the coordinator takes it for deleted, writes no marker
/// there, and calls the transaction completed. The next commit of the same id would then let its records be seen.
@Suite(.enabled(if: RealKafka.canStart), .serialized, .tags(.kafka), .timeLimit(.minutes(4)))
struct `Records that Kafka leaves open` {
    private let cluster: PrivateKafka
    private let stage: WorkerStage
    private var decisions: String { stage.configuration.topics.decisions }
    private var partitions: [TopicPartition] {
        (0..<stage.partitionCount).map { TopicPartition(decisions, $0) }
    }

    init() throws {
        cluster = try PrivateKafka(
            nodeCount: 3, settings: ["broker.session.timeout.ms": "2000", "broker.heartbeat.interval.ms": "500"])
        stage = try WorkerStage(RealKafka(cluster), partitionCount: 6)
    }

    @Test func `of a life that was killed in its first commit are never seen`() throws {
        let id = "\(stage.configuration.group)-one-0"
        try writeAndDie(id)
        cluster.kill(node: 2)
        let admin = try KafkaAdmin(stage.kafka.configuration(.admin))
        try stage.wait(20, "partitions without a leader") {
            try admin.describeTopics([decisions])[decisions]?.leaderless.isEmpty == false
        }
        // The life after it opens the id, and comes no further.
        let next = try KafkaProducer(stage.kafka.configuration(.transactionalProducer(id: id)))
        try next.initTransactions()
        next.close()
        try cluster.restart(node: 2)
        try stage.kafka.awaitLeaders(of: stage.configuration.topics.coPartitioned + stage.events)
        // Empty one day: then Kafka ends them itself.
        let before = try openPartitions()

        let log = LogCatcher()
        let worker = stage.worker(WorkerStage.rules(`Worker on a real Kafka`.rules), log: log)
        try worker.start()
        defer { worker.stop() }
        try stage.awaitReady(worker)
        for person in 0..<30 {
            try stage.emit("person-\(person)", #"{"event":"order_completed","properties":{"total":120}}"#)
        }
        try stage.flush()
        let seen = try stage.await(decisions, count: 30, seconds: 30)
        #expect(seen.count == 30)
        #expect(!seen.contains("never decided"))
        try stage.wait(20, "nothing is open") { try openPartitions().isEmpty }
        #expect(before.isEmpty || log.text.contains("were left open"), "\(log.text.suffix(2_000))")
    }

    private func writeAndDie(_ id: String) throws {
        let dead = try KafkaProducer(stage.kafka.configuration(.transactionalProducer(id: id)))
        defer { dead.close() }
        try dead.initTransactions()
        try dead.beginTransaction()
        let value = Array("never decided".utf8)
        for partition in partitions {
            try value.withUnsafeBytes {
                try dead.produce(to: dead.topic(decisions), partition: partition.partition, key: $0, value: $0)
            }
        }
        try dead.awaitReports()
    }

    private func openPartitions() throws -> [TopicPartition] {
        let all = try KafkaConsumer(stage.kafka.configuration(.clockProbe))
        let committed = try KafkaConsumer(stage.kafka.configuration(.reader(group: "read")))
        defer {
            all.close()
            committed.close()
        }
        var open: [TopicPartition] = []
        // A leader that has just come back is not known to every broker.
        try stage.wait(20, "the ends are known") {
            guard let ends = try? all.endOffsets(of: partitions, timeoutMs: 5_000),
                let stable = try? committed.endOffsets(of: partitions, timeoutMs: 5_000)
            else { return false }
            open = zip(ends, stable).filter { $0.offset > $1.offset }.map(\.0.topicPartition)
            return true
        }
        return open
    }
}
