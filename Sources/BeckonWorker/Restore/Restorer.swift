import BeckonEngine
import BeckonKafka
import BeckonModel
import BeckonService
import CXXHash
import Glibc

/// Brings one partition back: newest good checkpoint, then the journalled steps behind it, replayed from the inputs.
struct Restorer {
    let readers: LogReaders
    let partitionCount: Int32
    let log: Log<WorkerLogKey>
    /// Looked at now and then, so that a stop does not wait for a long replay.
    let isCancelled: () -> Bool
    /// Counts this partition as done; says how many are, of how many.
    let count: () -> (done: Int, of: Int)
    private var configuration: WorkerConfiguration { readers.configuration }

    init(
        _ readers: LogReaders, partitionCount: Int32, log: Log<WorkerLogKey>, isCancelled: @escaping () -> Bool,
        count: @escaping () -> (done: Int, of: Int)
    ) {
        self.readers = readers
        self.partitionCount = partitionCount
        self.log = log
        self.isCancelled = isCancelled
        self.count = count
    }

    /// - Parameter parked: the task as it was when the partition was given up: kept if the journal still ends with it.
    func restore(_ partition: Int32, parked: PartitionTask?) throws(WorkerError) -> PartitionTask {
        let started = ContinuousClock.now
        defer { readers.rest() }
        try TakeoverWait(readers, log: log, isCancelled: isCancelled).run(partition)
        let tail = JournalTail(readers)
        let last = try tail.last(partition: partition)
        if let parked, let last, parked.lastSeq == last.record.lastSeq, parked.lastHash == last.hash {
            let (done, all) = count()
            log.info("Partition kept", [.done: done, .of: all, .partition: Int(partition), .seq: parked.lastSeq])
            return parked
        }
        if let last, last.record.standing.semantics > Standing.currentSemantics {
            throw WorkerError(
                .version,
                "partition \(partition) was run with semantics \(last.record.standing.semantics) and this version knows \(Standing.currentSemantics): run the newer version, or the one that wrote it last"
            )
        }
        if let last { try TopicCheck.proveSameCount(last.record.standing, partitionCount, configuration) }
        let rules = try Environment(configuration).load(readers)
        let task: PartitionTask
        if let checkpointed = try fromCheckpoint(partition, rules) {
            task = checkpointed
        } else if last != nil {
            task = try beforeJournal(partition)
        } else {
            try tail.proveNothingExpired(partition: partition)
            task = try fresh(partition)
        }
        let steps = try Replay(readers, rules: rules, log: log, isCancelled: isCancelled).run(task, through: last)
        guard task.engine.isExact else {
            throw WorkerError(
                .journal,
                "partition \(partition): its checkpoint has seen steps beyond \(task.lastSeq), where the journal ends: the journal has lost records that Kafka had confirmed. Remove its checkpoints to replay from the journal's beginning"
            )
        }
        let (done, all) = count()
        log.info(
            "Partition restored",
            [
                .done: done, .of: all, .partition: Int(partition), .seq: task.lastSeq, .steps: steps,
                .people: task.engine.peopleCount,
                .duration: ContinuousClock.now - started,
            ])
        return task
    }

    /// The newest checkpoint that is whole and of this journal. A bad one costs time, never data; a Kafka that does not
    /// answer says nothing about it, and is thrown.
    private func fromCheckpoint(_ partition: Int32, _ rules: [ContentHash: RuleSet]) throws(WorkerError)
        -> PartitionTask?
    {
        guard let directory = configuration.stateDirectory else { return nil }
        let folder = CheckpointFolder(
            stateDirectory: directory, group: configuration.group, inputs: configuration.events, partition: partition)
        folder.removeHalfWritten()
        for file in folder.files() {
            do throws(WorkerError) {
                let task = try load(file.path, partition, rules)
                try proveJournal(task)
                return task
            } catch {
                if error.code == .kafka { throw error }
                log.warning(
                    "Checkpoint not used", [.partition: Int(partition), .file: file.path, .error: error.description])
            }
        }
        return nil
    }

    private func load(_ path: String, _ partition: Int32, _ rules: [ContentHash: RuleSet]) throws(WorkerError)
        -> PartitionTask
    {
        var loaded: PartitionTask?
        let exactFromSeq = try CheckpointFile.read(path) { (index, chunk) throws(WorkerError) in
            if index == 0 {
                let header = try CheckpointHeader(chunk)
                guard header.inputs == configuration.events, header.partition == partition else {
                    throw WorkerError(
                        .checkpoint, "it is of \(header.inputs.joined(separator: ", ")), partition \(header.partition)")
                }
                var engine = newEngine(partition)
                for hash in [header.head.ruleSet] + header.head.pinnedRuleSets {
                    if let set = rules[hash] { engine.learn(set) }
                }
                do { try engine.restore(header.head) } catch { throw WorkerError(.checkpoint, "\(error)") }
                let task = PartitionTask(
                    partition: partition, inputs: configuration.events, engine: engine, positions: header.positions,
                    topicTimesMs: header.topicTimesMs)
                task.lastSeq = header.head.seq
                task.lastHash = header.journalHash
                task.journalOffset = header.journalOffset
                task.checkpointedSeq = header.head.seq
                loaded = task
            } else {
                do { try loaded!.engine.restorePeople(chunk) } catch { throw WorkerError(.checkpoint, "\(error)") }
            }
        }
        guard let loaded else { throw WorkerError(.checkpoint, "it is empty") }
        loaded.engine.finishRestore(exactFromSeq: exactFromSeq)
        return loaded
    }

    /// The journal must hold the very record at which the checkpoint began.
    private func proveJournal(_ task: PartitionTask) throws(WorkerError) {
        let journal = TopicPartition(configuration.topics.journal, task.partition)
        var found: ContentHash?
        let offset = task.journalOffset
        do throws(KafkaError) {
            let reader = try readers.committed()
            let marks = try reader.watermarks(of: journal, timeoutMs: 30_000)
            if offset >= marks.low, offset < marks.end {
                try reader.readOne(journal, at: offset) { found = ContentHash(of: $0) }
            }
        } catch {
            throw WorkerError(.kafka, "reading \(journal)@\(offset): \(error)")
        }
        guard found == task.lastHash else {
            throw WorkerError(
                .checkpoint, "the journal has another record at offset \(offset): it is of another cluster, or too old")
        }
    }

    /// Nothing but a journal: replayed from its beginning, if that is there.
    private func beforeJournal(_ partition: Int32) throws(WorkerError) -> PartitionTask {
        let positions = [Int64](repeating: -1, count: configuration.events.count)
        return PartitionTask(
            partition: partition, inputs: configuration.events, engine: newEngine(partition), positions: positions,
            topicTimesMs: positions.map { _ in 0 })
    }

    /// A partition that nobody has run before begins with the oldest records there are.
    private func fresh(_ partition: Int32) throws(WorkerError) -> PartitionTask {
        var positions: [Int64] = []
        do throws(KafkaError) {
            let reader = try readers.committed()
            for topic in configuration.events {
                positions.append(try reader.watermarks(of: TopicPartition(topic, partition), timeoutMs: 30_000).low)
            }
        } catch {
            throw WorkerError(.kafka, "asking where partition \(partition) of the inputs begins: \(error)")
        }
        return PartitionTask(
            partition: partition, inputs: configuration.events, engine: newEngine(partition), positions: positions,
            topicTimesMs: positions.map { _ in 0 })
    }

    private func newEngine(_ partition: Int32) -> PartitionEngine {
        PartitionEngine(inputs: configuration.events, partition: partition, hashSeed: UInt64.random(in: .min ... .max))
    }
}
