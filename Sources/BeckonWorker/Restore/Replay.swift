import BeckonEngine
import BeckonKafka
import BeckonModel
import BeckonService

/// Folds journalled steps over a partition: the same records, decisions suppressed.
struct Replay {
    private let readers: LogReaders
    private var configuration: WorkerConfiguration { readers.configuration }
    private let rules: [ContentHash: RuleSet]
    private let log: Log<WorkerLogKey>
    private let isCancelled: () -> Bool

    /// Between two words about how far it is.
    private static let progressInterval = Duration.seconds(5)

    init(
        _ readers: LogReaders, rules: [ContentHash: RuleSet], log: Log<WorkerLogKey>,
        isCancelled: @escaping () -> Bool
    ) {
        self.readers = readers
        self.rules = rules
        self.log = log
        self.isCancelled = isCancelled
    }

    /// Applies what the journal holds behind the task's last step. Returns how many steps.
    func run(_ task: PartitionTask, through last: JournalTail.Last, from origin: RestoreSource) throws(WorkerError)
        -> Int
    {
        // Not by steps: a record may have none.
        guard last.offset > task.journalOffset else { return 0 }
        let records = try journal(task, through: last)
        // Whoever goes on from an older step would take the later ones a second time.
        guard records.last?.hash == last.hash else {
            throw WorkerError(
                .kafka,
                "the journal of partition \(task.partition) was read up to step \(records.last?.record.lastSeq ?? task.lastSeq), and it ends with step \(last.record.lastSeq)"
            )
        }
        let source = ReplaySource(readers, task, isCancelled: isCancelled)
        defer { source.close() }
        var output = StepOutput()
        output.isSuppressed = true
        var count = 0
        var toldAt = ContinuousClock.now
        for item in records {
            for step in item.record.steps {
                if isCancelled() { throw WorkerError(.stopped, "stopped while replaying partition \(task.partition)") }
                for case .useRules(let hash) in step.commands {
                    // Only a worker that writes no images leaves them so.
                    if origin == .images {
                        throw WorkerError(
                            .images,
                            "partition \(task.partition): the rules have changed with step \(step.seq), behind the head of the images"
                        )
                    }
                    guard let set = rules[hash] else {
                        throw WorkerError(
                            .journal,
                            "partition \(task.partition), step \(step.seq): the rule set \(hash.text) is not on \(configuration.topics.environment)"
                        )
                    }
                    task.engine.learn(set)
                }
                try source.withRecords(of: step) { records in
                    task.engine.apply(step, records: RecordBatch(records), into: &output)
                }
                output.removeAll()
                count += 1
            }
            try adopt(item, task)
            if ContinuousClock.now - toldAt > Self.progressInterval {
                toldAt = .now
                log.info(
                    "Replaying",
                    [
                        .partition: Int(task.partition), .seq: task.lastSeq, .lastSeq: last.record.lastSeq,
                        .people: task.engine.peopleCount,
                    ])
            }
        }
        return count
    }

    /// The state must be the one that the owner had.
    static func proveState(_ task: PartitionTask, at item: JournalTail.Last) throws(WorkerError) {
        let expected = item.record.standing.stateHash
        if task.engine.stateHash == expected { return }
        throw WorkerError(
            .stateHash,
            "partition \(task.partition), step \(item.record.lastSeq): the state's hash is \(String(task.engine.stateHash, radix: 16)) and the journal says \(String(expected, radix: 16)); the partition stops rather than decide from a wrong state. Remove its checkpoints to restore it from its images, or from the journal's beginning"
        )
    }

    /// Where the partition stands after a record.
    private func adopt(_ item: JournalTail.Last, _ task: PartitionTask) throws(WorkerError) {
        if task.engine.isExact { try Self.proveState(task, at: item) }
        let standing = item.record.standing
        task.lastSeq = item.record.lastSeq
        task.lastHash = item.hash
        task.journalOffset = item.offset
        task.queues = zip(standing.positions, standing.topicTimesMs).map { InputQueue(position: $0, topicTimeMs: $1) }
    }

    /// The records behind the task's last step, their chain unbroken.
    private func journal(_ task: PartitionTask, through last: JournalTail.Last) throws(WorkerError) -> [JournalTail
        .Last]
    {
        let journal = TopicPartition(configuration.topics.journal, task.partition)
        var found: [(bytes: [UInt8], offset: Int64, timestampMs: Milliseconds)] = []
        do throws(KafkaError) {
            let reader = try readers.committed()
            let from = task.journalOffset >= 0 ? task.journalOffset + 1 : TopicPartitionOffset.beginning
            try reader.readToEnd(journal, from: from) { message in
                if let value = message.value { found.append((Array(value), message.offset, message.timestampMs)) }
            }
        } catch {
            throw WorkerError(.kafka, "reading \(journal): \(error)")
        }
        var records: [JournalTail.Last] = []
        var previous = task.lastHash
        var seq = task.lastSeq
        for (bytes, offset, timestampMs) in found {
            let record: JournalRecord
            do throws(JournalRecord.Malformed) { record = try JournalRecord.decode(bytes) } catch {
                throw WorkerError(.journal, "\(journal)@\(offset): \(error)")
            }
            guard record.previous == previous, record.firstSeq == seq + 1 else {
                let missing =
                    records.isEmpty && task.journalOffset < 0
                    ? "the journal begins with step \(record.firstSeq): its beginning has expired, and neither a checkpoint here nor the images on \(configuration.topics.images) reach it. Bring the state folder of the last owner, or reset the group"
                    : "step \(record.firstSeq) does not follow step \(seq): the chain is broken"
                throw WorkerError(.journal, "\(journal)@\(offset): \(missing)")
            }
            let hash = ContentHash(of: bytes)
            records.append(JournalTail.Last(record: record, hash: hash, offset: offset, timestampMs: timestampMs))
            previous = hash
            seq = record.lastSeq
        }
        return records
    }
}

