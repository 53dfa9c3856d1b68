import BeckonKafka
import BeckonModel

/// The committed end of a partition's journal.
final class JournalTail {
    struct Last {
        let record: JournalRecord
        let hash: ContentHash
        let offset: Int64
    }

    private let configuration: WorkerConfiguration
    private var reader: KafkaConsumer?

    init(_ configuration: WorkerConfiguration) { self.configuration = configuration }

    func close() { reader?.close() }

    /// The last committed record; nil where there is none.
    func last(partition: Int32) throws(WorkerError) -> Last? {
        let journal = TopicPartition(configuration.topics.journal, partition)
        let found: (bytes: [UInt8], offset: Int64)?
        do throws(KafkaError) { found = try newest(journal) } catch {
            throw WorkerError(.kafka, "reading the end of \(journal): \(error)")
        }
        guard let found else { return nil }
        do throws(JournalRecord.Malformed) {
            let record = try JournalRecord.decode(found.bytes)
            return Last(record: record, hash: ContentHash(of: found.bytes), offset: found.offset)
        } catch {
            throw WorkerError(.journal, "\(journal)@\(found.offset): \(error)")
        }
    }

    /// Control records lie between: it goes back in growing steps.
    private func newest(_ journal: TopicPartition) throws(KafkaError) -> (bytes: [UInt8], offset: Int64)? {
        let reader = try opened()
        let marks = try reader.watermarks(of: journal, timeoutMs: 30_000)
        var back: Int64 = 16
        while marks.end > marks.low {
            let from = max(marks.low, marks.end - back)
            var found: (bytes: [UInt8], offset: Int64)?
            try reader.readToEnd(journal, from: from) { message in
                if let value = message.value { found = (Array(value), message.offset) }
            }
            if found != nil || from == marks.low { return found }
            back *= 8
        }
        return nil
    }

    private func opened() throws(KafkaError) -> KafkaConsumer {
        if let reader { return reader }
        let opened = try KafkaConsumer(
            KafkaConfiguration(
                .reader(group: configuration.group), brokers: configuration.brokers, clientProperties: configuration.clientProperties))
        reader = opened
        return opened
    }
}
