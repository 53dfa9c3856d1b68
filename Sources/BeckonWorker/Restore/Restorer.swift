import BeckonEngine
import BeckonKafka
import BeckonModel
import BeckonService
import CXXHash
import Glibc

/// Brings one partition back: newest good checkpoint or images, then the journalled steps behind, replayed from the inputs.
struct Restorer {
    let readers: LogReaders
    let partitionCount: Int32
    let log: Log<WorkerLogKey>
    /// Looked at now and then, so that a stop does not wait for a long replay.
    let isCancelled: () -> Bool
    /// Counts this partition as done; says how many are, of how many.
    let count: () -> (done: Int, of: Int)
    private var configuration: WorkerConfiguration { readers.configuration }
    private var clock: any MonotonicClock { configuration.host.clock }

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
        let started = clock.now()
        defer { readers.rest() }
        if !PlantedFault.noTakeoverWait.isPlanted {
            try TakeoverWait(readers, log: log, isCancelled: isCancelled).run(partition)
        }
        let tail = JournalTail(readers)
        let last = try tail.last(partition: partition)
        if let parked, let last,
            PlantedFault.keptUnproved.isPlanted || parked.lastSeq == last.record.lastSeq && parked.lastHash == last.hash
        {
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
        let restored: Restored
        if let last {
            restored = try rebuilt(partition, last, rules)
        } else {
            try tail.proveNothingExpired(partition: partition)
            if configuration.replayWindowMs != nil { try ImageLog(readers, partition: partition).proveEmpty() }
            restored = Restored(task: try fresh(partition), source: nil, peoplePerSecond: 0, stepCount: 0)
            noteChanges(restored.task, beyond: 0)
        }
        let task = restored.task
        task.committedWallMs = last?.timestampMs ?? 0
        task.leftovers = try leftovers(partition, after: last)
        task.crashMark = crashMark(of: task)
        let (done, all) = count()
        log.info(
            "Partition restored",
            [
                .done: done, .of: all, .partition: Int(partition), .seq: task.lastSeq,
                .source: restored.source?.rawValue ?? "nothing", .rate: restored.peoplePerSecond,
                .steps: restored.stepCount, .people: task.engine.peopleCount, .duration: clock.now() - started,
            ])
        return task
    }

    /// What the process's last life crashed in, if it did.
    private func crashMark(of task: PartitionTask) -> CrashMark? {
        guard configuration.host.notesCrashes,
            let mark = folder(task.partition).flatMap({ CrashMark(path: $0.crashFile) })
        else { return nil }
        mark.passed(task.positions)
        if let crashed = mark.crashed {
            log.error(
                mark.poison == nil
                    ? "The process crashed when it applied a record; it is tried once more"
                    : "A record has crashed the process twice: it goes to the dead letters, with the reason poison",
                [
                    .partition: Int(task.partition), .topic: task.inputs[crashed.input], .offset: crashed.offset,
                ])
        }
        return mark
    }

    private struct Restored {
        let task: PartitionTask
        /// nil for a partition that nobody has run before.
        let source: RestoreSource?
        /// As they were loaded, before the replay.
        let peoplePerSecond: Int
        let stepCount: Int
    }

    /// From the first source that leads to the journal's end.
    private func rebuilt(_ partition: Int32, _ last: JournalTail.Last, _ rules: [ContentHash: RuleSet])
        throws(WorkerError) -> Restored
    {
        var head = try provenHead(partition)
        var sources = [RestoreSource.checkpoint, .images, .journal]
        if let head, isNearer(head, thanCheckpointOf: partition) { sources.swapAt(0, 1) }
        var refusals: [WorkerError] = []
        for source in sources {
            do throws(WorkerError) {
                let started = clock.now()
                guard let task = try loaded(from: source, partition, head, rules) else { continue }
                let rate = Double(task.engine.peopleCount) / max((clock.now() - started).seconds, 1e-6)
                // In images that were read everybody is as she is here.
                noteChanges(task, beyond: source == .images ? .max : head?.header.head.seq ?? 0)
                task.imageHeadSeq = head?.header.head.seq ?? 0
                let steps = try replayed(task, last, rules, source)
                return Restored(task: task, source: source, peoplePerSecond: Int(rate), stepCount: steps)
            } catch {
                guard source.mayBeReplaced(after: error) else { throw error }
                log.warning(
                    "Not restored from there",
                    [.partition: Int(partition), .source: source.rawValue, .error: error.description])
                refusals.append(error)
                // What cannot be restored is written anew.
                if source == .images { head = nil }
            }
        }
        guard refusals.count > 1, let first = refusals.first else { throw refusals[0] }
        let code = refusals.contains { $0.code == .inputsGone } ? .inputsGone : refusals.last?.code ?? first.code
        throw WorkerError(
            code,
            "partition \(partition) can be restored from nothing that there is:\n"
                + refusals.map(\.description).joined(separator: "\n"))
    }

