import BeckonKafka
import BeckonModel
import BeckonSender

/// The dead letters of a cluster: to look through, and to send again.
final class DeadLetterBox {
    private let target: KafkaTarget
    private let topic: String
    private let retries: String
    private let reader: KafkaConsumer

    init(_ target: KafkaTarget, topic: String, retries: String) throws {
        self.target = target
        self.topic = topic
        self.retries = retries
        reader = try KafkaConsumer(target.configuration(.reader(group: "beckon-dead-letters")))
    }

    deinit { reader.close() }

    /// All that there are now, partition by partition. `take` is called for each in turn: none is kept.
    func read(_ take: (DeadLetter) -> Void) throws {
        for partition in 0..<(try target.partitionCount(of: topic)) {
            try reader.readToEnd(TopicPartition(topic, partition)) { take(DeadLetter($0)) }
        }
    }

    /// Those at these places, in their order.
    func find(_ places: [String]) throws -> [DeadLetter] {
        let wanted = try places.map { text in
            let parts = text.split(separator: "-")
            guard parts.count == 2, let partition = Int32(parts[0]), let offset = Int64(parts[1]) else {
                throw UserError(
                    "`\(text)` is no place of a dead letter: `beckon dead-letters list` shows them, as 2-1043.")
            }
            return (partition, offset, text)
        }
        let count = try target.partitionCount(of: topic)
        return try wanted.map { partition, offset, text in
            var found: DeadLetter?
            if (0..<count).contains(partition), try isThere(offset, TopicPartition(topic, partition)) {
                try reader.readToEnd(TopicPartition(topic, partition), from: offset) {
                    if $0.offset == offset { found = DeadLetter($0) }
                }
            }
            guard let found else { throw UserError("There is no dead letter at \(text).") }
            return found
        }
    }

    private func isThere(_ offset: Int64, _ partition: TopicPartition) throws -> Bool {
        let marks = try reader.watermarks(of: partition, timeoutMs: 10_000)
        return offset >= marks.low && offset < marks.end
    }

    /// Sends them again: an event to its topic, a decision to the retries, due at once and with all its tries.
    /// - Returns: how many; and those that cannot be, with the reason.
    func replay(_ letters: [DeadLetter], nowMs: Milliseconds) throws -> (count: Int, left: [(DeadLetter, String)]) {
        let producer = try KafkaProducer(target.configuration(.plainProducer))
        defer { producer.close() }
        var left: [(DeadLetter, String)] = []
        for letter in letters {
            if let obstacle = letter.replayObstacle {
                left.append((letter, obstacle))
                continue
            }
            if letter.isDecision {
                let record: (key: [UInt8], value: [UInt8])
                do throws(DecisionRecordError) {
                    record = try DecisionReplay.record(letter.value ?? [], attempts: letter.attempts, nowMs: nowMs)
                } catch {
                    left.append((letter, error.description))
                    continue
                }
                try produce(producer, retries, letter.sourcePartition, key: record.key, value: record.value)
            } else {
                try produce(producer, letter.topic, letter.sourcePartition, key: letter.key, value: letter.value)
            }
        }
        try producer.awaitReports()
        return (letters.count - left.count, left)
    }

    private func produce(
        _ producer: KafkaProducer, _ topic: String, _ partition: Int32, key: [UInt8]?, value: [UInt8]?
    ) throws {
        let topic = try producer.topic(topic)
        try (key ?? []).withUnsafeBytes { keyBytes in
            try (value ?? []).withUnsafeBytes { valueBytes in
                try producer.produce(
                    to: topic, partition: partition, key: key == nil ? nil : keyBytes,
                    value: value == nil ? nil : valueBytes)
            }
        }
    }
}
