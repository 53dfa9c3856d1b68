import CRDKafka

/// A consumer: a group member that follows one driver topic, or, with the role `reader`, one that reads on its own.
///
/// Not Sendable: made, used and closed on one thread. Every blocking call belongs on a thread that may block.
///
/// *Rebalance*: joining gives an empty assignment at once, so that the group's round is over and heartbeats go on while
/// the owner restores for as long as it needs (it must go on consuming, if only to get nothing, within
/// `max.poll.interval.ms`). The owner then calls ``assign(_:)`` with explicit offsets, of any topics, the whole list each time.
public final class KafkaConsumer: ConsumerClient {
    let handle: KafkaHandle
    private let queue: OpaquePointer
    private(set) var topics: [String: OpaquePointer] = [:]
    private var gauge = PrefetchGauge()
    private var assigned: [TopicPartition] = []
    /// Taken without a group, and not told to the owner yet.
    var untold: [Int32]?
    private var scratch: UnsafeMutableBufferPointer<UnsafeMutablePointer<rd_kafka_message_t>?>

    /// Called inside ``consumeBatch(max:timeoutMs:)``. During a revocation the owner commits what is open.
    public var onRebalance: ((RebalanceEvent) -> Void)?

    public init(_ configuration: KafkaConfiguration) throws(KafkaError) {
        precondition(configuration.role.isConsumer, "\(configuration.role) is not the role of a consumer")
        handle = try KafkaHandle(configuration)
        rd_kafka_poll_set_consumer(handle.pointer)
        // Without a group (the probe's role) there is nothing to read, but logs and errors come all the same.
        queue = rd_kafka_queue_get_consumer(handle.pointer) ?? rd_kafka_queue_get_main(handle.pointer)
        scratch = .allocate(capacity: 0)
        handle.callbacks.onRebalance = { [unowned self] code, partitions in rebalance(code, partitions) }
    }

    deinit {
        close()
        scratch.deallocate()
    }

    /// Logs come inside ``consumeBatch(max:timeoutMs:)``. Silent unless set.
    public var onLog: KafkaLog? {
        get { handle.callbacks.onLog }
        set { handle.callbacks.onLog = newValue }
    }

    public var clock: any MonotonicClock { SystemMonotonicClock() }

    /// The error that made the consumer useless, for example a second member with the same instance id.
    public var fatalError: KafkaError? { handle.fatalError }
    /// The newest error of the connections; they are retried.
    public var lastError: KafkaError? { handle.callbacks.lastError }

    // MARK: Group

    /// Joins the group. The topic must exist: the batch calls can crash on a missing one (#4273).
    public func subscribe(toDriverTopic topic: String) throws(KafkaError) {
        let list = TopicPartitionList([TopicPartition(topic, -1)], offset: TopicPartitionOffset.end)
        try check(rd_kafka_subscribe(handle.pointer, list.pointer), "joining the group by topic \(topic)")
    }

    /// The group has given this member's partitions to others: abort, do not commit.
    public var isAssignmentLost: Bool { rd_kafka_assignment_lost(handle.pointer) != 0 }

    /// Who this member is in the present generation. Fetch it anew for each commit.
    public func groupMetadata() throws(KafkaError) -> GroupMetadata {
        guard let pointer = rd_kafka_consumer_group_metadata(handle.pointer) else {
            throw KafkaError(.state, "the consumer has no group")
        }
        return GroupMetadata(owning: pointer)
    }

