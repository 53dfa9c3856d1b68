import BeckonKafka
import Foundation

/// Writes what a window wants to be committed, each commit one transaction: ledger, outcomes, retries and dead letters, then
/// the offsets with the group's generation.
///
/// *Guarantees*: a commit is on the log once and whole. One that was aborted is sent again with the same bytes; of one whose
/// outcome is unknown the group's offsets are asked.
final class SenderCommitter {
    private let configuration: SenderConfiguration
    private let producer: KafkaProducer
    private let metrics: SenderMetrics
    private let isStopping: () -> Bool
    private let topics: [ProducerTopic]
    private let life = UInt64.random(in: 1 ... .max)
    private var commitCount = 0
    private var lowFoundAtMs: [Int32: Int64] = [:]
    /// Of ledger records, by their tokens: whose they are.
    private var reported: [UInt: Int64] = [:]

    private static let lowIntervalMs: Int64 = 250

    /// Opening the id ends whatever a predecessor of that name left open, and fences it.
    init(_ configuration: SenderConfiguration, metrics: SenderMetrics, isStopping: @escaping () -> Bool)
        throws(SenderError)
    {
        self.configuration = configuration
        self.metrics = metrics
        self.isStopping = isStopping
        let id = configuration.transactionalId
        do throws(KafkaError) {
            producer = try KafkaProducer(
                KafkaConfiguration(
                    .transactionalProducer(id: id), brokers: configuration.brokers,
                    clientProperties: configuration.clientProperties))
            let names = configuration.topics
            var opened: [ProducerTopic] = []
            for name in [names.ledger, names.outcomes, names.retries, names.deadLetters] {
                opened.append(try producer.topic(name))
            }
            topics = opened
            try producer.initTransactions()
            try producer.warmMetadata(
                [names.ledger, names.outcomes, names.retries, names.deadLetters], timeoutMs: 10_000)
        } catch {
            throw SenderError(.kafka, "opening the transactional id \(id): \(error)")
        }
        producer.onReport = { [unowned self] report in
            if report.token != 0, report.error == nil { reported[report.token] = report.offset }
        }
    }

    func close() { producer.close() }

    /// Commits what the window's batch holds. Keeps trying while the partitions are ours.
    ///
    /// - Returns: the calls that may begin now.
    /// - Throws: `lost` when the group has given the partitions away, `fenced` when another sender of this name runs.
    func commit(_ window: DeliveryWindow, consumer: KafkaConsumer, processMs: Int64) throws(SenderError)
        -> [SenderBatch.Call]
    {
        let batch = window.takeBatch()
        if batch.isEmpty { return [] }
        do throws(SenderError) { try commit(batch, window, consumer, processMs) } catch {
            window.withdraw(batch)
            throw error
        }
        metrics.commits.add()
        return batch.calls
    }

    private func commit(
        _ batch: SenderBatch, _ window: DeliveryWindow, _ consumer: KafkaConsumer, _ processMs: Int64
    ) throws(SenderError) {
        commitCount += 1
        var attempt = 0
        var fencedCount = 0
        while true {
            attempt += 1
            var isCommitting = false
            do throws(KafkaError) {
                return try send(batch, window, consumer, processMs, &isCommitting)
            } catch {
                metrics.commitRetries.add()
                let isFenced = error.code == .fenced || producer.fatalError?.code == .fenced
                if isFenced {
                    fencedCount += 1
                    try proveAlone(consumer, fencedCount)
                }
                try recover(from: error)
                if consumer.isAssignmentLost || error.isLossOfPartitions {
                    throw SenderError(.lost, "the group gave the partitions to others: \(error)")
                }
                if isCommitting || isFenced, try isOnTheLog(batch, consumer) { return }
                if isStopping(), attempt > 1 {
                    throw SenderError(
                        .kafka,
                        "stopped before the last results could be committed; the next start finds attempts without them: \(error)"
                    )
                }
                if attempt > 1 { pauseMs(min(1_000, 20 << min(attempt, 6))) }
            }
        }
    }

