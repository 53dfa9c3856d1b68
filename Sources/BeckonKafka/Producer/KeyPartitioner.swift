import CRDKafka

/// Where a key belongs in users' topics: `murmur2_random`, which is what Java producers do.
public enum KeyPartitioner {
    /// - Parameters:
    ///   - key: not empty; a record without a key goes anywhere.
    ///   - count: the topic's partitions, at least 1.
    public static func partition(ofKey key: UnsafeRawBufferPointer, count: Int32) -> Int32 {
        precondition(count >= 1, "a topic of \(count) partitions")
        return rd_kafka_msg_partitioner_murmur2(nil, key.baseAddress, key.count, count, nil, nil)
    }
}
