import BeckonKafka
import BeckonModel

/// The committed end of a partition's journal.
struct JournalTail {
    struct Last {
        let record: JournalRecord
        let hash: ContentHash
        let offset: Int64
        let timestampMs: Milliseconds
    }

    private typealias Found = (bytes: [UInt8], offset: Int64, timestampMs: Milliseconds)

    private let readers: LogReaders
    private var configuration: WorkerConfiguration { readers.configuration }

    init(_ readers: LogReaders) { self.readers = readers }

    /// The last committed record; nil where there is none.
    func last(partition: Int32) throws(WorkerError) -> Last? {
        let journal = TopicPartition(configuration.topics.journal, partition)
        let found: Found?
        do throws(KafkaError) { found = try newest(journal) } catch {
            throw WorkerError(.kafka, "reading the end of \(journal): \(error)")
        }
        guard let found else { return nil }
        do throws(JournalRecord.Malformed) {
            let record = try JournalRecord.decode(found.bytes)
            return Last(
                record: record, hash: ContentHash(of: found.bytes), offset: found.offset, timestampMs: found.timestampMs
            )
        } catch {
            throw WorkerError(.journal, "\(journal)@\(found.offset): \(error)")
        }
    }

    /// An empty journal whose records have expired has had an owner: its state is not to be begun anew.
    func proveNothingExpired(partition: Int32) throws(WorkerError) {
        let journal = TopicPartition(configuration.topics.journal, partition)
        let marks: Watermarks
        do throws(KafkaError) { marks = try readers.committed().watermarks(of: journal, timeoutMs: 30_000) } catch {
            throw WorkerError(.kafka, "asking for the ends of \(journal): \(error)")
        }
        guard marks.low > 0 else { return }
        throw WorkerError(
            .journal,
            "\(journal) is empty, and its records up to offset \(marks.low) have expired: what they built up cannot be replayed. Its retention must be at least that of the inputs; to begin with empty state, create the journal and \(configuration.topics.images) anew"
        )
    }

    private func newest(_ journal: TopicPartition) throws(KafkaError) -> Found? {
        var found: Found?
        try readers.committed().readNewest(journal) { message in
            found = (Array(message.value!), message.offset, message.timestampMs)
        }
        return found
    }
}