    private func send(
        _ batch: SenderBatch, _ window: DeliveryWindow, _ consumer: KafkaConsumer, _ processMs: Int64,
        _ isCommitting: inout Bool
    ) throws(KafkaError) {
        try producer.beginTransaction()
        reported.removeAll(keepingCapacity: true)
        var written: [(delivery: Delivery?, partition: Int32)] = []
        for (partition, outputs) in batch.outputs {
            for output in outputs {
                var token: UInt = 0
                if output.topic == .ledger {
                    written.append((output.delivery, partition))
                    token = UInt(written.count)
                }
                try produce(output, to: partition, token: token)
            }
        }
        try producer.awaitReports()
        for (place, item) in written.enumerated() {
            guard let offset = reported[UInt(place + 1)], offset >= 0 else { continue }
            window.noteLedger(offset, partition: item.partition, item.delivery)
        }
        try producer.sendOffsets(offsets(batch, window, processMs), of: consumer)
        isCommitting = true
        try producer.commitTransaction()
    }

    private func produce(_ output: SenderBatch.Output, to partition: Int32, token: UInt) throws(KafkaError) {
        let topic = topics[output.topic.rawValue]
        let result: Result<Void, KafkaError> = (output.key ?? []).withUnsafeBytes { key in
            (output.value ?? []).withUnsafeBytes { value in
                Result { () throws(KafkaError) in
                    try producer.produce(
                        to: topic, partition: partition, key: output.key == nil ? nil : key,
                        value: output.value == nil ? nil : value, headers: output.headers, token: token)
                }
            }
        }
        try result.get()
    }

    /// Of decisions and of retries, with the mark of this commit.
    private func offsets(_ batch: SenderBatch, _ window: DeliveryWindow, _ processMs: Int64) -> [TopicPartitionOffset] {
        batch.touched.sorted().flatMap { partition -> [TopicPartitionOffset] in
            if processMs - lowFoundAtMs[partition, default: .min / 2] >= Self.lowIntervalMs {
                lowFoundAtMs[partition] = processMs
                window.partitions[partition]!.findLedgerLow()
            }
            window.partitions[partition]!.pass()
            let state = window.partitions[partition]!
            return DeliverySource.allCases.map { source in
                let mark = CommitMark(
                    life: life, number: commitCount, ledgerOffset: state.ledgerLow,
                    readOffset: state.readOffset(source))
                return TopicPartitionOffset(
                    configuration.topics.name(of: source), partition, offset: state[source].closedOffset,
                    metadata: mark.description)
            }
        }
    }

    // MARK: when it fails

    private func proveAlone(_ consumer: KafkaConsumer, _ fencedCount: Int) throws(SenderError) {
        if consumer.mayReopen(fencedCount: fencedCount) { return }
        throw SenderError(
            .fenced,
            "another sender has opened the transactional id \(configuration.transactionalId): give each replica an --instance of its own"
        )
    }

    private func recover(from error: KafkaError) throws(SenderError) {
        do throws(KafkaError) { try producer.recover(from: error, isStopping: isStopping) } catch {
            throw SenderError(
                .kafka, "the transactional id \(configuration.transactionalId) cannot be opened again: \(error)")
        }
    }

    /// Whether the commit whose answer was lost is on the log: the group's offsets bear its mark. Those of all partitions of a
    /// transaction do, or none.
    private func isOnTheLog(_ batch: SenderBatch, _ consumer: KafkaConsumer) throws(SenderError) -> Bool {
        guard let partition = batch.touched.first else { return false }
        do throws(KafkaError) {
            let committed = try consumer.committed(
                [TopicPartition(configuration.topics.decisions, partition)], timeoutMs: 30_000)
            guard let mark = committed.first?.metadata.flatMap(CommitMark.init) else { return false }
            return mark.life == life && mark.number == commitCount
        } catch {
            throw SenderError(.kafka, "asking whether the last commit is on the log: \(error)")
        }
    }
}

extension SenderTopics {
    func name(of source: DeliverySource) -> String {
        switch source {
        case .decisions: decisions
        case .retries: retries
        }
    }
}

func pauseMs(_ milliseconds: Int) { usleep(UInt32(milliseconds) * 1_000) }
