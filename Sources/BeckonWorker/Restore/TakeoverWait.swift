import BeckonKafka
import BeckonModel
import BeckonService

/// Before a partition is restored, nothing may be under way in its journal: the last stable offset must be its end.
struct TakeoverWait {
    private let readers: LogReaders
    private var configuration: WorkerConfiguration { readers.configuration }
    private let log: Log<WorkerLogKey>
    private let isCancelled: () -> Bool

    init(_ readers: LogReaders, log: Log<WorkerLogKey>, isCancelled: @escaping () -> Bool) {
        self.readers = readers
        self.log = log
        self.isCancelled = isCancelled
    }

    func run(_ partition: Int32) throws(WorkerError) {
        let journal = TopicPartition(configuration.topics.journal, partition)
        do throws(KafkaError) {
            let stable = try readers.committed()
            let all = try readers.ends()
            let clock = configuration.host.clock
            var since = clock.now()
            while !isCancelled() {
                let end = try all.endOffsets(of: [journal], timeoutMs: 5_000)[0].offset
                let stableEnd = try stable.endOffsets(of: [journal], timeoutMs: 5_000)[0].offset
                if stableEnd >= end { return }
                // A second short of its end: the last owner died in a commit. Never before: it would kill a thread that
                // merely gave this partition up and is committing another.
                // Once more a second later: that end may have met a partition without a leader.
                if clock.now() - since > .seconds(1) {
                    try endTransaction(journal, at: stableEnd)
                    since = clock.now()
                }
                clock.sleep(milliseconds: 20)
            }
        } catch {
            throw WorkerError(.kafka, "waiting for the end of \(journal): \(error)")
        }
        throw WorkerError(.stopped, "stopped while waiting for partition \(partition)")
    }

    /// Opening the transactional id ends its open transaction. The open record itself says whose it is: the last
    /// committed one may be of another owner, who is alive and perhaps this very worker.
    private func endTransaction(_ journal: TopicPartition, at stableEnd: Int64) throws(KafkaError) {
        let reader = try readers.uncommitted()
        defer { reader.close() }
        var owner: String?
        try reader.readToEnd(journal, from: stableEnd) { message in
            if owner == nil, let value = message.value {
                owner = (try? JournalRecord.decode(value))?.standing.transactionalId
            }
        }
        guard let owner else { return }
        log.notice(
            "Ending the open transaction of the last owner", [.partition: Int(journal.partition), .instance: owner])
        let producer = try configuration.clients.producer(.transactionalProducer(id: owner))
        defer { producer.close() }
        try producer.initTransactions()
        let open = try Leftovers(readers).open([journal])
        if !open.isEmpty { try producer.abortLeftovers(on: open.map(\.0)) }
    }
}
