import CRDKafka

/// A producer, transactional or plain by the role of its configuration.
///
/// Not Sendable: made, used and closed on one thread, on which reports and logs come too, inside the calls that poll.
public final class KafkaProducer: ProducerClient {
    var handle: KafkaHandle
    let reports: DeliveryReports
    private var topics: [(name: String, pointer: OpaquePointer)] = []
    /// Kept when the handle is gone: a reopening that failed is tried again.
    private var topicNames: [String] = []
    private var scratch: [rd_kafka_message_t] = []

    /// Most records and bytes under way at once; more wait.
    public static let outstandingCountMax = 1_000_000
    public static let outstandingBytesMax = 1 << 30

    public init(_ configuration: KafkaConfiguration) throws(KafkaError) {
        reports = DeliveryReports(isTransactional: configuration.role.isTransactional)
        handle = try KafkaHandle(configuration, reports: reports)
    }

    deinit { close() }

    /// Called for each record when its report comes. Costs a closure call each: for producers that answer someone.
    public var onReport: ((DeliveryReport) -> Void)? {
        get { reports.onReport }
        set { reports.onReport = newValue }
    }

    /// Logs come inside the calls that poll. Silent unless set.
    public var onLog: KafkaLog? {
        get { handle.callbacks.onLog }
        set { handle.callbacks.onLog = newValue }
    }

    public var clock: any MonotonicClock { SystemMonotonicClock() }

    /// Records whose report has not come.
    public var outstandingCount: Int { reports.outstandingCount }
    /// The error that made the producer useless: close it.
    public var fatalError: KafkaError? { handle.fatalError }
    /// The newest error of the connections; they are retried.
    public var lastError: KafkaError? { handle.callbacks.lastError }

    /// The topic to produce to; the same one for the same name.
    public func topic(_ name: String) throws(KafkaError) -> ProducerTopic {
        if let index = topics.firstIndex(where: { $0.name == name }) { return ProducerTopic(index: index) }
        topics.append((name, try open(name)))
        topicNames.append(name)
        return ProducerTopic(index: topics.count - 1)
    }

    private func open(_ name: String) throws(KafkaError) -> OpaquePointer {
        guard let topic = rd_kafka_topic_new(handle.pointer, name, nil) else {
            throw KafkaError(rd_kafka_last_error(), during: "opening topic \(name)")
        }
        return topic
    }

    /// Asks for the topics' metadata, so that the first record need not wait for it (up to a second).
    public func warmMetadata(_ names: [String], timeoutMs: Int32) throws(KafkaError) {
        let deadline = Deadline(milliseconds: timeoutMs)
        for name in names {
            let pointer = topics[try topic(name).index].pointer
            var metadata: UnsafePointer<rd_kafka_metadata>?
            do {
                try check(
                    rd_kafka_metadata(handle.pointer, 0, pointer, &metadata, max(1, deadline.remainingMs)),
                    "asking for the partitions of \(name)")
            } catch { throw handle.explained(error) }
            defer { rd_kafka_metadata_destroy(metadata) }
            for found in UnsafeBufferPointer(
                start: metadata?.pointee.topics, count: Int(metadata?.pointee.topic_cnt ?? 0))
            {
                try check(found.err, "asking for the partitions of \(name)")
            }
        }
    }

    // MARK: Producing

    /// Gives the records to the client in their order, without copying the values.
    ///
    /// Waits while too much is under way. A record that the client does not take is thrown here and has no report.
    public func produceBatch(
        to topic: ProducerTopic, partition: Int32, records: UnsafeBufferPointer<OutgoingRecord>
    ) throws(KafkaError) {
        var start = 0
        while start < records.count {
            let end = min(records.count, start + Self.chunkCountMax)
            try produceChunk(to: topic, partition, UnsafeBufferPointer(rebasing: records[start..<end]))
            start = end
        }
    }

    private static let chunkCountMax = 10_000

