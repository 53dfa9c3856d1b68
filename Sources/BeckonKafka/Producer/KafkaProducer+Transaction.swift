import CRDKafka

/// Transactions, in this order: ``initTransactions(deadlineMs:)`` once, then begin, produce, offsets, commit.
///
/// Every call repeats itself while librdkafka says that it may, and throws `watchdog` at its deadline.
extension KafkaProducer {
    /// Takes the transactional id over: fences its last owner and ends a transaction that was left open.
    public func initTransactions(deadlineMs: Int32) throws(KafkaError) {
        try repeated("opening the transactional id", deadlineMs) { rd_kafka_init_transactions($0, $1) }
    }

    public func beginTransaction() throws(KafkaError) {
        try check(rd_kafka_begin_transaction(handle.pointer), "beginning a transaction")
    }

    /// Puts the offsets to be read next into the transaction, fenced by the group's generation.
    ///
    /// Abortable when the member or its generation is not the group's any more.
    public func sendOffsets(
        _ offsets: [TopicPartitionOffset], metadata: GroupMetadata, deadlineMs: Int32 = KafkaProducer.watchdogMs
    ) throws(KafkaError) {
        let list = TopicPartitionList(offsets)
        try repeated("sending \(offsets.count) offsets", deadlineMs) { handle, timeoutMs in
            rd_kafka_send_offsets_to_transaction(handle, list.pointer, metadata.pointer, timeoutMs)
        }
    }

    /// The same, with the consumer's present generation.
    public func sendOffsets(
        _ offsets: [TopicPartitionOffset], of consumer: any ConsumerClient, deadlineMs: Int32
    ) throws(KafkaError) {
        guard let consumer = consumer as? KafkaConsumer else { preconditionFailure("a consumer of another Kafka") }
        try sendOffsets(offsets, metadata: try consumer.groupMetadata(), deadlineMs: deadlineMs)
    }

    /// Commits. After `watchdog` or a fatal error the outcome is unknown.
    public func commitTransaction(deadlineMs: Int32) throws(KafkaError) {
        try repeated("committing", deadlineMs) { rd_kafka_commit_transaction($0, $1) }
    }

    /// Aborts: nothing of the transaction will be seen. Records under way are dropped, and their reports say so.
    ///
    /// Then ``reopen(deadlineMs:)`` before the next transaction.
    public func abortTransaction(deadlineMs: Int32) throws(KafkaError) {
        try repeated("aborting", deadlineMs) { rd_kafka_abort_transaction($0, $1) }
    }

    private func repeated(
        _ action: String, _ deadlineMs: Int32, _ call: (OpaquePointer, Int32) -> OpaquePointer?
    ) throws(KafkaError) {
        guard !handle.isClosed else { throw KafkaError(.closed, "\(action): the producer was closed", isFatal: true) }
        let deadline = Deadline(milliseconds: deadlineMs)
        while true {
            guard let failure = call(handle.pointer, max(1, deadline.remainingMs)) else { return }
            let error = KafkaError(consuming: failure, during: action)
            guard error.isRetriable && !error.requiresAbort && !error.isFatal else { throw error }
            guard !deadline.isPast else { throw stuck("\(error.message);") }
            handle.poll(timeoutMs: 0)
            clock.sleep(milliseconds: 2)
        }
    }
}
