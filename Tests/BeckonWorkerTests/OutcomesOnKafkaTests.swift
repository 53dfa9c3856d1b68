import BeckonKafka
import BeckonService
import Foundation
import KafkaFixture
import Testing

@testable import BeckonModel
@testable import BeckonWorker

@Suite(.enabled(if: RealKafka.isAvailable), .serialized, .tags(.kafka), .timeLimit(.minutes(3)))
struct `Outcomes on a real Kafka` {
    static let rules = """
        id: cart
        when: { event: add_to_cart, absent: { event: order_completed, within: 1s } }
        goal: { event: order_completed, within: 1h }
        send: { channels: [push], template: cart }
        """
    private let rules = WorkerStage.rules(Self.rules)

    private func id(_ decisions: [String], of person: String) throws -> String {
        let decision = try #require(decisions.first { $0.contains(#""person":"\#(person)""#) })
        return String(decision.split(separator: #""id":""#)[1].prefix(32))
    }

    /// Leaves a cart for each person and waits for the decisions.
    private func leaveCarts(_ stage: WorkerStage, _ people: [String]) throws -> [String] {
        for person in people { try stage.emit(person, #"{"event":"add_to_cart","properties":{}}"#) }
        try stage.flush()
        let decisions = try stage.await(stage.configuration.topics.decisions, count: people.count)
        #expect(decisions.count == people.count)
        return decisions
    }

    /// Orders, and waits until the orders are applied.
    private func order(_ stage: WorkerStage, _ people: [String], position: Int64) throws {
        for person in people { try stage.emit(person, #"{"event":"order_completed","properties":{}}"#) }
        try stage.flush()
        try stage.awaitJournal(0, positions: [position])
    }

    private func awaitOutcomes(_ stage: WorkerStage, _ position: Int64) throws {
        try stage.awaitJournal(0, positions: [0, position])
    }

    private func cancelled(_ stage: WorkerStage) throws -> [String] {
        try stage.read(stage.configuration.topics.decisions).filter { $0.contains(#""type":"cancel""#) }
    }

    private func converted(_ stage: WorkerStage) throws -> [String] {
        try stage.read(stage.configuration.topics.outcomes).filter { $0.contains(#""type":"converted""#) }
    }

    @Test func `keep a decision from being recalled, are counted, and go to the dead letters when they cannot be read`()
        throws
    {
        let stage = try WorkerStage(try RealKafka.shared(), partitionCount: 1)
        let metrics = Metrics()
        let worker = stage.worker(rules, metrics: metrics)
        try worker.start()
        defer { worker.stop() }
        let decisions = try leaveCarts(stage, ["ann", "ben", "cat"])
        try stage.tell("ann", #"{"type":"delivered","decision":"\#(id(decisions, of: "ann"))"}"#)
        try stage.tell("ben", #"{"type":"expired","decision":"\#(id(decisions, of: "ben"))"}"#)
        try stage.tell("ben", #"{"type":"expired"}"#)
        try stage.flush()
        try awaitOutcomes(stage, 3)
        try order(stage, ["ann", "ben", "cat"], position: 6)
        let cancels = try cancelled(stage)
        #expect(cancels.count == 1 && cancels[0].contains(#""person":"cat""#))
        let goals = try converted(stage)
        #expect(goals.count == 2 && !goals.contains { $0.contains(#""person":"ben""#) })
        let letters = try stage.records(
            stage.configuration.topics.deadLetters, 0, headers: ["beckon-reason", "beckon-topic", "beckon-explanation"])
        #expect(letters.count == 1 && letters[0].headers["beckon-reason"] == "outcome")
        #expect(letters[0].headers["beckon-topic"] == stage.configuration.topics.outcomes)
        #expect(letters[0].headers["beckon-explanation"]?.contains("outcome.schema.json") == true)
        // It has read its own conversions too.
        try awaitOutcomes(stage, 5)
        try stage.wait(5, "all is counted") {
            metrics.exposition().contains(#"beckon_worker_outcomes_total{type="converted"} 2"#)
        }
        for line in [
            #"beckon_worker_outcomes_total{type="delivered"} 1"#, #"beckon_worker_outcomes_total{type="expired"} 1"#,
            #"beckon_worker_dead_letters_total{reason="outcome"} 1"#, "beckon_worker_events_total 6",
        ] {
            #expect(metrics.exposition().contains(line), "\(line)")
        }
    }

    /// A sender's transaction stays open: its outcomes and the end of their topic are hidden.
    @Test func `that stand still hold neither the clock nor the events up`() throws {
        let stage = try WorkerStage(try RealKafka.shared(), partitionCount: 1)
        let worker = stage.worker(rules)
        try worker.start()
        defer { worker.stop() }
        try stage.awaitReady(worker)
        let sender = try KafkaProducer(
            stage.kafka.configuration(.transactionalProducer(id: RealKafka.uniqueName("sender"))))
        defer { sender.close() }
        try sender.initTransactions()
        try sender.beginTransaction()
        try sender.produce(
            to: sender.topic(stage.configuration.topics.outcomes), partition: 0, key: Array("ann".utf8),
            value: Array(#"{"type":"opened"}"#.utf8))
        try sender.awaitReports()
        _ = try leaveCarts(stage, ["ann"])
        try sender.abortTransaction()
    }

    enum Source: String, CaseIterable { case checkpoint, images, journal }

    /// Once from where all is written, once with the steps behind it replayed.
    @Test(arguments: Source.allCases) func `are known after a restart`(from source: Source) throws {
        let stage = try WorkerStage(try RealKafka.shared(), partitionCount: 1)
        if source != .checkpoint { stage.configuration.stateDirectory = nil }
        if source == .journal { stage.configuration.replayWindowMs = nil }
        let first = stage.worker(rules)
        try first.start()
        let decisions = try leaveCarts(stage, ["ann", "ben"])
        try stage.tell("ann", #"{"type":"delivered","decision":"\#(id(decisions, of: "ann"))"}"#)
        try stage.flush()
        try awaitOutcomes(stage, 1)
        first.stop()
        let log = LogCatcher()
        let second = stage.worker(rules, log: log)
        try second.start()
        defer { second.stop() }
        try order(stage, ["ann", "ben"], position: 4)
        #expect(log.text.contains("restore.from=\(source) "), "\(log.text)")
        let cancels = try cancelled(stage)
        #expect(cancels.count == 1 && cancels[0].contains(#""person":"ben""#))
    }

    /// The newest record of its journal, as a version wrote it that read no outcomes.
    @Test func `of a journal that knows none are read from the oldest on`() throws {
        let stage = try WorkerStage(try RealKafka.shared(), partitionCount: 1)
        let first = stage.worker(rules)
        try first.start()
        let decisions = try leaveCarts(stage, ["ann"])
        first.stop()
        try appendOlder(stage)
        try stage.tell("ann", #"{"type":"delivered","decision":"\#(id(decisions, of: "ann"))"}"#)
        try stage.flush()
        let second = stage.worker(rules)
        try second.start()
        defer { second.stop() }
        try stage.wait(30, "the outcome is applied") {
            try stage.journal(0).last?.standing.positions == [1, 1]
        }
        try order(stage, ["ann"], position: 2)
        #expect(try cancelled(stage).isEmpty)
        #expect(second.endedBy == nil)
    }

    private func appendOlder(_ stage: WorkerStage) throws {
        let journal = try stage.records(stage.configuration.topics.journal, 0)
        let newest = try #require(journal.last?.value)
        let last = try JournalRecord.decode(newest)
        var standing = last.standing
        standing.semantics = 1
        standing.positions.removeLast()
        standing.topicTimesMs.removeLast()
        let older = JournalRecord(
            firstSeq: last.lastSeq + 1, previous: ContentHash(of: newest), steps: [], standing: standing)
        var bytes = ByteBuffer()
        older.encode(into: &bytes)
        let producer = try KafkaProducer(stage.kafka.configuration(.plainProducer))
        defer { producer.close() }
        try producer.produce(
            to: producer.topic(stage.configuration.topics.journal), partition: 0, key: Array("0".utf8),
            value: bytes.bytes)
        try producer.awaitReports()
    }

    @Test func `that have expired unread are passed over with a warning`() throws {
        let stage = try WorkerStage(try RealKafka.shared(), partitionCount: 1)
        let first = stage.worker(rules)
        try first.start()
        let decisions = try leaveCarts(stage, ["ann", "ben"])
        first.stop()
        for person in ["ann", "ben"] {
            try stage.tell(person, #"{"type":"delivered","decision":"\#(id(decisions, of: person))"}"#)
        }
        try stage.flush()
        try stage.kafka.deleteRecords(stage.configuration.topics.outcomes, 0, before: 1)
        let log = LogCatcher()
        let second = stage.worker(rules, log: log)
        try second.start()
        defer { second.stop() }
        try awaitOutcomes(stage, 2)
        try order(stage, ["ann", "ben"], position: 4)
        #expect(log.text.contains("Outcomes are gone unread"), "\(log.text)")
        let cancels = try cancelled(stage)
        #expect(cancels.count == 1 && cancels[0].contains(#""person":"ann""#))
        #expect(second.endedBy == nil)
    }

    @Test func `on a compacted topic are refused`() throws {
        let kafka = try RealKafka.shared()
        let stage = try WorkerStage(kafka)
        let name = try kafka.makeTopics("compacted", partitionCount: 2, settings: ["cleanup.policy": "compact"])[0]
        stage.configuration.topics.outcomes = name
        let worker = stage.worker(rules)
        defer { worker.stop() }
        let error = #expect(throws: WorkerError.self) { try worker.start() }
        #expect(error?.code == .topics && error?.description.contains("\(name) is compacted") == true)
    }
}
