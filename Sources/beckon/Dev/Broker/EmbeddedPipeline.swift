import BeckonKafka
import BeckonModel
import BeckonSender
import BeckonWorker

/// The embedded broker, the worker and the sender as the clock sees them. Everything runs on the owner's thread.
final class EmbeddedPipeline: Pipeline {
    private let producer: KafkaProducer
    private let topic: ProducerTopic
    private let tap: OutputTap
    private let worker: Worker
    private let topics: BeckonTopics
    private let sender: Sender
    private let inbox: DeliveryInbox
    private let show: (Happening) -> Void
    /// Told by the sender before the tap has read their decisions.
    private var early: [DeliveryAttempt] = []
    /// Decisions that were shown, until their delivery is.
    private var shownDecisions: Set<String> = []
    /// By partition, the offset behind what was produced here.
    private let produced = OffsetTable(partitionCount: DevTopics.partitionCount)
    /// Ends of the output topics after the last work of worker and sender; nil while there may be more.
    private var ends: [TopicPartition: Int64]?
    private var people: Set<[UInt8]> = []

    /// More people are not told apart.
    static let peopleMax = 1_000_000
    private var lastProgress: [Int32: Worker.PartitionProgress] = [:]
    private var lastSent: [Int32: Int64] = [:]

    init(
        brokers: String, worker: Worker, sender: Sender, inbox: DeliveryInbox, topics: BeckonTopics,
        decisionFile: DecisionFile?, show: @escaping (Happening) -> Void
    ) throws(KafkaError) {
        self.worker = worker
        self.topics = topics
        self.sender = sender
        self.inbox = inbox
        self.show = show
        var properties = DevTopics.clientProperties
        properties["fetch.wait.max.ms"] = nil
        producer = try KafkaProducer(KafkaConfiguration(.plainProducer, brokers: brokers, clientProperties: properties))
        topic = try producer.topic(DevTopics.events)
        try producer.warmMetadata([DevTopics.events], timeoutMs: 10_000)
        tap = try OutputTap(brokers: brokers, topics: topics, decisionFile: decisionFile)
        let produced = produced
        producer.onReport = { report in
            if report.error == nil { produced.note(partition: report.partition, next: report.offset + 1) }
        }
    }

    func close() {
        producer.close()
        tap.close()
    }

    /// People of the events that were produced here.
    var peopleCount: Int { people.count }

    var partitionCount: Int { Int(DevTopics.partitionCount) }

    func partition(of person: [UInt8]) -> Int {
        person.withUnsafeBytes { Int(KeyPartitioner.partition(ofKey: $0, count: DevTopics.partitionCount)) }
    }

    func produce(_ events: [PlayedEvent]) throws {
        for event in events {
            if people.count < Self.peopleMax { people.insert(event.person) }
            try event.person.withUnsafeBytes { key in
                try event.value.withUnsafeBytes { value in
                    try producer.produce(
                        to: topic, partition: Int32(partition(of: event.person)), key: key, value: value,
                        timestampMs: event.timeMs)
                }
            }
        }
        try producer.awaitReports()
        ends = nil
    }

    var earliestDueMs: Milliseconds? { worker.progress.values.compactMap(\.earliestDueMs).min() }

    /// Events that the worker has applied, whoever has sent them.
    var appliedCount: Int64 { worker.progress.values.reduce(0) { $0 + $1.positions[DevTopics.events, default: 0] } }

    func isDrained(nowMs: Milliseconds) throws -> Bool {
        if try areOutputsShown(nowMs: nowMs) { return true }
        try poll(timeoutMs: 1)
        return false
    }

    private func areOutputsShown(nowMs: Milliseconds) throws -> Bool {
        let (progress, sent) = (worker.progress, sender.progress)
        if progress != lastProgress || sent != lastSent { ends = nil }
        lastProgress = progress
        lastSent = sent
        guard isWorkerDone(progress, nowMs: nowMs) else { return false }
        if ends == nil { ends = try tap.ends() }
        guard let ends, isSenderDone, areOutcomesApplied, tap.hasReached(ends) else { return false }
        // Whatever is still early now has no decision that could be shown: the broker has dropped it.
        showDeliveries(withDecisionOnly: false)
        return true
    }

    private func isWorkerDone(_ progress: [Int32: Worker.PartitionProgress], nowMs: Milliseconds) -> Bool {
        progress.count == partitionCount
            && progress.allSatisfy { partition, progress in
                progress.positions[DevTopics.events, default: 0] >= produced.next(partition: partition)
                    && progress.earliestDueMs.map { $0 > nowMs } ?? true
            }
    }

    /// Shows what has come, after at most so long.
    func poll(timeoutMs: Int32) throws {
        producer.poll()
        try tap.poll(timeoutMs: timeoutMs) { happening in
            if case .decision(let decision) = happening, shownDecisions.count < DeliveryInbox.countMax {
                shownDecisions.insert(decision.id)
            }
            show(happening)
        }
        showDeliveries(withDecisionOnly: true)
    }

    /// Sender and tap read the decisions each for itself: a delivery waits until its decision was shown.
    private func showDeliveries(withDecisionOnly: Bool) {
        let (deliveries, dropped) = inbox.take()
        let waiting = early + deliveries
        early = []
        for delivery in waiting {
            let decision = delivery.decision
            if shownDecisions.remove(decision.id) == nil, withDecisionOnly, early.count < DeliveryInbox.countMax {
                early.append(delivery)
                continue
            }
            let text = String(decoding: delivery.message.body, as: UTF8.self)
            show(.delivery(rule: decision.rule, person: decision.person, channel: decision.channel, text: text))
        }
        if dropped > 0 { show(.dropped(topic: "deliveries", count: dropped)) }
    }

    private var isSenderDone: Bool {
        (ends ?? [:]).allSatisfy { place, end in
            place.topic != topics.decisions || lastSent[place.partition, default: 0] >= end
        }
    }

    /// What the sender has told came back to the worker.
    private var areOutcomesApplied: Bool {
        (ends ?? [:]).allSatisfy { place, end in
            place.topic != topics.outcomes
                || lastProgress[place.partition]?.positions[topics.outcomes] ?? 0 >= end
        }
    }

    /// What the clock waits for, in words.
    func waitsFor(nowMs: Milliseconds) -> String {
        for (partition, progress) in worker.progress.sorted(by: { $0.key < $1.key }) {
            let position = progress.positions[DevTopics.events, default: 0]
            let end = produced.next(partition: partition)
            if position < end { return "the worker, at \(position) of \(end) in partition \(partition)" }
            if let due = progress.earliestDueMs, due <= nowMs {
                return "a timer of partition \(partition) that was due at \(Timestamp.text(due))"
            }
        }
        if !isSenderDone { return "the sender" }
        return areOutcomesApplied ? "the outputs to be read" : "the worker, for what became of decisions"
    }
}

/// Offsets by partition; written by delivery reports, which come on the producer's thread.
final class OffsetTable {
    private var offsets: [Int64]

    init(partitionCount: Int32) {
        offsets = Array(repeating: 0, count: Int(partitionCount))
    }

    func note(partition: Int32, next: Int64) {
        offsets[Int(partition)] = max(offsets[Int(partition)], next)
    }

    func next(partition: Int32) -> Int64 { offsets[Int(partition)] }
}
