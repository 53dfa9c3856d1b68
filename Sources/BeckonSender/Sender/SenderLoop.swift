import BeckonKafka
import BeckonModel
import Dispatch

/// The sender's thread: read a batch, attempt its decisions, commit now and then.
final class SenderLoop {
    private let sender: Sender
    private let consumer: KafkaConsumer
    private let topic: String
    /// Of the partitions that are read, the next offset; negative until the first record of a partition that begins at
    /// its beginning. Empty until the group has spoken.
    private var positions: [Int32: Int64] = [:]
    /// What the group has given and is not read yet.
    private var assigned: [Int32]?
    private var uncommitted = false
    private var committedAtMs: Int64

    private static let readTimeoutMs: Int32 = 5
    private static let questionTimeoutMs: Int32 = 10_000

    init(_ sender: Sender, _ consumer: KafkaConsumer) {
        self.sender = sender
        self.consumer = consumer
        topic = sender.configuration.decisions
        committedAtMs = Self.monotonicMs
        consumer.onRebalance = { [unowned self] event in rebalance(event) }
    }

    func run() {
        do throws(KafkaError) {
            while !sender.isStopping {
                try readBatch()
                if let partitions = assigned { try begin(partitions) }
                if Self.monotonicMs - committedAtMs >= sender.configuration.commitIntervalMs { commit() }
                if let fatal = consumer.fatalError { throw fatal }
            }
        } catch {
            sender.fail(SenderError(.kafka, "reading \(topic): \(error)"))
            sender.log.error("Sender ended", [.topic: topic, .error: error.description])
        }
        commit()
        consumer.close()
    }

    // MARK: The group

    private func rebalance(_ event: RebalanceEvent) {
        switch event {
        case .assigned(let partitions): assigned = partitions
        case .revoked(_, let isLost):
            if !isLost { commit() }
            uncommitted = false
            assigned = nil
            positions = [:]
        }
        sender.set(positions)
    }

    /// Goes on where the group has committed, or at the beginning: what has expired meanwhile is not delivered.
    private func begin(_ partitions: [Int32]) throws(KafkaError) {
        let committed = try consumer.committed(
            partitions.map { TopicPartition(topic, $0) }, timeoutMs: Self.questionTimeoutMs)
        positions = Dictionary(uniqueKeysWithValues: partitions.map { ($0, TopicPartitionOffset.beginning) })
        for place in committed { positions[place.partition] = place.offset }
        assigned = nil
        try assign()
        sender.set(positions)
        sender.log.info("Sender reads its partitions", [.topic: topic, .instance: sender.configuration.instance])
    }

    private func assign() throws(KafkaError) {
        try consumer.assign(
            positions.sorted { $0.key < $1.key }.map { TopicPartitionOffset(topic, $0.key, offset: $0.value) })
    }

    /// A failure is not the end: whoever reads from the old offset attempts again, with the same idempotency key.
    private func commit() {
        committedAtMs = Self.monotonicMs
        let offsets = positions.filter { $0.value >= 0 }.map { TopicPartitionOffset(topic, $0.key, offset: $0.value) }
        guard uncommitted, !offsets.isEmpty else { return }
        do throws(KafkaError) {
            try consumer.commit(offsets)
            uncommitted = false
            sender.metrics.commits.add()
        } catch {
            sender.metrics.commitFailures.add()
            sender.log.warning("Offsets were not committed", [.topic: topic, .error: error.description])
        }
    }

    // MARK: Records

    private func readBatch() throws(KafkaError) {
        let messages = try consumer.consumeBatch(
            max: sender.configuration.batchCountMax, timeoutMs: Self.readTimeoutMs)
        if messages.isEmpty { return }
        var batch = DeliveryBatch()
        var next = positions
        for index in 0..<messages.count { try take(messages[index], &batch, &next) }
        deliver(batch)
        if next != positions { uncommitted = true }
        positions = next
        sender.set(positions)
    }

    private func take(
        _ message: Message, _ batch: inout DeliveryBatch, _ next: inout [Int32: Int64]
    ) throws(KafkaError) {
        let partition = message.partition
        // What was fetched for a partition that has meanwhile been given away is its new owner's.
        guard let position = next[partition] else { return }
        if message.isPartitionEnd {
            // Control records behind the last decision take offsets too.
            next[partition] = max(position, message.offset)
        } else if let error = message.error {
            try handle(error, partition, &next)
        } else if message.offset >= position {
            batch.add(message.value, at: TopicPartitionOffset(topic, partition, offset: message.offset))
            next[partition] = message.offset + 1
        }
    }

    private func handle(
        _ error: KafkaError, _ partition: Int32, _ next: inout [Int32: Int64]
    ) throws(KafkaError) {
        if error.code == .offsetGone {
            sender.metrics.gaps.add()
            sender.log.error(
                "Decisions were deleted before they were read; going on at the oldest there is",
                [.topic: topic, .partition: partition, .offset: next[partition] ?? -1])
            next[partition] = TopicPartitionOffset.beginning
            positions = next
            return try assign()
        }
        if error.isRetriable { return sender.log.debug("Reading again", [.error: error.description]) }
        throw error
    }

    private func deliver(_ batch: DeliveryBatch) {
        sender.metrics.cancels.add(batch.cancelCount)
        for (place, reason) in batch.unreadable {
            sender.metrics.unreadable.add()
            sender.log.warning(
                "A record of decisions cannot be read",
                [.topic: topic, .partition: place.partition, .offset: place.offset, .error: reason])
        }
        for decision in batch.decisions { attempt(decision, batch) }
    }

    private func attempt(_ decision: Decision, _ batch: DeliveryBatch) {
        let nowMs = sender.nowMs()
        if let skip = batch.skip(decision, nowMs: nowMs) { return sender.metrics.skipped[skip.rawValue].add() }
        sender.metrics.decisionToAttempt.observe(Double(max(0, nowMs - decision.decidedAtMs)) / 1_000)
        let result = sender.provider.deliver(DeliveryAttempt(decision: decision, attemptedAtMs: nowMs))
        sender.metrics.attempts[decision.channel, sender.provider.name, result.label].add()
        if case .refused(let reason) = result {
            sender.log.warning(
                "A delivery was refused",
                [.decision: decision.id, .channel: decision.channel, .error: reason])
        }
    }

    private static var monotonicMs: Int64 { Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000) }
}
