import BeckonKafka
import BeckonModel
import BeckonService

/// Finds where partitions are to be taken up, and what their last owner has begun and not ended.
final class Takeover {
    private let configuration: SenderConfiguration
    private let log: Log<SenderLogKey>
    private let isCancelled: () -> Bool
    private var topics: SenderTopics { configuration.topics }

    private static let questionMs: Int32 = 10_000
    /// Records of the ledger that are read beyond what is needed, to know ids that the decisions topic shows twice.
    private static let extraCount: Int64 = 2_000
    /// Longer than a transaction may take: then it is told, and tried again.
    private static let quietMax = Duration.seconds(60)

    init(_ configuration: SenderConfiguration, log: Log<SenderLogKey>, isCancelled: @escaping () -> Bool) {
        self.configuration = configuration
        self.log = log
        self.isCancelled = isCancelled
    }

    /// - Parameter consumer: the group's member, which has the partitions.
    func run(_ partitions: [Int32], consumer: KafkaConsumer) throws(SenderError) -> [Int32: PartitionStart] {
        do throws(KafkaError) {
            let reader = try KafkaConsumer(handle(.reader(group: configuration.group)))
            defer { reader.close() }
            try awaitQuiet(partitions, reader)
            var starts: [Int32: PartitionStart] = [:]
            let committed = try consumer.committed(
                partitions.flatMap { partition in
                    DeliverySource.allCases.map { TopicPartition(topics.name(of: $0), partition) }
                }, timeoutMs: 3 * Self.questionMs)
            for partition in partitions {
                if isCancelled() { break }
                starts[partition] = try start(partition, committed, reader)
            }
            if starts.count == partitions.count { return starts }
        } catch {
            throw SenderError(.kafka, "taking over \(partitions.count) partitions: \(error)")
        }
        throw SenderError(.stopped, "stopped while taking over partitions")
    }

    private func start(
        _ partition: Int32, _ committed: [TopicPartitionOffset], _ reader: KafkaConsumer
    ) throws(KafkaError) -> PartitionStart {
        let decisions = try place(TopicPartition(topics.decisions, partition), committed, reader)
        let retries = try place(TopicPartition(topics.retries, partition), committed, reader)
        let ledger = TopicPartition(topics.ledger, partition)
        let marks = try reader.watermarks(of: ledger, timeoutMs: Self.questionMs)
        let needed = min(decisions.mark?.ledgerOffset ?? marks.low, retries.mark?.ledgerOffset ?? marks.low)
        let from = max(marks.low, needed - Self.extraCount)
        var history = LedgerHistory(next: max(from, marks.end))
        if from < marks.end {
            try reader.readToEnd(ledger, from: from) { message in
                guard let value = message.value, let record = LedgerRecord.read(value) else { return }
                history.note(record, offset: message.offset)
            }
        }
        return PartitionStart(
            decisions: decisions.offset, retries: retries.offset, decisionsRead: decisions.readOffset,
            retriesRead: retries.readOffset, ledger: max(needed, marks.low), history: history)
    }

    private struct Place {
        let offset: Int64
        let mark: CommitMark?
        let readOffset: Int64
    }

    /// Where the group has committed, or at the beginning: what has expired meanwhile is not delivered.
    private func place(_ partition: TopicPartition, _ committed: [TopicPartitionOffset], _ reader: KafkaConsumer)
        throws(KafkaError) -> Place
    {
        let marks = try reader.watermarks(of: partition, timeoutMs: Self.questionMs)
        guard let found = committed.first(where: { $0.topicPartition == partition }) else {
            return Place(offset: marks.low, mark: nil, readOffset: marks.end)
        }
        let mark = found.metadata.flatMap(CommitMark.init)
        if found.offset < marks.low {
            log.error(
                "Records were deleted before they were read; going on at the oldest there is",
                [.topic: partition.topic, .partition: partition.partition, .offset: found.offset])
        }
        return Place(
            offset: max(found.offset, marks.low), mark: mark,
            // An offset that somebody else has set: the ledger may know of everything.
            readOffset: min(mark?.readOffset ?? marks.end, marks.end))
    }

    // MARK: Nothing may be under way

    private func awaitQuiet(_ partitions: [Int32], _ stable: KafkaConsumer) throws(KafkaError) {
        let all = partitions.flatMap { [TopicPartition(topics.ledger, $0), TopicPartition(topics.retries, $0)] }
        let probe = try KafkaConsumer(handle(.clockProbe))
        defer { probe.close() }
        let started = ContinuousClock.now
        var triedAt = started
        var ended: Set<String> = []
        while !isCancelled() {
            let open = try open(all, stable, probe)
            if open.isEmpty { return }
            let now = ContinuousClock.now
            if now - started > Self.quietMax {
                throw KafkaError(
                    .timedOut,
                    "a transaction stays open at \(open[0]), which no owner of records ends; `kafka-transactions.sh find-hanging` tells whose it is",
                    isRetriable: true)
            }
            // A second short of its end: the last owner died in a commit.
            if now - triedAt > .seconds(1) {
                triedAt = now
                try endTransactions(open, &ended, stable, probe)
            }
            pauseMs(50)
        }
    }

    /// Where the last stable offset lies before the end, and that offset.
    private func open(_ partitions: [TopicPartition], _ stable: KafkaConsumer, _ probe: KafkaConsumer)
        throws(KafkaError) -> [TopicPartitionOffset]
    {
        let ends = try probe.endOffsets(of: partitions, timeoutMs: Self.questionMs)
        var stableEnds: [TopicPartition: TopicPartitionOffset] = [:]
        for end in try stable.endOffsets(of: partitions, timeoutMs: Self.questionMs) {
            stableEnds[end.topicPartition] = end
        }
        return ends.compactMap { end in
            guard let stable = stableEnds[end.topicPartition], stable.offset < end.offset else { return nil }
            return stable
        }
    }

    /// Opening a transactional id ends its open transaction; the open record says whose it is. What is then still open Kafka
    /// has ended without markers: an aborted record ends it.
    private func endTransactions(
        _ places: [TopicPartitionOffset], _ ended: inout Set<String>, _ stable: KafkaConsumer, _ probe: KafkaConsumer
    ) throws(KafkaError) {
        let reader = try KafkaConsumer(handle(.uncommittedReader(group: configuration.group)))
        defer { reader.close() }
        for place in places {
            var owner: String?
            try reader.readToEnd(place.topicPartition, from: place.offset) { message in
                if owner == nil, let value = message.value { owner = RecordOwner.read(value) }
            }
            guard let owner, ended.insert(owner).inserted else { continue }
            log.notice(
                "Ending the open transaction of the last owner",
                [.topic: place.topic, .partition: place.partition, .instance: owner])
            let producer = try KafkaProducer(handle(.transactionalProducer(id: owner)))
            defer { producer.close() }
            try producer.initTransactions()
            let left = try open(places.map(\.topicPartition), stable, probe).map(\.topicPartition)
            if !left.isEmpty { try producer.abortLeftovers(on: left) }
        }
    }

    private func handle(_ role: KafkaRole) throws(KafkaError) -> KafkaConfiguration {
        try KafkaConfiguration(
            role, brokers: configuration.brokers, clientProperties: configuration.clientProperties)
    }
}
