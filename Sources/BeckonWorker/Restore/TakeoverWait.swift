import BeckonKafka
import BeckonModel
import BeckonService

/// Before a partition is restored, nothing may be under way in its journal: the last stable offset must be its end.
struct TakeoverWait {
    private let configuration: WorkerConfiguration
    private let log: Log<WorkerLogKey>
    private let isCancelled: () -> Bool

    init(_ configuration: WorkerConfiguration, log: Log<WorkerLogKey>, isCancelled: @escaping () -> Bool) {
        self.configuration = configuration
        self.log = log
        self.isCancelled = isCancelled
    }

    func run(_ partition: Int32) throws(WorkerError) {
        let journal = TopicPartition(configuration.topics.journal, partition)
        do throws(KafkaError) {
            let stable = try openReader(configuration)
            defer { stable.close() }
            let all = try KafkaConsumer(
                KafkaConfiguration(.clockProbe, brokers: configuration.brokers, clientProperties: configuration.clientProperties))
            defer { all.close() }
            let started = ContinuousClock.now
            var hasEnded = false
            while !isCancelled() {
                let end = try all.endOffsets(of: [journal], timeoutMs: 30_000)[0].offset
                if try stable.endOffsets(of: [journal], timeoutMs: 30_000)[0].offset >= end { return }
                // A second short of its end: the last owner died in a commit. Never before: it would kill a thread that
                // merely gave this partition up and is committing another.
                if !hasEnded, ContinuousClock.now - started > .seconds(1) {
                    hasEnded = true
                    try endTransaction(of: partition)
                }
                sleepMs(20)
            }
        } catch {
            throw WorkerError(.kafka, "waiting for the end of \(journal): \(error)")
        }
        throw WorkerError(.stopped, "stopped while waiting for partition \(partition)")
    }

    /// Opening the transactional id that the journal names ends its open transaction.
    private func endTransaction(of partition: Int32) throws(KafkaError) {
        let tail = JournalTail(configuration)
        defer { tail.close() }
        guard let last = try? tail.last(partition: partition) else { return }
        let id = last.record.standing.transactionalId
        log.notice("Ending the open transaction of the last owner", [.partition: Int(partition), .instance: id])
        let producer = try KafkaProducer(
            KafkaConfiguration(
                .transactionalProducer(id: id), brokers: configuration.brokers, clientProperties: configuration.clientProperties))
        defer { producer.close() }
        try producer.initTransactions()
    }
}
