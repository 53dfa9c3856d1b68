import BeckonKafka
import BeckonWorker

/// Reads everything that worker and sender write for others, in one thread with its owner.
final class OutputTap {
    private let consumer: KafkaConsumer
    private let topics: [(name: String, origin: Happening.Origin)]
    private var origins: [TopicIdentity: (name: String, origin: Happening.Origin)] = [:]
    /// The next offset to be shown.
    private var positions: [TopicPartition: Int64] = [:]
    private let decisionFile: DecisionFile?
    let partitions: [TopicPartition]

    /// - Parameter decisionFile: gets every record of the decisions topic.
    init(brokers: String, topics own: BeckonTopics, decisionFile: DecisionFile?) throws(KafkaError) {
        self.decisionFile = decisionFile
        topics = [
            (own.decisions, .decisions), (own.suppressions, .suppressions), (own.outcomes, .outcomes),
            (own.deadLetters, .deadLetters),
        ]
        partitions = topics.flatMap { topic in
            (0..<DevTopics.partitionCount).map { TopicPartition(topic.name, $0) }
        }
        var properties = DevTopics.clientProperties
        properties["linger.ms"] = nil
        consumer = try KafkaConsumer(
            KafkaConfiguration(.reader(group: "beckon-dev"), brokers: brokers, clientProperties: properties))
        for topic in topics { origins[try consumer.identity(ofTopic: topic.name)] = topic }
        for partition in partitions { positions[partition] = 0 }
        try assign()
    }

    func close() {
        // What cannot be written any more was refused before, at the latest by `poll`.
        try? decisionFile?.flush()
        consumer.close()
    }

    /// Hands over what has come, after at most `timeoutMs`.
    func poll(timeoutMs: Int32, _ body: (Happening) -> Void) throws {
        let batch = try consumer.consumeBatch(max: 1_000, timeoutMs: timeoutMs)
        defer { batch.destroy() }
        var hasGap = false
        for index in 0..<batch.count {
            let message = batch[index]
            if message.isError {
                if message.errorCode == KafkaErrorCode.offsetGone.rawValue { hasGap = true }
                continue
            }
            guard let identity = message.topic, let topic = origins[identity] else { continue }
            let place = TopicPartition(topic.name, message.partition)
            // After a new assignment what was fetched before may come once more.
            guard message.offset >= positions[place, default: 0] else { continue }
            positions[place] = message.offset + 1
            let value = message.value.map { Array($0) } ?? []
            if topic.origin == .decisions { try decisionFile?.add(value) }
            let happening = Happening(topic.origin, value: value) { name in
                message.header(name).map { String(decoding: $0, as: UTF8.self) }
            }
            if let happening { body(happening) }
        }
        if hasGap { try skipGaps(body) }
    }

    /// Where the topics end now.
    func ends() throws(KafkaError) -> [TopicPartition: Int64] {
        let ends = try consumer.endOffsets(of: partitions, timeoutMs: 5_000)
        return Dictionary(uniqueKeysWithValues: ends.map { ($0.topicPartition, $0.offset) })
    }

    func hasReached(_ ends: [TopicPartition: Int64]) -> Bool {
        ends.allSatisfy { positions[$0.key, default: 0] >= $0.value }
    }

    /// The broker has dropped records that were not read yet: says how many, and goes on behind them.
    private func skipGaps(_ body: (Happening) -> Void) throws(KafkaError) {
        for partition in partitions {
            let low = try consumer.watermarks(of: partition, timeoutMs: 5_000).low
            let missing = low - positions[partition, default: 0]
            if missing <= 0 { continue }
            positions[partition] = low
            body(.dropped(topic: partition.topic, count: missing))
        }
        try assign()
    }

    private func assign() throws(KafkaError) {
        try consumer.assign(
            partitions.map { TopicPartitionOffset($0.topic, $0.partition, offset: positions[$0, default: 0]) })
    }
}
