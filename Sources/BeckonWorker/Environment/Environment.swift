import BeckonKafka
import BeckonModel

/// Rule sets by their hashes, on a compacted topic, so that every replay finds the ones it names.
///
/// *Wire form*: key: the hash's text; value: `BKR1`, the number of sources, each with its file and text, counted.
struct Environment {
    private static let magic: [UInt8] = Array("BKR1".utf8)

    private let configuration: WorkerConfiguration

    init(_ configuration: WorkerConfiguration) { self.configuration = configuration }

    /// Writes a rule set, acknowledged by all replicas.
    func publish(_ rules: RuleSet) throws(WorkerError) {
        do throws(KafkaError) {
            try write(key: Array(rules.hash.text.utf8), value: Self.encode(rules))
        } catch {
            throw WorkerError(.kafka, "publishing the rule set on \(configuration.topics.environment): \(error)")
        }
    }

    /// One record on the topic, acknowledged by all replicas.
    func write(key: [UInt8], value: [UInt8]) throws(KafkaError) {
        let producer = try configuration.clients.producer(.plainProducer)
        defer { producer.close() }
        try producer.produce(
            to: try producer.topic(configuration.topics.environment), partition: 0, key: key, value: value)
        try producer.awaitReports()
    }

    /// Every rule set there is. The topic is small: rule files of the past.
    func load(_ readers: LogReaders) throws(WorkerError) -> [ContentHash: RuleSet] {
        var found: [ContentHash: RuleSet] = [:]
        let name = configuration.topics.environment
        do throws(KafkaError) {
            try readers.committed().readToEnd(TopicPartition(name, 0)) { message in
                guard let key = message.key, let value = message.value,
                    let hash = ContentHash(text: String(decoding: key, as: UTF8.self)), let rules = Self.decode(value),
                    rules.hash == hash
                else { return }
                found[hash] = rules
            }
        } catch {
            throw WorkerError(.kafka, "reading \(name): \(error)")
        }
        return found
    }

    private static func encode(_ rules: RuleSet) -> [UInt8] {
        var buffer = ByteBuffer()
        buffer.append(magic)
        buffer.append(varint: UInt64(rules.sources.count))
        for source in rules.sources {
            buffer.append(counted: Array(source.file.utf8))
            buffer.append(counted: source.text)
        }
        return buffer.bytes
    }

    private static func decode(_ bytes: UnsafeRawBufferPointer) -> RuleSet? {
        var reader = BinaryReader(bytes)
        guard let start = try? reader.bytes(magic.count), start.elementsEqual(magic), let count = try? reader.count()
        else { return nil }
        var sources: [RuleSource] = []
        for _ in 0..<count {
            guard let file = try? reader.text(), let length = try? reader.count(), let text = try? reader.bytes(length)
            else { return nil }
            sources.append(RuleSource(file: file, text: Array(text)))
        }
        return RuleSet.read(sources).ruleSet
    }
}
