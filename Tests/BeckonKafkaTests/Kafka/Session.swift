import BeckonKafka
import Foundation
import KafkaFixture

/// Short forms for what the tests do again and again.
extension RealKafka {
    func producer(_ id: String = RealKafka.uniqueName("writer")) throws -> KafkaProducer {
        let producer = try KafkaProducer(try configuration(.transactionalProducer(id: id)))
        try producer.initTransactions()
        return producer
    }

    func reader(of topics: [String], partitions: Int32 = 1) throws -> KafkaConsumer {
        let reader = try KafkaConsumer(try configuration(.reader(group: RealKafka.uniqueName("reader"))))
        try reader.assign(
            topics.flatMap { topic in (0..<partitions).map { TopicPartitionOffset(topic, $0, offset: 0) } })
        return reader
    }

    func member(_ group: String, _ instance: String, driver: String) throws -> Member {
        try Member(consumer: KafkaConsumer(configuration(.workerConsumer(group: group, instance: instance))), driver)
    }
}

extension KafkaProducer {
    func write(_ topic: String, _ partition: Int32 = 0, _ texts: String...) throws {
        let handle = try self.topic(topic)
        for text in texts {
            try Array(text.utf8).withUnsafeBytes { bytes in
                try produce(to: handle, partition: partition, key: nil, value: bytes)
            }
        }
    }

    func transaction(_ body: () throws -> Void) throws {
        try beginTransaction()
        try body()
        try commitTransaction()
    }
}

extension KafkaConsumer {
    /// Reads until every partition has said that its end is reached.
    func readToEnds(_ ends: Int = 1) throws -> (texts: [String], ends: [Int64]) {
        var texts: [String] = []
        var offsets: [Int64] = []
        let deadline = Date().addingTimeInterval(15)
        while offsets.count < ends && Date() < deadline {
            let batch = try consumeBatch(max: 100, timeoutMs: 5)
            for index in 0..<batch.count {
                if batch[index].isPartitionEnd {
                    offsets.append(batch[index].offset)
                } else if let error = batch[index].error {
                    throw error
                } else {
                    texts.append(String(decoding: batch[index].value!, as: UTF8.self))
                }
            }
        }
        return (texts, offsets)
    }
}

/// A group member that remembers what it was told.
final class Member {
    let consumer: KafkaConsumer
    private(set) var events: [RebalanceEvent] = []
    private(set) var partitions: [Int32] = []
    var onRevoked: (() -> Void)?

    init(consumer: KafkaConsumer, _ driver: String) throws {
        self.consumer = consumer
        consumer.onRebalance = { [unowned self] event in
            events.append(event)
            switch event {
            case .assigned(let new): partitions = new
            case .revoked:
                onRevoked?()
                partitions = []
            }
        }
        try consumer.subscribe(toDriverTopic: driver)
    }

    func poll() throws -> MessageBatch { try consumer.consumeBatch(max: 100, timeoutMs: 5) }
}

/// Polls the members until the condition holds; false after the time is up.
func poll(_ members: Member..., seconds: Double = 20, until isDone: () -> Bool) throws -> Bool {
    let deadline = Date().addingTimeInterval(seconds)
    while !isDone() {
        if Date() > deadline { return false }
        for member in members { _ = try member.poll() }
    }
    return true
}
