import CRDKafka

/// Creates and describes topics. Not Sendable; each call blocks until the cluster has answered or its deadline has passed.
public final class KafkaAdmin: TopicDescriber {
    let handle: KafkaHandle
    private let deadlineMs: Int32

    /// - Parameter deadlineMs: of each call.
    public init(_ configuration: KafkaConfiguration, deadlineMs: Int32 = 15_000) throws(KafkaError) {
        handle = try KafkaHandle(configuration)
        self.deadlineMs = deadlineMs
    }

    /// Logs come inside the calls. Silent unless set.
    public var onLog: KafkaLog? {
        get { handle.callbacks.onLog }
        set { handle.callbacks.onLog = newValue }
    }

    /// - Returns: false when librdkafka hangs and was left behind on its thread.
    @discardableResult
    public func close(deadlineMs: Int32 = 5_000) -> Bool { handle.close(deadlineMs: deadlineMs) }

    // MARK: Describing

    /// Also the way to find out whether the cluster can be reached at all: the error says what to check.
    public func clusterDescription() throws(KafkaError) -> ClusterDescription {
        let metadata = try metadata()
        defer { rd_kafka_metadata_destroy(metadata) }
        let brokers = UnsafeBufferPointer(start: metadata.pointee.brokers, count: Int(metadata.pointee.broker_cnt))
        return ClusterDescription(
            clusterId: clusterId(),
            brokers: brokers.map { "\($0.id) \(String(cString: $0.host)):\($0.port)" }.sorted(),
            topicCount: Int(metadata.pointee.topic_cnt))
    }

    /// The topics that exist, by name. Those that do not are missing from the answer; nothing is created by asking.
    public func describeTopics(_ names: [String]) throws(KafkaError) -> [String: TopicDescription] {
        let metadata = try metadata()
        defer { rd_kafka_metadata_destroy(metadata) }
        var found: [String: TopicDescription] = [:]
        for topic in UnsafeBufferPointer(start: metadata.pointee.topics, count: Int(metadata.pointee.topic_cnt)) {
            let name = String(cString: topic.topic)
            guard names.contains(name), topic.err != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART else { continue }
            try check(topic.err, "describing topic \(name)")
            found[name] = Self.description(of: topic, name)
        }
        return found
    }

    private static func description(of topic: rd_kafka_metadata_topic, _ name: String) -> TopicDescription {
        let partitions = UnsafeBufferPointer(start: topic.partitions, count: Int(topic.partition_cnt))
        return TopicDescription(
            name: name, partitionCount: topic.partition_cnt, replicationFactor: partitions.first?.replica_cnt ?? 0,
            leaderless: partitions.filter { $0.leader < 0 }.map(\.id))
    }

    /// Of all topics: asking for one by its name could create it.
    private func metadata() throws(KafkaError) -> UnsafePointer<rd_kafka_metadata> {
        handle.poll(timeoutMs: 0)
        var metadata: UnsafePointer<rd_kafka_metadata>?
        let code = rd_kafka_metadata(handle.pointer, 1, nil, &metadata, deadlineMs)
        handle.poll(timeoutMs: 0)
        do { try check(code, "asking the cluster for its topics") } catch { throw handle.explained(error) }
        return metadata!
    }

    private func clusterId() -> String? {
        guard let text = rd_kafka_clusterid(handle.pointer, deadlineMs) else { return nil }
        defer { rd_kafka_mem_free(handle.pointer, text) }
        return String(cString: text)
    }

    // MARK: Requests

    /// Sends one admin request and waits for its answer, which the closure reads before it is gone.
    func request<Answer>(
        _ operation: rd_kafka_admin_op_t, _ action: String, send: (OpaquePointer, OpaquePointer) -> Void,
        read: (OpaquePointer) throws(KafkaError) -> Answer
    ) throws(KafkaError) -> Answer {
        let queue = rd_kafka_queue_new(handle.pointer)!
        defer { rd_kafka_queue_destroy(queue) }
        let options = rd_kafka_AdminOptions_new(handle.pointer, operation)!
        defer { rd_kafka_AdminOptions_destroy(options) }
        var text = [CChar](repeating: 0, count: 256)
        rd_kafka_AdminOptions_set_request_timeout(options, deadlineMs, &text, text.count)
        send(options, queue)
        // The request gives up by itself; the second above that is for the answer to arrive.
        let event = rd_kafka_queue_poll(queue, deadlineMs + 1_000)
        handle.poll(timeoutMs: 0)
        guard let event else {
            throw handle.explained(KafkaError(.timedOut, "\(action): no answer", isRetriable: true))
        }
        defer { rd_kafka_event_destroy(event) }
        guard rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR_NO_ERROR else {
            let code = KafkaErrorCode(rd_kafka_event_error(event))
            let reason = rd_kafka_event_error_string(event).map { String(cString: $0) } ?? code.meaning
            throw handle.explained(KafkaError(code, "\(action): \(reason)", isRetriable: code.isTransient))
        }
        return try read(event)
    }
}
