/// After a transaction that failed: whoever commits with a group's generation does the same.
extension ProducerClient {
    private static var recoveriesMax: Int { 20 }

    /// Ends the transaction, and opens the id again: the new epoch fences a delayed abort. Tries for some seconds, or until
    /// `isStopping`.
    ///
    /// - Throws: the last error.
    public func recover(from error: KafkaError, isStopping: () -> Bool) throws(KafkaError) {
        var last = error
        for attempt in 0..<Self.recoveriesMax {
            do throws(KafkaError) {
                if attempt == 0, !error.isFatal { try? abortTransaction(deadlineMs: 5_000) }
                try reopen()
                try initTransactions()
                return
            } catch {
                last = error
                if isStopping() { break }
                clock.sleep(milliseconds: 200)
            }
        }
        throw last
    }

    /// Ends what an earlier transaction of this id has left open on these partitions: nothing of it will be seen.
    ///
    /// A coordinator that finds a partition without a leader takes it for deleted: it completes the transaction without
    /// this partition's marker, and the next commit there would let the records be seen. Only a marker ends them, so an
    /// empty record goes to each partition, in a transaction that is aborted.
    ///
    /// Then ``reopen(deadlineMs:)`` before the next transaction.
    public func abortLeftovers(on partitions: [TopicPartition]) throws(KafkaError) {
        try beginTransaction()
        for partition in partitions {
            try produce(
                to: try topic(partition.topic), partition: partition.partition,
                key: UnsafeRawBufferPointer(start: nil, count: 0), value: nil)
        }
        try awaitReports()
        try abortTransaction()
    }
}

extension KafkaError {
    /// A commit was refused because the group has given the partitions to others.
    public var isLossOfPartitions: Bool { [.illegalGeneration, .unknownMember, .fencedInstance].contains(code) }
}

extension ConsumerClient {
    /// Whether a fenced owner may open its transactional id again. Fenced is who has a second of the same name; and also
    /// whoever was away for longer than a transaction may take, because he or his broker stood still. Only the first must end:
    /// the group then refuses his instance, or has given his partitions away, which is waited for up to three seconds. The
    /// other opens his id again; what he sends is still fenced by the group's generation.
    ///
    /// - Parameter fencedCount: how often this commit was fenced; the third time it is no accident.
    public func mayReopen(fencedCount: Int) -> Bool {
        let since = clock.now()
        while fatalError == nil, !isAssignmentLost, clock.now() - since < .seconds(3) {
            clock.sleep(milliseconds: 20)
        }
        return fatalError == nil && (isAssignmentLost || fencedCount < 3)
    }
}
