import BeckonEngine
import BeckonKafka
import BeckonModel

/// Writes what partitions of one thread have brought about, each commit one transaction: outputs, then the journal, then
/// the offsets with the group's generation.
///
/// *Guarantees*: a commit is on the log once and whole. One that was aborted is sent again with the same bytes; of one
/// whose outcome is unknown the journal is asked.
final class Committer {
    let transactionalId: String
    private let configuration: WorkerConfiguration
    private let producer: any ProducerClient
    private let metrics: WorkerMetrics
    private let partitionCount: Int32
    private let isStopping: () -> Bool
    private let outputTopics: [ProducerTopic]
    private let journal: ProducerTopic
    private let images: ProducerTopic
    private var outgoing: [OutgoingRecord] = []
    /// By partition, from the delivery reports.
    private var journalOffsets: [Int32: Int64] = [:]

    /// Opening the id ends whatever a predecessor of that name left open, and fences it.
    init(
        _ configuration: WorkerConfiguration, transactionalId: String, partitionCount: Int32, metrics: WorkerMetrics,
        isStopping: @escaping () -> Bool
    ) throws(WorkerError) {
        self.configuration = configuration
        self.partitionCount = partitionCount
        self.isStopping = isStopping
        self.transactionalId = transactionalId
        self.metrics = metrics
        do throws(KafkaError) {
            producer = try configuration.clients.producer(.transactionalProducer(id: transactionalId))
            let topics = configuration.topics
            var opened: [ProducerTopic] = []
            for name in [topics.decisions, topics.suppressions, topics.outcomes, topics.deadLetters] {
                opened.append(try producer.topic(name))
            }
            outputTopics = opened
            journal = try producer.topic(topics.journal)
            images = try producer.topic(topics.images)
            try producer.initTransactions()
            try producer.warmMetadata(topics.coPartitioned, timeoutMs: 10_000)
        } catch {
            throw WorkerError(.kafka, "opening the transactional id \(transactionalId): \(error)")
        }
        producer.onReport = { [unowned self] report in
            if report.token != 0 { journalOffsets[report.partition] = report.offset }
        }
    }

    func close() { producer.close() }

    private struct Prepared {
        let task: PartitionTask
        let record: JournalRecord
        let bytes: [UInt8]
        let hash: ContentHash
        let key: [UInt8]
        let imageHead: [UInt8]?
    }

    /// Commits everything that waits. Keeps trying while the partitions are ours.
    ///
    /// - Parameter nowMs: by the process's own clock.
    /// - Throws: `fenced` when another worker has taken over, `lost` when the group has.
    func commit(_ tasks: [PartitionTask], consumer: any ConsumerClient, nowMs: Int64) throws(WorkerError) {
        let prepared = tasks.filter(\.needsCommit).map { prepare($0, nowMs) }
        if prepared.isEmpty { return }
        journalOffsets.removeAll(keepingCapacity: true)
        var attempt = 0
        var fencedCount = 0
        while true {
            attempt += 1
            var isCommitting = false
            do throws(KafkaError) {
                // Of the first attempt the restore has asked.
                if attempt > 1, try findLeftovers(prepared) == .nothingForItIsOnTheLog { break }
                if !PlantedFault.leftoversIgnored.isPlanted { try abortLeftovers(prepared) }
                try send(prepared, consumer, &isCommitting)
                break
            } catch {
                metrics.commitRetries.add()
                let isFenced = error.code == .fenced || producer.fatalError?.code == .fenced
                if isFenced {
                    fencedCount += 1
                    try proveAlone(consumer, fencedCount)
                }
                try recover(from: error)
                if consumer.isAssignmentLost || error.isLossOfPartitions {
                    throw WorkerError(.lost, "the group gave the partitions to others: \(error)")
                }
                if isCommitting || isFenced, try isOnTheLog(prepared) { break }
                if PlantedFault.abortedForgotten.isPlanted { break }
                if isStopping(), attempt > 1 {
                    throw WorkerError(
                        .kafka,
                        "stopped before the last steps could be committed; the next start applies them again: \(error)")
                }
                if attempt > 1 { configuration.host.clock.sleep(milliseconds: min(1_000, 20 << min(attempt, 6))) }
            }
        }
        for item in prepared {
            item.task.committed(
                item.record, hash: item.hash,
                journalOffset: journalOffsets[item.task.partition] ?? item.task.journalOffset)
        }
        metrics.commits.add()
    }

