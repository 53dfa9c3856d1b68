import BeckonKafka
import BeckonModel

/// A journal is one group's: a second one would write steps into it of which the first knows nothing.
///
/// *Guarantees*: of two groups that start at once, one is refused.
/// *Wire form*: on the environment topic; key: `owner:JOURNAL:GROUP`, value: `BKO1`. The first on the topic is the owner;
/// each group has a key of its own, so that compaction cannot change who that is. Who reads rule sets passes over it.
struct JournalOwner {
    private static let magic: [UInt8] = Array("BKO1".utf8)

    private let configuration: WorkerConfiguration
    /// No topic's name has a colon.
    private var prefix: String { "owner:\(configuration.topics.journal):" }

    init(_ configuration: WorkerConfiguration) { self.configuration = configuration }

    /// Makes the journal this group's, if it is nobody's.
    ///
    /// - Parameters:
    ///   - readers: are assigned to the environment.
    ///   - lastTransactionalId: of the journal's newest record, which may be older than ownership.
    /// - Throws: `topics` when it is another group's.
    func claim(_ readers: LogReaders, lastTransactionalId: String?) throws(WorkerError) {
        if let owner = try owner(readers) { return try prove(owner) }
        if let lastTransactionalId, !lastTransactionalId.hasPrefix("\(configuration.group)-") {
            throw refusal("another group: its last record is of the worker \(lastTransactionalId)")
        }
        try write()
        if let owner = try owner(readers) { try prove(owner) }
    }

    private func prove(_ owner: String) throws(WorkerError) {
        if owner != configuration.group { throw refusal("the group \(owner)") }
    }

    private func refusal(_ owner: String) -> WorkerError {
        WorkerError(
            .topics,
            "the journal \(configuration.topics.journal) belongs to \(owner), and this worker is of the group \(configuration.group): two groups on one journal would each write steps that the other knows nothing of. Start it as a replica of that group (worker.group), or give its group topics of its own (topics.*)"
        )
    }

    /// The group that was first; nil while there is none.
    private func owner(_ readers: LogReaders) throws(WorkerError) -> String? {
        var found: String?
        let name = configuration.topics.environment
        do throws(KafkaError) {
            try readers.committed().readToEnd(TopicPartition(name, 0)) { message in
                guard found == nil, message.value?.elementsEqual(Self.magic) == true,
                    let key = message.key.map({ String(decoding: $0, as: UTF8.self) }), key.hasPrefix(prefix)
                else { return }
                found = String(key.dropFirst(prefix.count))
            }
        } catch {
            throw WorkerError(.kafka, "reading \(name): \(error)")
        }
        return found
    }

    private func write() throws(WorkerError) {
        do throws(KafkaError) {
            try Environment(configuration).write(key: Array((prefix + configuration.group).utf8), value: Self.magic)
        } catch {
            throw WorkerError(
                .kafka, "writing on \(configuration.topics.environment) whose the journal is: \(error)")
        }
    }
}