    /// nil where there is no such source.
    private func loaded(
        from source: RestoreSource, _ partition: Int32, _ head: ImageHead?, _ rules: [ContentHash: RuleSet]
    ) throws(WorkerError) -> PartitionTask? {
        switch source {
        case .checkpoint: return try fromCheckpoint(partition, rules)
        case .images:
            guard let head else { return nil }
            return try fromImages(partition, head, rules)
        case .journal: return try beforeJournal(partition)
        }
    }

    private func replayed(
        _ task: PartitionTask, _ last: JournalTail.Last, _ rules: [ContentHash: RuleSet], _ source: RestoreSource
    ) throws(WorkerError) -> Int {
        let steps = try Replay(readers, rules: rules, log: log, isCancelled: isCancelled)
            .run(task, through: last, from: source)
        guard task.engine.isExact else {
            throw WorkerError(
                source == .images ? .images : .journal,
                "partition \(task.partition): its \(source.rawValue) has seen steps beyond \(task.lastSeq), where the journal ends: the journal has lost records that Kafka had confirmed. Remove its checkpoints to replay from the journal's beginning"
            )
        }
        try Replay.proveState(task, at: last)
        return steps
    }

    /// From here on the engine knows who lacks an image.
    private func noteChanges(_ task: PartitionTask, beyond seq: Int64) {
        if configuration.replayWindowMs != nil { task.engine.noteChanges(beyond: seq) }
    }

    private func leftovers(_ partition: Int32, after last: JournalTail.Last?) throws(WorkerError) -> [TopicPartition] {
        let found: [TopicPartition]
        do throws(KafkaError) { found = try Leftovers(readers).outputs(of: partition, after: last) } catch {
            throw WorkerError(.kafka, "asking what is open on the outputs of partition \(partition): \(error)")
        }
        if !found.isEmpty {
            log.warning(
                "Outputs without a journal record were left open: aborting them",
                [.partition: Int(partition), .topic: found.map(\.topic).joined(separator: ",")])
        }
        return found
    }

    /// The newest checkpoint that is whole and of this journal. A bad one costs time, never data; a Kafka that does not
    /// answer says nothing about it, and is thrown.
    private func fromCheckpoint(_ partition: Int32, _ rules: [ContentHash: RuleSet]) throws(WorkerError)
        -> PartitionTask?
    {
        guard let folder = folder(partition) else { return nil }
        folder.removeHalfWritten()
        for file in folder.files() {
            do throws(WorkerError) {
                let task = try load(file.path, partition, rules)
                task.journalOffset = try provenOffset(partition, from: task.journalOffset, task.lastHash)
                return task
            } catch {
                if error.code == .kafka { throw error }
                log.warning(
                    "Checkpoint not used", [.partition: Int(partition), .file: file.path, .error: error.description])
            }
        }
        return nil
    }

    private func folder(_ partition: Int32) -> CheckpointFolder? {
        configuration.stateDirectory.map {
            CheckpointFolder(
                stateDirectory: $0, group: configuration.group, inputs: configuration.events, partition: partition,
                on: configuration.host.disk)
        }
    }

