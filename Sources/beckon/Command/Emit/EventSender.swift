import BeckonKafka

/// Writes events to a topic, each to the partition of its key.
final class EventSender {
    private let producer: KafkaProducer
    private let topic: ProducerTopic
    private let partitionCount: Int32
    private let timestampMs: Int64
    private(set) var count = 0

    /// - Throws: when the topic does not exist.
    init(_ target: KafkaTarget, topic name: String) throws {
        partitionCount = try target.partitionCount(of: name)
        producer = try KafkaProducer(try target.configuration(.plainProducer))
        topic = try producer.topic(name)
        // 0 is the time of sending.
        timestampMs = target.dev?.recordTimestampMs ?? 0
    }

    deinit { producer.close() }

    func send(_ event: EventLine) throws {
        try event.key.withUnsafeBytes { key in
            try event.value.withUnsafeBytes { value in
                try producer.produce(
                    to: topic, partition: KeyPartitioner.partition(ofKey: key, count: partitionCount), key: key,
                    value: value, timestampMs: timestampMs)
            }
        }
        producer.poll()
        count += 1
    }

    /// Waits until all events are written.
    func finish() throws { try producer.awaitReports() }
}
