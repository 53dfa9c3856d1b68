import CRDKafka

extension KafkaConsumer {
    /// The oldest offset that is there and the end, freshly asked.
    ///
    /// The end is the last stable offset, except for the role `clockProbe`, which sees the high watermark.
    public func watermarks(of partition: TopicPartition, timeoutMs: Int32) throws(KafkaError) -> Watermarks {
        var low: Int64 = -1
        var high: Int64 = -1
        let code = rd_kafka_query_watermark_offsets(
            handle.pointer, partition.topic, partition.partition, &low, &high, timeoutMs)
        do { try check(code, "asking for the ends of \(partition)") } catch { throw handle.explained(error) }
        return Watermarks(low: low, end: high)
    }

    /// The high watermark as the last answer to a fetch told it; nil before the first. Asks nobody: it is old when the
    /// connection is cut, and proves nothing.
    public func knownEnd(of partition: TopicPartition) -> Int64? {
        var low: Int64 = -1
        var high: Int64 = -1
        let code = rd_kafka_get_watermark_offsets(
            handle.pointer, partition.topic, partition.partition, &low, &high)
        return code == RD_KAFKA_RESP_ERR_NO_ERROR && high >= 0 ? high : nil
    }

    /// The ends of many partitions in one request to each broker, freshly asked: last stable offsets, or high watermarks
    /// for the role `clockProbe`. Throws when one of them is not known.
    public func endOffsets(of partitions: [TopicPartition], timeoutMs: Int32) throws(KafkaError)
        -> [TopicPartitionOffset]
    {
        let list = TopicPartitionList(partitions, offset: TopicPartitionOffset.end)
        try list.askForOffsets(handle, timeoutMs: timeoutMs)
        try list.checkElements("asking for the end")
        return list.offsets
    }

    /// What the group has committed, with the metadata. Partitions without a commit are left out.
    public func committed(_ partitions: [TopicPartition], timeoutMs: Int32) throws(KafkaError) -> [TopicPartitionOffset]
    {
        let list = TopicPartitionList(partitions, offset: -1001)
        do {
            try check(
                rd_kafka_committed(handle.pointer, list.pointer, timeoutMs),
                "asking for the committed offsets of \(partitions.count) partitions")
        } catch { throw handle.explained(error) }
        try list.checkElements("asking for the committed offset")
        return list.offsets
    }
}

extension TopicPartitionList {
    /// Replaces each element's timestamp by its offset, one request to each broker. Elements have their own errors.
    func askForOffsets(_ handle: KafkaHandle, timeoutMs: Int32) throws(KafkaError) {
        let code = rd_kafka_offsets_for_times(handle.pointer, pointer, timeoutMs)
        do { try check(code, "asking for \(elements.count) offsets") } catch { throw handle.explained(error) }
    }
}

/// What a partition holds: offsets from `low` on, below `end`.
public struct Watermarks: Sendable, Equatable {
    public let low: Int64
    public let end: Int64

    public init(low: Int64, end: Int64) {
        self.low = low
        self.end = end
    }
}
