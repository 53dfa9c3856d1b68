import BeckonKafka

/// What the coordinator knows of a transactional id.
final class SimulatedTransaction {
    enum State: Equatable {
        case empty
        case ongoing(sinceUs: Int64)
        /// Decided, and so many markers are still to be written.
        case ending(markersLeft: Int)
    }

    let producer: Int64
    var epoch: Int16 = 0
    var state = State.empty
    var partitions: [TopicPartition] = []
    /// Seen with the end.
    var offsets: [(group: String, TopicPartitionOffset)] = []

    init(producer: Int64) { self.producer = producer }
}

/// The coordinator of transactions, as Kafka's does it before KIP-890.
extension SimulatedCluster {
    private static let timeoutUs: Int64 = 10_000_000

    /// Fences the last owner and ends what he left open. nil while an end is under way: ask again.
    func takeOver(_ id: String) -> (producer: Int64, epoch: Int16)? {
        let transaction: SimulatedTransaction
        if let known = transactions[id] {
            transaction = known
        } else {
            transaction = SimulatedTransaction(producer: nextProducer)
            nextProducer += 1
            transactions[id] = transaction
        }
        switch transaction.state {
        case .ending: return nil
        case .ongoing:
            transaction.epoch += 1
            end(transaction, isCommit: false)
            return nil
        case .empty:
            transaction.epoch += 1
            return (transaction.producer, transaction.epoch)
        }
    }

    private func owned(_ id: String, _ epoch: Int16) throws(KafkaError) -> SimulatedTransaction {
        guard let transaction = transactions[id], transaction.epoch == epoch else {
            throw KafkaError(.fenced, "the transactional id \(id) has a newer owner", isFatal: true)
        }
        return transaction
    }

    /// False while the end of the one before is under way.
    func join(_ id: String, _ epoch: Int16, _ places: [TopicPartition]) throws(KafkaError) -> Bool {
        let transaction = try owned(id, epoch)
        switch transaction.state {
        case .ending: return false
        case .empty: transaction.state = .ongoing(sinceUs: scheduler.nowUs)
        case .ongoing: break
        }
        for place in places where !transaction.partitions.contains(place) { transaction.partitions.append(place) }
        return true
    }

    /// - Throws: `fenced` where a newer epoch has left its marker already.
    func write(_ record: OutgoingBytes, to place: TopicPartition, timestampMs: Int64, by id: String, _ epoch: Int16)
        throws(KafkaError) -> Int64
    {
        let log = try log(place)
        guard let producer = transactions[id]?.producer, log.mayWrite(producer, epoch) else {
            throw KafkaError(.fenced, "\(place): a newer owner has written", isFatal: true)
        }
        return log.append(record, timestampMs: timestampMs, nowMs: wallMs, producer: (producer, epoch))
    }

    func addOffsets(_ offsets: [TopicPartitionOffset], group: String, to id: String, _ epoch: Int16)
        throws(KafkaError) -> Bool
    {
        let transaction = try owned(id, epoch)
        if case .ending = transaction.state { return false }
        if transaction.state == .empty { transaction.state = .ongoing(sinceUs: scheduler.nowUs) }
        transaction.offsets += offsets.map { (group, $0) }
        return true
    }

    /// Decided with the return; markers follow.
    func end(_ id: String, _ epoch: Int16, isCommit: Bool) throws(KafkaError) {
        let transaction = try owned(id, epoch)
        switch transaction.state {
        case .ongoing: end(transaction, isCommit: isCommit)
        // The same request once more.
        case .ending, .empty: break
        }
    }

    private func end(_ transaction: SimulatedTransaction, isCommit: Bool) {
        let places = transaction.partitions
        let offsets = isCommit ? transaction.offsets : []
        let (producer, epoch) = (transaction.producer, transaction.epoch)
        transaction.partitions = []
        transaction.offsets = []
        for (group, offset) in offsets { groups[group]?.committed[offset.topicPartition] = offset.offset }
        transaction.state = places.isEmpty ? .empty : .ending(markersLeft: places.count)
        for place in places {
            let isLate = scheduler.random.happens(percent: faults.lateMarker)
            let isMissing = !isCommit && scheduler.random.happens(percent: faults.missingMarker)
            let delay = scheduler.random.microseconds(upTo: isLate ? faults.lateMarkerMsMax * 1_000 : 2_000)
            scheduler.after(us: delay) { [self] in
                if !isMissing, let log = try? log(place) {
                    log.mark(producer, epoch: epoch, isCommit: isCommit, nowMs: wallMs)
                    tell(log)
                }
                guard case .ending(let left) = transaction.state else { return }
                transaction.state = left == 1 ? .empty : .ending(markersLeft: left - 1)
            }
        }
    }

    /// Ends transactions that have been open for too long; their owners are fenced by it.
    func endOldTransactions() {
        for id in transactions.keys.sorted() {
            let transaction = transactions[id]!
            guard case .ongoing(let since) = transaction.state, scheduler.nowUs - since > Self.timeoutUs else {
                continue
            }
            transaction.epoch += 1
            end(transaction, isCommit: false)
        }
    }
}
