import BeckonKafka

/// Reads every partition of a topic, committed records alone, without a group.
final class TopicFollower {
    private let consumer: KafkaConsumer
    private let partitionCount: Int32
    private var endedPartitions: Set<Int32> = []

    private static let batchCountMax = 1_000
    private static let readTimeoutMs: Int32 = 50
    private static let questionTimeoutMs: Int32 = 10_000

    /// - Throws: when the topic does not exist or nobody answers.
    convenience init(_ target: KafkaTarget, topic: String, fromBeginning: Bool) throws {
        try self.init(target, topic: topic) { consumer, partitions in
            try fromBeginning
                ? partitions.map {
                    TopicPartitionOffset($0.topic, $0.partition, offset: TopicPartitionOffset.beginning)
                }
                : consumer.endOffsets(of: partitions, timeoutMs: Self.questionTimeoutMs)
        }
    }

    /// Begins so that about `count` records lie before the ends that the partitions have now.
    convenience init(_ target: KafkaTarget, topic: String, newest count: Int) throws {
        try self.init(target, topic: topic) { consumer, partitions in
            let share = Int64(count / partitions.count + 1)
            return try partitions.map { partition in
                let ends = try consumer.watermarks(of: partition, timeoutMs: Self.questionTimeoutMs)
                return TopicPartitionOffset(
                    partition.topic, partition.partition, offset: max(ends.low, ends.end - share))
            }
        }
    }

    private init(
        _ target: KafkaTarget, topic: String,
        beginnings: (KafkaConsumer, [TopicPartition]) throws -> [TopicPartitionOffset]
    ) throws {
        partitionCount = try target.partitionCount(of: topic)
        // The group only names whose permissions count.
        consumer = try KafkaConsumer(try target.configuration(.reader(group: "beckon-decisions")))
        let partitions = (0..<partitionCount).map { TopicPartition(topic, $0) }
        try consumer.assign(try beginnings(consumer, partitions))
    }

    /// Every partition has come to its end once.
    var isAtEnd: Bool { endedPartitions.count == partitionCount }

    /// Hands over what has come, in the order of each partition; waits a moment for it.
    func read(_ body: (UnsafeRawBufferPointer?) throws -> Void) throws {
        try readMessages { try body($0.value) }
    }

    /// The same with key and headers.
    func readMessages(_ body: (Message) throws -> Void) throws {
        let batch = try consumer.consumeBatch(max: Self.batchCountMax, timeoutMs: Self.readTimeoutMs)
        for index in 0..<batch.count {
            let message = batch[index]
            if message.isPartitionEnd {
                endedPartitions.insert(message.partition)
                continue
            }
            if let error = message.error {
                if error.isRetriable { continue } else { throw error }
            }
            try body(message)
        }
    }

    func close() { consumer.close() }
}