    private func prepare(_ task: PartitionTask, _ nowMs: Int64) -> Prepared {
        let record = task.journalRecord(transactionalId: transactionalId, partitionCount: partitionCount)
        var buffer = ByteBuffer(capacity: 1024)
        record.encode(into: &buffer)
        let hash = ContentHash(of: buffer.buffer)
        return Prepared(
            task: task, record: record, bytes: buffer.bytes, hash: hash, key: Array(String(task.partition).utf8),
            imageHead: task.imageHead(with: record, hash, nowMs: nowMs))
    }

    private func send(_ prepared: [Prepared], _ consumer: any ConsumerClient, _ isCommitting: inout Bool)
        throws(KafkaError)
    {
        try producer.beginTransaction()
        for item in prepared {
            try sendOutputs(item.task)
            try sendImages(item)
        }
        try producer.awaitReports()
        for item in prepared where !PlantedFault.journalDropped.isPlanted {
            try producer.produce(
                to: journal, partition: item.task.partition, key: item.key, value: item.bytes, token: 1)
        }
        try producer.awaitReports()
        if !PlantedFault.noFence.isPlanted { try producer.sendOffsets(offsets(prepared), of: consumer) }
        isCommitting = true
        try producer.commitTransaction()
    }

    private func offsets(_ prepared: [Prepared]) -> [TopicPartitionOffset] {
        prepared.flatMap { item in
            zip(item.task.inputs, item.record.standing.positions).map {
                TopicPartitionOffset($0, item.task.partition, offset: $1)
            }
        }
    }

    private func sendOutputs(_ task: PartitionTask) throws(KafkaError) {
        if task.output.records.isEmpty { return }
        let base = task.output.bytes.buffer
        func slice(_ start: Int, _ count: Int) -> UnsafeRawBufferPointer {
            UnsafeRawBufferPointer(rebasing: base[start..<start + count])
        }
        for topic in [OutputRecord.Topic.decisions, .suppressions, .outcomes] {
            outgoing.removeAll(keepingCapacity: true)
            for record in task.output.records where record.topic == topic {
                outgoing.append(
                    OutgoingRecord(
                        key: slice(record.keyStart, record.keyCount), value: slice(record.valueStart, record.valueCount)
                    ))
            }
            try sendOutgoing(to: outputTopics[Int(topic.rawValue)], task.partition)
        }
        for record in task.output.records {
            guard let origin = record.deadLetter else { continue }
            try producer.produce(
                to: outputTopics[Int(OutputRecord.Topic.deadLetters.rawValue)], partition: task.partition,
                key: record.keyCount > 0 ? slice(record.keyStart, record.keyCount) : nil,
                value: origin.originalCount < 0 ? nil : slice(record.valueStart, record.valueCount),
                headers: headers(origin, task))
        }
    }

    private func sendOutgoing(to topic: ProducerTopic, _ partition: Int32) throws(KafkaError) {
        if outgoing.isEmpty { return }
        let result: Result<Void, KafkaError> = outgoing.withUnsafeBufferPointer { records in
            Result { () throws(KafkaError) in
                try producer.produceBatch(to: topic, partition: partition, records: records)
            }
        }
        try result.get()
    }

    private func sendImages(_ item: Prepared) throws(KafkaError) {
        let task = item.task
        let base = task.imageBatch.bytes.buffer
        outgoing.removeAll(keepingCapacity: true)
        for image in task.imageBatch.images {
            outgoing.append(
                OutgoingRecord(
                    key: UnsafeRawBufferPointer(rebasing: base[image.keyStart..<image.keyStart + image.keyCount]),
                    value: UnsafeRawBufferPointer(
                        rebasing: base[image.valueStart..<image.valueStart + image.valueCount])))
        }
        try sendOutgoing(to: images, task.partition)
        // Behind the images of which it speaks.
        if let head = item.imageHead {
            try producer.produce(to: images, partition: task.partition, key: ImageHead.key, value: head)
        }
    }

    private func headers(_ origin: DeadLetterOrigin, _ task: PartitionTask) -> [(name: String, value: [UInt8])] {
        var headers: [(name: String, value: [UInt8])] = [
            ("beckon-reason", Array(origin.reason.label.utf8)),
            ("beckon-explanation", Array(origin.reason.explanation.utf8)),
            ("beckon-topic", Array(task.inputs[origin.input].utf8)),
            ("beckon-partition", Array(String(task.partition).utf8)),
            ("beckon-offset", Array(String(origin.offset).utf8)),
            ("beckon-timestamp", Array(String(origin.timestampMs).utf8)),
        ]
        if origin.originalCount > EventDecoder.eventBytesMax {
            headers.append(("beckon-original-bytes", Array(String(origin.originalCount).utf8)))
        }
        return headers
    }

