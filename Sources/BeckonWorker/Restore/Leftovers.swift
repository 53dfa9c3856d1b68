import BeckonKafka
import BeckonModel

/// Records that lie open on a partition's topics although their transaction has ended.
///
/// Kafka leaves such behind when a partition had no leader in the moment in which the transaction ended (see
/// `ProducerClient.abortLeftovers`). The next commit of the same transactional id would let them be seen: decisions that no
/// journal knows.
struct Leftovers {
    private let readers: LogReaders
    private var topics: BeckonTopics { readers.configuration.topics }

    init(_ readers: LogReaders) { self.readers = readers }

    /// Of the partition's outputs, those with open records that no journal record tells of.
    ///
    /// - Parameters:
    ///   - last: of the journal, in which nothing is under way.
    ///   - names: of the topics that may hold some; nil: all outputs.
    func outputs(of partition: Int32, after last: JournalTail.Last?, on names: [String]? = nil) throws(KafkaError)
        -> [TopicPartition]
    {
        let outputs = (names ?? topics.coPartitioned.filter { $0 != topics.journal }).map {
            TopicPartition($0, partition)
        }
        if outputs.isEmpty { return [] }
        let open = try open(outputs)
        if open.isEmpty { return [] }
        let reader = try readers.uncommitted()
        defer { reader.close() }
        var found: [TopicPartition] = []
        for (output, offset) in open {
            // A commit stamps its outputs before its journal record. What is older may be decided, and its marker missing:
            // that must be seen, and the next commit does it.
            let openedMs = try reader.firstTimestampMs(output, from: offset)
            if let openedMs, openedMs > last?.timestampMs ?? -1 { found.append(output) }
        }
        return found
    }

    /// The same, and the journal, if a record lies open there.
    func all(of partition: Int32, after last: JournalTail.Last?, on names: [String]) throws(KafkaError)
        -> [TopicPartition]
    {
        let journal = try open([TopicPartition(topics.journal, partition)]).map(\.0)
        return try outputs(of: partition, after: last, on: names) + journal
    }

    /// Where the last stable offset lies before the end, and that offset.
    func open(_ partitions: [TopicPartition]) throws(KafkaError) -> [(TopicPartition, Int64)] {
        let ends = try readers.ends().endOffsets(of: partitions, timeoutMs: 5_000)
        let stable = try readers.committed().endOffsets(of: partitions, timeoutMs: 5_000)
        var offsets: [TopicPartition: Int64] = [:]
        for end in stable { offsets[end.topicPartition] = end.offset }
        return ends.compactMap { end in
            guard let offset = offsets[end.topicPartition], offset < end.offset else { return nil }
            return (end.topicPartition, offset)
        }
    }
}

extension ConsumerClient {
    fileprivate func firstTimestampMs(_ partition: TopicPartition, from offset: Int64) throws(KafkaError) -> Int64? {
        var first: Int64?
        try readToEnd(partition, from: offset) { if first == nil { first = $0.timestampMs } }
        return first
    }
}