/// The input records that steps name, read again in order.
final class ReplaySource {
    private let readers: LogReaders
    private let inputs: [String]
    private let partition: Int32
    private var reader: KafkaConsumer?
    private var identities: [TopicIdentity] = []
    private var queues: [InputQueue]
    private var gathered: [InputRecord] = []
    private let isCancelled: () -> Bool
    /// By input: where the fetch has last said that the partition ends.
    private var ends: [Int64]

    init(_ readers: LogReaders, _ task: PartitionTask, isCancelled: @escaping () -> Bool) {
        self.readers = readers
        self.isCancelled = isCancelled
        ends = task.inputs.map { _ in .max }
        inputs = task.inputs
        partition = task.partition
        queues = task.queues
    }

    func close() {
        for index in queues.indices { queues[index].removeAll() }
        readers.rest()
    }

    func withRecords(of step: Step, _ body: (UnsafeBufferPointer<InputRecord>) -> Void) throws(WorkerError) {
        gathered.removeAll(keepingCapacity: true)
        for range in step.ranges { try fetch(range) }
        for range in step.ranges {
            let queue = queues[range.input]
            gathered.append(contentsOf: queue.records[queue.first..<queue.first + range.count])
        }
        gathered.withUnsafeBufferPointer(body)
        for range in step.ranges {
            queues[range.input].position = range.to
            queues[range.input].remove(range.count)
        }
    }

    /// Waits until the whole range is there, and proves that it is what the step saw.
    private func fetch(_ range: InputRange) throws(WorkerError) {
        let name = "\(inputs[range.input])-\(partition)"
        do throws(KafkaError) {
            if reader == nil { try open(range) }
            let started = ContinuousClock.now
            while queues[range.input].count < range.count, !isBeyond(range) {
                if isCancelled() { throw KafkaError(.timedOut, "stopped", isRetriable: true) }
                // A broker that has just started may not know its end yet.
                if ends[range.input] < range.to, ContinuousClock.now - started > .seconds(15) { break }
                try consume()
            }
        } catch {
            if error.code == .offsetGone {
                throw WorkerError(
                    .inputsGone,
                    "\(name): offsets \(range.from) to \(range.to) have expired before they could be replayed; the retention of the inputs must cover an outage"
                )
            }
            throw WorkerError(.kafka, "reading \(name) again: \(error)")
        }
        let queue = queues[range.input]
        var checksum: UInt64 = 0
        let count = min(range.count, queue.count)
        for index in queue.first..<queue.first + count { checksum = queue.records[index].checksum(after: checksum) }
        guard count == range.count, checksum == range.checksum,
            count == 0 || queue.records[queue.first + count - 1].offset == range.to - 1
        else {
            throw WorkerError(
                .inputsGone,
                "\(name): the records from \(range.from) to \(range.to) are not those that were applied: they have expired, or the topic was made anew (expected \(range.count), found \(count))"
            )
        }
    }

    private func isBeyond(_ range: InputRange) -> Bool {
        let queue = queues[range.input]
        return queue.count > 0 && queue.records[queue.records.count - 1].offset >= range.to - 1
    }

    /// From where the first step begins; other inputs from where the task stands.
    private func open(_ first: InputRange) throws(KafkaError) {
        let reader = try readers.committed()
        identities = []
        var offsets: [TopicPartitionOffset] = []
        for (input, topic) in inputs.enumerated() {
            identities.append(try reader.identity(ofTopic: topic))
            if queues[input].position < 0 {
                let low =
                    input == first.input
                    ? first.from : try reader.watermarks(of: TopicPartition(topic, partition), timeoutMs: 30_000).low
                queues[input] = InputQueue(position: low, topicTimeMs: 0)
            }
            offsets.append(TopicPartitionOffset(topic, partition, offset: queues[input].position))
        }
        try reader.assign(offsets)
        self.reader = reader
    }

    private func consume() throws(KafkaError) {
        let batch = try reader!.consumeBatch(max: 1000, timeoutMs: 50)
        var failure: KafkaError?
        batch.handOver { message in
            // What was fetched for another partition before is nobody's.
            if message.topic != nil, message.partition != partition {
                message.destroy()
                return
            }
            if message.isPartitionEnd, let topic = message.topic, let input = identities.firstIndex(of: topic) {
                ends[input] = message.offset
            }
            if let error = message.error {
                message.destroy()
                if error.code != .partitionEnd, !error.isRetriable { failure = failure ?? error }
                return
            }
            if let topic = message.topic, let input = identities.firstIndex(of: topic) {
                queues[input].add(message, timestampMs: message.timestampMs)
            } else {
                message.destroy()
            }
        }
        if let failure { throw failure }
    }
}