    private func produceChunk(
        to topic: ProducerTopic, _ partition: Int32, _ records: UnsafeBufferPointer<OutgoingRecord>
    ) throws(KafkaError) {
        scratch.removeAll(keepingCapacity: true)
        var bytes = 0
        for record in records {
            let message = rd_kafka_message_t(record)
            bytes += message.len + message.key_len
            scratch.append(message)
        }
        try makeRoom(count: records.count, bytes: bytes)
        reports.expect(count: records.count, bytes: bytes)
        let pointer = topics[topic.index].pointer
        let taken = scratch.withUnsafeMutableBufferPointer { messages in
            Int(rd_kafka_produce_batch(pointer, partition, 0, messages.baseAddress, Int32(messages.count)))
        }
        if taken < records.count { throw refusal(topic, partition, taken: taken) }
    }

    /// Takes the refused records out of the count, which no report will do, and says why they were refused.
    private func refusal(_ topic: ProducerTopic, _ partition: Int32, taken: Int) -> KafkaError {
        var first: rd_kafka_resp_err_t = RD_KAFKA_RESP_ERR__FAIL
        for message in scratch.reversed() where message.err != RD_KAFKA_RESP_ERR_NO_ERROR {
            reports.expect(count: -1, bytes: -(message.len + message.key_len))
            first = message.err
        }
        return refused(first, "\(scratch.count - taken) of \(scratch.count) records", topic, partition)
    }

    private func refused(
        _ code: rd_kafka_resp_err_t, _ what: String, _ topic: ProducerTopic, _ partition: Int32
    ) -> KafkaError {
        if let fatal = fatalError { return fatal }
        let code = KafkaErrorCode(code)
        return KafkaError(
            code, "\(what) for \(topics[topic.index].name)-\(partition) not taken: \(code.meaning)",
            requiresAbort: handle.configuration.role.isTransactional)
    }

