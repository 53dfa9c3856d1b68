import CRDKafka

extension KafkaConsumer {
    /// Takes all partitions of the topic without joining the group, as its only reader; the next
    /// ``consumeBatch(max:timeoutMs:)`` tells of them as a rebalance would. They are never revoked.
    ///
    /// For the embedded broker. When the process stands still for the session's time-out, it drops its members, also one
    /// that waits for the answer to its join: none comes any more, and the client waits for `max.poll.interval.ms`.
    public func takeAll(ofDriverTopic topic: String, timeoutMs: Int32) throws(KafkaError) {
        _ = try identity(ofTopic: topic)
        var metadata: UnsafePointer<rd_kafka_metadata>?
        do {
            try check(
                rd_kafka_metadata(handle.pointer, 0, topics[topic], &metadata, timeoutMs),
                "asking for the partitions of \(topic)")
        } catch { throw handle.explained(error) }
        defer { rd_kafka_metadata_destroy(metadata) }
        guard let found = metadata?.pointee.topics?.pointee else {
            throw KafkaError(.unknownTopic, "the topic \(topic) does not exist")
        }
        try check(found.err, "asking for the partitions of \(topic)")
        untold = Array(0..<found.partition_cnt)
    }
}
