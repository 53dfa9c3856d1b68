/// One partition of one topic.
public struct TopicPartition: Sendable, Hashable, CustomStringConvertible {
    public let topic: String
    public let partition: Int32

    public init(_ topic: String, _ partition: Int32) {
        self.topic = topic
        self.partition = partition
    }

    public var description: String { "\(topic)-\(partition)" }
}

/// A place in a partition: the offset of the record to be read next.
public struct TopicPartitionOffset: Sendable, Hashable, CustomStringConvertible {
    public let topic: String
    public let partition: Int32
    /// At least 0, or one of `beginning` and `end`.
    public let offset: Int64
    /// Stored by a commit beside the offset. ASCII, at most 4,096 bytes.
    public let metadata: String?

    /// The oldest record that is still there.
    public static let beginning: Int64 = -2
    /// Behind the newest record.
    public static let end: Int64 = -1

    public init(_ topic: String, _ partition: Int32, offset: Int64, metadata: String? = nil) {
        self.topic = topic
        self.partition = partition
        self.offset = offset
        self.metadata = metadata
    }

    public var topicPartition: TopicPartition { TopicPartition(topic, partition) }
    public var description: String { "\(topic)-\(partition)@\(offset)" }
}