    /// Gives one record to the client, with headers and a timestamp. Copies everything.
    ///
    /// - Parameter timestampMs: milliseconds since 1970; 0 is now.
    public func produce(
        _ record: OutgoingRecord, to topic: ProducerTopic, partition: Int32, headers: [(name: String, value: [UInt8])],
        timestampMs: Int64
    ) throws(KafkaError) {
        let message = rd_kafka_message_t(record)
        let bytes = message.len + message.key_len
        try makeRoom(count: 1, bytes: bytes)
        let list = Self.headerList(headers)
        reports.expect(count: 1, bytes: bytes)
        let code = beckon_kafka_produce(
            handle.pointer, topics[topic.index].pointer, partition, RD_KAFKA_MSG_F_COPY, message.payload, message.len,
            message.key, message.key_len, timestampMs, list, message._private)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return }
        if let list { rd_kafka_headers_destroy(list) }
        reports.expect(count: -1, bytes: -bytes)
        throw refused(code, "a record of \(bytes) bytes", topic, partition)
    }

    private static func headerList(_ headers: [(name: String, value: [UInt8])]) -> OpaquePointer? {
        guard !headers.isEmpty else { return nil }
        let list = rd_kafka_headers_new(headers.count)
        for header in headers {
            header.value.withUnsafeBytes { bytes in
                _ = rd_kafka_header_add(
                    list, header.name, -1, bytes.baseAddress ?? UnsafeRawPointer(emptyBytes), bytes.count)
            }
        }
        return list
    }

    /// Polls until so much more fits, so that the client's own queue is never full in the middle of a batch.
    private func makeRoom(count: Int, bytes: Int) throws(KafkaError) {
        guard !handle.isClosed else { throw KafkaError(.closed, "the producer was closed", isFatal: true) }
        let deadline = Deadline(milliseconds: Self.watchdogMs)
        while reports.outstandingCount > 0
            && (reports.outstandingCount + count > Self.outstandingCountMax
                || reports.outstandingBytes + bytes > Self.outstandingBytesMax)
        {
            if deadline.isPast { throw stuck("waiting for room") }
            handle.poll(timeoutMs: 10)
        }
    }

    // MARK: Reports

    /// Serves what has come: reports, logs, errors.
    public func poll(timeoutMs: Int32 = 0) { handle.poll(timeoutMs: timeoutMs) }

    /// Waits until every record has its report.
    ///
    /// - Throws: the first failure since the last call, or `watchdog` when reports are missing at the deadline.
    public func awaitReports(deadlineMs: Int32) throws(KafkaError) {
        let deadline = Deadline(milliseconds: deadlineMs)
        while reports.outstandingCount > 0 && !deadline.isPast {
            handle.poll(timeoutMs: min(100, deadline.remainingMs))
        }
        if let fatal = fatalError { throw fatal }
        if let failure = reports.takeFailure() { throw failure }
        if reports.outstandingCount > 0 { throw stuck("waiting for reports") }
    }

    /// The first record since the last call that was not written; forgotten by asking.
    public func takeFailure() -> KafkaError? { reports.takeFailure() }

    /// No call of a producer lasts longer (30 s). Beyond it the process should end.
    public static let watchdogMs: Int32 = 30_000

    func stuck(_ action: String) -> KafkaError {
        let last = lastError.map { "; last seen: \($0.message)" } ?? ""
        return KafkaError(
            .watchdog,
            "\(action) took too long, \(reports.outstandingCount) records are without a report, brokers "
                + "\(handle.configuration.brokers)\(last)", isFatal: true)
    }

    // MARK: Close

    /// Drops what is under way and destroys the handle, within the deadline. Await the reports first to drop nothing.
    ///
    /// - Returns: false when librdkafka hangs and was left behind: it may then still read the values of records without
    ///   a report, so keep their memory and end the process by `_exit`.
    @discardableResult
    public func close(deadlineMs: Int32) -> Bool {
        guard !handle.isClosed else { return true }
        let deadline = Deadline(milliseconds: deadlineMs)
        rd_kafka_purge(handle.pointer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
        while reports.outstandingCount > 0 && !deadline.isPast { handle.poll(timeoutMs: 10) }
        for topic in topics { rd_kafka_topic_destroy(topic.pointer) }
        topics = []
        return handle.close(deadlineMs: max(500, deadline.remainingMs))
    }

    /// Closes the handle and opens it anew with the same configuration; topics stay valid, records under way are dropped.
    ///
    /// With a transactional id, call ``initTransactions(deadlineMs:)`` next: its new epoch fences whatever delayed request
    /// of the old one is still on its way.
    /// - Throws: `watchdog` when the old handle hangs; its records' memory must then be kept.
    public func reopen(deadlineMs: Int32) throws(KafkaError) {
        let onLog = handle.callbacks.onLog
        guard close(deadlineMs: deadlineMs) else { throw stuck("closing") }
        reports.reset()
        handle = try KafkaHandle(handle.configuration, reports: reports)
        handle.callbacks.onLog = onLog
        for name in topicNames { topics.append((name, try open(name))) }
    }
}

extension KafkaRole {
    var isTransactional: Bool {
        if case .transactionalProducer = self { true } else { false }
    }
}

/// Stands for a key or value that is there and empty, which a nil pointer would not say. Never read or written.
private nonisolated(unsafe) let emptyBytes = UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1)

extension rd_kafka_message_t {
    fileprivate init(_ record: OutgoingRecord) {
        self.init()
        if let value = record.value {
            payload = value.baseAddress.map { UnsafeMutableRawPointer(mutating: $0) } ?? emptyBytes
            len = value.count
        }
        if let bytes = record.key {
            key = bytes.baseAddress.map { UnsafeMutableRawPointer(mutating: $0) } ?? emptyBytes
            key_len = bytes.count
        }
        _private = UnsafeMutableRawPointer(bitPattern: record.token)
    }
}
