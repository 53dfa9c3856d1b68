import BeckonKafka
import BeckonWorker
import Foundation
import KafkaFixture
import Testing

@Suite(.tags(.kafka), .timeLimit(.minutes(1)))
struct `A worker without a broker` {
    @Test func `names the brokers and ends in bounded time`() throws {
        var configuration = WorkerConfiguration(brokers: "127.0.0.1:1", events: ["events"], instance: "one")
        configuration.stateDirectory = nil
        let started = Date()
        let error = startError(configuration)
        #expect(
            error?.code == .kafka && error?.description.contains("127.0.0.1:1") == true, "\(error.debugDescription)")
        #expect(Date().timeIntervalSince(started) < 25)
    }
}

private func startError(_ configuration: WorkerConfiguration) -> WorkerError? {
    let worker = WorkerStage.makeWorker(configuration, WorkerStage.rules(`Worker on a real Kafka`.rules))
    defer { worker.stop() }
    do throws(WorkerError) { try worker.start() } catch { return error }
    return nil
}

@Suite(.enabled(if: RealKafka.isAvailable), .serialized, .tags(.kafka), .timeLimit(.minutes(2)))
struct `Topics on a real Kafka that a worker refuses` {
    private let rules = WorkerStage.rules(`Worker on a real Kafka`.rules)

    @Test func `one that is missing, by its name`() throws {
        let stage = try WorkerStage(try RealKafka.shared())
        stage.configuration.events.append("nowhere-\(stage.configuration.group)")
        stage.configuration.topics.journal = "nowhere.journal"
        let error = startError(stage.configuration)
        #expect(error?.code == .topics)
        for name in ["nowhere-\(stage.configuration.group)", "nowhere.journal"] {
            #expect(error?.description.contains(name) == true)
        }
    }

    @Test func `one with another number of partitions, with both numbers`() throws {
        let kafka = try RealKafka.shared()
        let stage = try WorkerStage(kafka)
        let other = try kafka.makeTopics("other", partitionCount: 3)
        stage.configuration.events += other
        let error = startError(stage.configuration)
        #expect(
            error?.code == .topics
                && error?.description.contains("\(other[0]) has 3 partitions and \(stage.events[0]) has 2") == true)
    }

    @Test func `a compacted input`() throws {
        let kafka = try RealKafka.shared()
        let stage = try WorkerStage(kafka)
        let compacted = try kafka.makeTopics("compacted", partitionCount: 2, settings: ["cleanup.policy": "compact"])
        stage.configuration.events += compacted
        let error = startError(stage.configuration)
        #expect(error?.code == .topics && error?.description.contains("\(compacted[0]) is compacted") == true)
    }

    @Test func `images that are not compacted`() throws {
        let kafka = try RealKafka.shared()
        let stage = try WorkerStage(kafka)
        let plain = try kafka.makeTopics("plain", partitionCount: 2)[0]
        stage.configuration.topics.images = plain
        let error = startError(stage.configuration)
        #expect(error?.code == .topics && error?.description.contains("\(plain) has cleanup.policy=delete") == true)
    }

    @Test func `keys put elsewhere by another partitioner, while it reads`() throws {
        let stage = try WorkerStage(try RealKafka.shared())
        let worker = stage.worker(rules)
        try worker.start()
        defer { worker.stop() }
        for person in ["ann", "ben", "cat", "dan"] { try stage.emit(person, #"{"event":"login"}"#) }
        try stage.emit("eve", #"{"event":"login"}"#, toWrongPartition: true)
        try stage.flush()
        let error = worker.awaitEnd()
        #expect(error?.code == .topics)
        #expect(error?.description.contains("producers of \(stage.events[0]) use another partitioner") == true)
    }

    @Test func `one that grows while it runs, and after`() throws {
        let kafka = try RealKafka.shared()
        let stage = try WorkerStage(kafka)
        stage.configuration.topicCheckIntervalMs = 500
        let worker = stage.worker(rules)
        try worker.start()
        try stage.emit("ann", #"{"event":"login"}"#)
        try stage.flush()
        try stage.awaitReady(worker)
        try stage.awaitJournal(0)
        for topic in stage.events + stage.configuration.topics.coPartitioned { try kafka.grow(topic, to: 4) }
        let admin = try KafkaAdmin(kafka.configuration(.admin))
        defer { admin.close() }
        let all = stage.events + stage.configuration.topics.coPartitioned
        try stage.wait(10, "all topics have grown") {
            try admin.describeTopics(all).values.allSatisfy { $0.partitionCount == 4 }
        }
        let error = worker.awaitEnd()
        worker.stop()
        #expect(
            error?.code == .topics && error?.description.contains("had 2 partitions and has 4 now") == true,
            "\(error.debugDescription)")
        let again = startError(stage.configuration)
        #expect(
            again?.code == .topics && again?.description.contains("had 2 partitions and has 4 now") == true,
            "\(again.debugDescription)")
    }

    @Test func `inputs that expired before they were read`() throws {
        let stage = try WorkerStage(try RealKafka.shared(), partitionCount: 1)
        let first = stage.worker(rules)
        try first.start()
        try stage.emit("ann", #"{"event":"login"}"#)
        try stage.flush()
        try stage.awaitJournal(0, positions: [1])
        first.stop()
        for _ in 0..<4 { try stage.emit("ann", #"{"event":"login"}"#) }
        try stage.flush()
        try stage.kafka.deleteRecords(stage.events[0], 0, before: 3)
        let second = stage.worker(rules)
        try second.start()
        defer { second.stop() }
        let error = second.awaitEnd()
        #expect(
            error?.code == .inputsGone
                && error?.description.contains("retention of the inputs must cover an outage") == true)
    }

    @Test func `inputs that expired behind the journal, without a checkpoint or images`() throws {
        let stage = try WorkerStage(try RealKafka.shared(), partitionCount: 1)
        stage.configuration.stateDirectory = nil
        stage.configuration.replayWindowMs = nil
        let first = stage.worker(rules)
        try first.start()
        for _ in 0..<4 { try stage.emit("ann", #"{"event":"login"}"#) }
        try stage.flush()
        try stage.awaitJournal(0, positions: [4])
        first.stop()
        try stage.kafka.deleteRecords(stage.events[0], 0, before: 2)
        let second = stage.worker(rules)
        try second.start()
        defer { second.stop() }
        let error = second.awaitEnd()
        #expect(
            error?.code == .inputsGone && error?.description.contains("\(stage.events[0])-0") == true,
            "\(error.debugDescription)")
    }

    @Test func `a journal whose beginning, or all of it, has expired, without a checkpoint or images`() throws {
        let stage = try WorkerStage(try RealKafka.shared(), partitionCount: 1)
        stage.configuration.stateDirectory = nil
        stage.configuration.replayWindowMs = nil
        let first = stage.worker(rules)
        try first.start()
        for position in 1...3 {
            try stage.emit("ann", #"{"event":"order_completed","properties":{"total":120}}"#)
            try stage.flush()
            try stage.awaitJournal(0, positions: [Int64(position)])
        }
        first.stop()
        let journal = stage.configuration.topics.journal
        let offsets = try stage.records(journal, 0).map(\.offset)
        for (before, words) in [(offsets[1], "its beginning has expired"), (-1, "is empty, and its records")] {
            try stage.kafka.deleteRecords(journal, 0, before: before)
            let second = stage.worker(rules)
            try second.start()
            let error = second.awaitEnd()
            second.stop()
            #expect(error?.code == .journal && error?.description.contains(words) == true, "\(error.debugDescription)")
        }
    }
}