    private func load(_ path: String, _ partition: Int32, _ rules: [ContentHash: RuleSet]) throws(WorkerError)
        -> PartitionTask
    {
        var loaded: PartitionTask?
        let exactFromSeq = try CheckpointFile.read(path, on: configuration.host.disk) {
            (index, chunk) throws(WorkerError) in
            if index == 0 {
                loaded = try standing(at: try CheckpointHeader(chunk), partition, rules)
            } else {
                do { try loaded!.engine.restorePeople(chunk) } catch { throw WorkerError(.checkpoint, "\(error)") }
            }
        }
        guard let loaded else { throw WorkerError(.checkpoint, "it is empty") }
        loaded.engine.finishRestore(exactFromSeq: exactFromSeq - (PlantedFault.restoreOffByOne.isPlanted ? 1 : 0))
        loaded.checkpointedSeq = loaded.lastSeq
        return loaded
    }

    /// A task that stands where a checkpoint's or the images' head says, still without people.
    private func standing(at header: CheckpointHeader, _ partition: Int32, _ rules: [ContentHash: RuleSet])
        throws(WorkerError) -> PartitionTask
    {
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
        return task
    }

    /// The newest head of the images, if it is of this journal.
    private func provenHead(_ partition: Int32) throws(WorkerError) -> ImageHead? {
        if configuration.replayWindowMs == nil { return nil }
        do throws(WorkerError) {
            guard var head = try ImageLog(readers, partition: partition).newestHead() else { return nil }
            head.header.journalOffset = try provenOffset(
                partition, from: head.header.journalOffset, head.header.journalHash)
            return head
        } catch {
            if error.code == .kafka { throw error }
            log.warning("Images not used", [.partition: Int(partition), .error: error.description])
            return nil
        }
    }

    private func fromImages(_ partition: Int32, _ head: ImageHead, _ rules: [ContentHash: RuleSet]) throws(WorkerError)
        -> PartitionTask
    {
        let task = try standing(at: head.header, partition, rules)
        let started = clock.now()
        func tell(_ count: Int) {
            let seconds = (clock.now() - started).seconds
            log.info(
                "Reading images",
                [
                    .partition: Int(partition), .people: task.engine.peopleCount, .of: head.header.head.peopleCount,
                    .rate: Int(Double(count) / seconds),
                ])
        }
        let images = ImageLog(readers, partition: partition)
        let reading = try images.read(into: task, while: { !isCancelled() }, told: tell)
        if let complaint = reading.complaint {
            log.warning("An image cannot be read", [.partition: Int(partition), .error: complaint])
        }
        task.engine.finishRestore(exactFromSeq: reading.exactFromSeq)
        return task
    }

    /// Reading the images is less work than replaying what lies between the newest file and them, if there is a file.
    private func isNearer(_ head: ImageHead, thanCheckpointOf partition: Int32) -> Bool {
        for file in folder(partition)?.files() ?? [] {
            guard let header = try? CheckpointFile.header(file.path, on: configuration.host.disk) else { continue }
            let records = zip(head.header.positions, header.positions).map { $0 - $1 }.reduce(0, +)
            return records > head.header.head.peopleCount
        }
        return true
    }

    /// The journal must hold the very record at which a checkpoint or a head of images begins: the first at that offset or
    /// behind it. Gives back where it is.
    private func provenOffset(_ partition: Int32, from offset: Int64, _ hash: ContentHash) throws(WorkerError) -> Int64
    {
        let journal = TopicPartition(configuration.topics.journal, partition)
        var found: (offset: Int64, hash: ContentHash)?
        do throws(KafkaError) {
            let reader = try readers.committed()
            let marks = try reader.watermarks(of: journal, timeoutMs: 30_000)
            let from = max(offset, marks.low)
            if from < marks.end {
                try reader.readFirst(journal, from: from) { message in
                    found = message.value.map { (message.offset, ContentHash(of: Array($0))) }
                }
            }
        } catch {
            throw WorkerError(.kafka, "reading \(journal)@\(offset): \(error)")
        }
        guard let found, found.hash == hash else {
            throw WorkerError(
                .checkpoint, "the journal has another record at offset \(offset): it is of another cluster, or too old")
        }
        return found.offset
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
        PartitionEngine(inputs: configuration.events, partition: partition, hashSeed: configuration.host.randomSeed())
    }
}