    // MARK: when it fails

    private func proveAlone(_ consumer: any ConsumerClient, _ fencedCount: Int) throws(WorkerError) {
        if consumer.mayReopen(fencedCount: fencedCount) { return }
        throw WorkerError(
            .fenced,
            "another worker has opened the transactional id \(transactionalId): give each replica an --instance of its own"
        )
    }

    private func recover(from error: KafkaError) throws(WorkerError) {
        do throws(KafkaError) { try producer.recover(from: error, isStopping: isStopping) } catch {
            throw WorkerError(
                .kafka, "the transactional id \(transactionalId) cannot be opened again: \(error)")
        }
    }

    private enum Found { case whatIsToBeAborted, nothingForItIsOnTheLog }

    /// Sent again over what the ended transaction has left open, everything would be there twice, and the chain broken: it is
    /// not sent before this is known.
    private func findLeftovers(_ prepared: [Prepared]) throws(KafkaError) -> Found {
        let readers = LogReaders(configuration)
        defer { readers.close() }
        for item in prepared {
            let task = item.task
            let last: JournalTail.Last?
            do throws(WorkerError) { last = try JournalTail(readers).last(partition: task.partition) } catch {
                // What is not a journal record is not our last one either.
                guard error.code == .kafka else { continue }
                throw KafkaError(.timedOut, "what the aborted commit has left open is not known: \(error)")
            }
            if let last, last.hash == item.hash, !PlantedFault.unknownIsLost.isPlanted {
                noteOnTheLog(prepared, last, task)
                return .nothingForItIsOnTheLog
            }
            guard (last?.hash ?? ContentHash(high: 0, low: 0)) == task.lastHash else { continue }
            // Beside what the restore has found and nobody has ended yet, on topics that this commit may not write.
            let found = try Leftovers(readers).all(
                of: task.partition, after: last, on: task.writtenTopics(configuration.topics))
            task.leftovers += found.filter { !task.leftovers.contains($0) }
        }
        return .whatIsToBeAborted
    }

    /// The new epoch fences a delayed abort, as everywhere.
    private func abortLeftovers(_ prepared: [Prepared]) throws(KafkaError) {
        var leftovers = prepared.flatMap(\.task.leftovers)
        if leftovers.isEmpty { return }
        let readers = LogReaders(configuration)
        defer { readers.close() }
        for _ in 0..<Self.abortsMax where !leftovers.isEmpty {
            try producer.abortLeftovers(on: leftovers)
            try producer.reopen()
            try producer.initTransactions()
            // A partition may have been without a leader a second time.
            leftovers = try Leftovers(readers).open(leftovers).map(\.0)
        }
        for item in prepared { item.task.leftovers = [] }
    }

    /// What is open after so many is not of this id: no abort of ours ends it, and no commit of ours shows it.
    private static let abortsMax = 8

    /// Whether the commit whose answer was lost is on the log. All partitions of a transaction are, or none.
    private func isOnTheLog(_ prepared: [Prepared]) throws(WorkerError) -> Bool {
        if PlantedFault.unknownIsLost.isPlanted { return false }
        if PlantedFault.unknownIsDone.isPlanted { return true }
        let readers = LogReaders(configuration)
        defer { readers.close() }
        let tail = JournalTail(readers)
        // Any of them says it of all. One may say nothing: its record lies open, because its marker is missing.
        for item in prepared {
            guard let last = try tail.last(partition: item.task.partition) else { continue }
            if last.hash == item.hash {
                noteOnTheLog(prepared, last, item.task)
                return true
            }
            if last.hash == item.task.lastHash || (item.task.lastSeq == 0 && last.record.lastSeq == 0) { continue }
            throw WorkerError(
                .fenced,
                "the journal of partition \(item.task.partition) ends with step \(last.record.lastSeq) of \(last.record.standing.transactionalId), which is not ours: another worker has taken over"
            )
        }
        return false
    }

    /// What is open was committed, and is seen with the next commit: nothing of it may be aborted.
    private func noteOnTheLog(_ prepared: [Prepared], _ last: JournalTail.Last, _ task: PartitionTask) {
        journalOffsets[task.partition] = last.offset
        for item in prepared { item.task.leftovers = [] }
    }
}