    private func rebalance(
        _ code: rd_kafka_resp_err_t, _ partitions: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
    ) {
        let numbers = partitions.map { TopicPartitionList(borrowing: $0).elements.map(\.partition) } ?? []
        if code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            let nothing = TopicPartitionList([])
            rd_kafka_assign(handle.pointer, nothing.pointer)
            onRebalance?(.assigned(numbers))
        } else {
            // Any other code is an error of the group; librdkafka says to treat it as a loss.
            let isLost = isAssignmentLost || code != RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS
            onRebalance?(.revoked(numbers, lost: isLost))
            rd_kafka_assign(handle.pointer, nil)
        }
    }

    // MARK: Assignment

    /// Reads exactly these partitions from now on, each at its offset; what was prefetched before is dropped.
    public func assign(_ offsets: [TopicPartitionOffset]) throws(KafkaError) {
        let list = TopicPartitionList(offsets)
        try check(rd_kafka_assign(handle.pointer, list.pointer), "assigning \(offsets.count) partitions")
        try list.checkElements("assigning")
        assigned = offsets.map { TopicPartition($0.topic, $0.partition) }
    }

    /// Stops fetching; what is in flight may still come. Keep your own position: the stored one may be wrong (#4208).
    public func pause(_ partitions: [TopicPartition]) throws(KafkaError) {
        let list = TopicPartitionList(partitions, offset: TopicPartitionOffset.end)
        try check(rd_kafka_pause_partitions(handle.pointer, list.pointer), "pausing \(partitions)")
        try list.checkElements("pausing")
    }

    public func resume(_ partitions: [TopicPartition]) throws(KafkaError) {
        let list = TopicPartitionList(partitions, offset: TopicPartitionOffset.end)
        try check(rd_kafka_resume_partitions(handle.pointer, list.pointer), "resuming \(partitions)")
        try list.checkElements("resuming")
    }

    /// Where the next message that is handed out would be, control records counted. Without those not yet read from.
    public func position(_ partitions: [TopicPartition]) throws(KafkaError) -> [TopicPartitionOffset] {
        let list = TopicPartitionList(partitions, offset: -1001)
        try check(rd_kafka_position(handle.pointer, list.pointer), "asking for positions")
        return list.offsets
    }

    // MARK: Consuming

    /// Waits until `max` messages are there or the time is up, whichever is first: give it 1 to 5 ms.
    ///
    /// Ends of partitions and errors come as items of the batch. Rebalances, logs and errors are served meanwhile.
    public func consumeBatch(max: Int, timeoutMs: Int32) throws(KafkaError) -> MessageBatch {
        guard !handle.isClosed else { throw KafkaError(.closed, "the consumer was closed") }
        if scratch.count < max {
            scratch.deallocate()
            scratch = .allocate(capacity: max)
        }
        if let partitions = untold {
            untold = nil
            onRebalance?(.assigned(partitions))
        }
        if gauge.isDry(rd_kafka_queue_length(queue), batch: max) { wakeFetcher() }
        let count = rd_kafka_consume_batch_queue(queue, timeoutMs, scratch.baseAddress, max)
        guard count >= 0 else { throw KafkaError(rd_kafka_last_error(), during: "consuming") }
        return MessageBatch(copying: UnsafePointer(scratch.baseAddress!), count: count)
    }

    /// Any request that a broker's thread has to send ends its sleep; this one is the smallest. The answer does not matter.
    private func wakeFetcher() {
        let list = TopicPartitionList(assigned, offset: TopicPartitionOffset.end)
        rd_kafka_offsets_for_times(handle.pointer, list.pointer, 100)
    }

    /// What ``Message/topic`` is for the messages of this topic.
    public func identity(ofTopic name: String) throws(KafkaError) -> TopicIdentity {
        if let known = topics[name] { return TopicIdentity(known) }
        guard let topic = rd_kafka_topic_new(handle.pointer, name, nil) else {
            throw KafkaError(rd_kafka_last_error(), during: "opening topic \(name)")
        }
        topics[name] = topic
        return TopicIdentity(topic)
    }

    // MARK: Close

    /// Leaves the queue, closes the group membership and destroys the handle, within the deadline.
    ///
    /// A static member does not leave the group: its partitions move after `session.timeout.ms`, or it comes back. A close
    /// that hangs is left behind on its own thread; end the process by `_exit` then.
    /// - Returns: false when it was left behind.
    @discardableResult
    public func close(deadlineMs: Int32) -> Bool {
        guard !handle.isClosed else { return true }
        onRebalance = nil
        // The closing revocation: the owner has committed by now, and self may be on its way out.
        let pointer = handle.pointer
        handle.callbacks.onRebalance = { _, _ in rd_kafka_assign(pointer, nil) }
        let deadline = Deadline(milliseconds: deadlineMs)
        if let refusal = rd_kafka_consumer_close_queue(handle.pointer, queue) {
            rd_kafka_error_destroy(refusal)
        } else {
            while rd_kafka_consumer_closed(handle.pointer) == 0 && !deadline.isPast { dropOne() }
        }
        for topic in topics.values { rd_kafka_topic_destroy(topic) }
        topics = [:]
        rd_kafka_queue_destroy(queue)
        return handle.close(deadlineMs: max(500, deadline.remainingMs))
    }

    private func dropOne() {
        var message: UnsafeMutablePointer<rd_kafka_message_t>?
        if rd_kafka_consume_batch_queue(queue, 10, &message, 1) == 1 { rd_kafka_message_destroy(message) }
    }
}
