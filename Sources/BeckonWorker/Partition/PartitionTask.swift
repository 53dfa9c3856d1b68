import BeckonEngine
import BeckonKafka
import BeckonModel

/// One partition on its thread: the engine, what was fetched for it, and what waits for the next commit.
///
/// Owned by one thread at a time: made by the restorer, run by the worker's thread.
final class PartitionTask {
    let partition: Int32
    /// Topics of events, and last the one of outcomes.
    let inputs: [String]
    var engine: PartitionEngine
    var queues: [InputQueue]

    // What the next commit holds.
    var output = StepOutput()
    private(set) var steps: [Step] = []

    // The journal's end.
    var lastSeq: Int64 = 0
    var lastHash = ContentHash(high: 0, low: 0)
    var journalOffset: Int64 = -1

    /// A record was skipped because it crashes the process: that is committed before the next one may do the same, or
    /// what is known of the first would be lost.
    private(set) var hasSkipped = false
    /// nil where there is no disk.
    var crashMark: CrashMark? { didSet { output.mark = crashMark?.pointer } }

    /// Outputs on which records of an aborted transaction lie open; to be aborted before anything is committed there.
    var leftovers: [TopicPartition] = []

    /// nil: the partition writes no images.
    var images: ImageBacklog?
    /// Of the head that was on the topic when the partition was restored; 0 without one.
    var imageHeadSeq: Int64 = 0
    /// When the journal's end was written, by the wall clock.
    var committedWallMs: Milliseconds = 0
    /// For the next commit, and kept until it is confirmed.
    var imageBatch = ImageBatch()

    var checkpoint: CheckpointProgress?
    /// When the last one was begun.
    var lastCheckpointMs: Milliseconds = 0
    /// When the newest one that is on disk was begun, or the partition was restored.
    var checkpointWrittenMs: Milliseconds = 0
    var checkpointedSeq: Int64 = 0
    /// When the clock began to wait for a proof; nil while it does not.
    var unprovedSinceMs: Milliseconds?
    var keysToCheck = 64
    private var gathered: [InputRecord] = []

    static let stepRecordsMax = 4_096

    init(
        partition: Int32, inputs: [String], engine: consuming PartitionEngine, positions: [Int64],
        topicTimesMs: [Milliseconds]
    ) {
        self.partition = partition
        self.inputs = inputs
        self.engine = engine
        queues = zip(positions, topicTimesMs).map { InputQueue(position: $0, topicTimeMs: $1) }
    }

    var outcomesInput: Int { inputs.count - 1 }
    private var eventInputs: Range<Int> { 0..<outcomesInput }

    var isDirty: Bool { !steps.isEmpty }
    var hasOutput: Bool { !output.records.isEmpty }
    var pendingCount: Int { queues.map(\.count).reduce(0, +) }
    var positions: [Int64] { queues.map(\.position) }
    var topicTimesMs: [Milliseconds] { queues.map(\.topicTimeMs) }

    /// Applies what is there, if anything is: a command, records, or a timer whose time is proved. False where nothing was.
    func step(wallMs clockMs: Milliseconds, wanted: RuleSet?, timersMax: Int) -> Bool {
        if hasSkipped { return false }
        let wallMs = max(clockMs, engine.nowMs)
        let taken = takeable(wallMs)
        var times = topicTimesMs
        let total = taken.reduce(0, +)
        for input in eventInputs where taken[input] > 0 {
            let count = taken[input]
            let queue = queues[input]
            for index in queue.first..<queue.first + count where queue.records[index].timestampMs <= wallMs {
                times[input] = max(times[input], queue.records[index].timestampMs)
            }
        }
        let nowMs = max(engine.nowMs, min(wallMs, times[eventInputs].min()!))
        let isDue = engine.earliestDueMs.map { $0 <= nowMs } ?? false
        guard total > 0 || wanted != nil || isDue else { return false }

        var step = Step(seq: engine.seq + 1, nowMs: nowMs, wallMs: wallMs, timers: .budget(timersMax))
        if let wanted {
            engine.learn(wanted)
            step.commands = [.useRules(wanted.hash)]
        }
        for (input, count) in taken.enumerated() where count > 0 { step.ranges.append(range(input, count)) }
        skipPoison(&step)
        apply(&step)
        for (input, count) in taken.enumerated() where count > 0 {
            queues[input].position = step.ranges.first { $0.input == input }!.to
            queues[input].topicTimeMs = times[input]
            queues[input].remove(count)
        }
        steps.append(step)
        if total > taken[outcomesInput] { unprovedSinceMs = nil }
        return true
    }

    private func skipPoison(_ step: inout Step) {
        guard let poison = crashMark?.poison else { return }
        let isInIt = step.ranges.contains {
            $0.input == poison.input && $0.from <= poison.offset && poison.offset < $0.to
        }
        guard isInIt else { return }
        step.commands.append(.skip(input: poison.input, offset: poison.offset))
        hasSkipped = true
    }

    private func apply(_ step: inout Step) {
        crashMark?.enter()
        defer { crashMark?.leave() }
        if step.ranges.count == 1 {
            let queue = queues[step.ranges[0].input]
            queue.records.withUnsafeBufferPointer { records in
                let slice = UnsafeBufferPointer(rebasing: records[queue.first..<queue.first + step.ranges[0].count])
                engine.apply(step, records: RecordBatch(slice), into: &output)
            }
        } else {
            gathered.removeAll(keepingCapacity: true)
            for range in step.ranges {
                let queue = queues[range.input]
                gathered.append(contentsOf: queue.records[queue.first..<queue.first + range.count])
            }
            gathered.withUnsafeBufferPointer { engine.apply(step, records: RecordBatch($0), into: &output) }
        }
        step.timers = .upTo(PlantedFault.noCutOff.isPlanted ? nil : output.cutoff)
        output.cutoff = nil
    }

    private func range(_ input: Int, _ count: Int) -> InputRange {
        let queue = queues[input]
        var checksum: UInt64 = 0
        for index in queue.first..<queue.first + count { checksum = queue.records[index].checksum(after: checksum) }
        return InputRange(
            input: input, from: queue.position, to: queue.records[queue.first + count - 1].offset + 1, count: count,
            checksum: checksum)
    }

    /// How many records of each input may go now: they are merged by their clocks, and an input that may have a backlog
    /// but shows no head holds the others. Outcomes are exempt: a sender that stands still holds nothing up.
    ///
    /// A record that is to be skipped is the last of its step.
    private func takeable(_ wallMs: Milliseconds) -> [Int] {
        var taken = [Int](repeating: 0, count: queues.count)
        let poison = crashMark?.poison
        func through(_ input: Int) -> Int {
            let queue = queues[input]
            let count = min(queue.count, Self.stepRecordsMax)
            guard let poison, poison.input == input else { return count }
            let behind = queue.records[queue.first...].firstIndex { $0.offset > poison.offset }
            return min(count, behind.map { $0 - queue.first } ?? count)
        }
        if poison == nil || poison?.input == outcomesInput { taken[outcomesInput] = through(outcomesInput) }
        if poison?.input == outcomesInput { return taken }
        if eventInputs.count == 1 {
            taken[0] = through(0)
            return taken
        }
        var keys = [Milliseconds](repeating: .min, count: queues.count)
        for _ in 0..<Self.stepRecordsMax {
            var first: (input: Int, keyMs: Milliseconds)?
            for input in eventInputs {
                let queue = queues[input]
                guard taken[input] < queue.count else {
                    if queue.isDrained { continue }
                    return taken
                }
                let timestamp = queue.records[queue.first + taken[input]].timestampMs
                let key = max(keys[input], timestamp < 0 ? wallMs : min(timestamp, wallMs))
                if first.map({ key < $0.keyMs }) ?? true { first = (input, key) }
            }
            guard let first else { return taken }
            taken[first.input] += 1
            keys[first.input] = first.keyMs
            if let poison, poison.input == first.input,
                queues[first.input].records[queues[first.input].first + taken[first.input] - 1].offset == poison.offset
            {
                return taken
            }
        }
        return taken
    }

    /// The inputs whose end must be asked for, because a timer waits for their time.
    func inputsToProve(wallMs: Milliseconds) -> [TopicPartition] {
        guard let due = engine.earliestDueMs, due <= wallMs, due > engine.nowMs else {
            unprovedSinceMs = nil
            return []
        }
        if unprovedSinceMs == nil { unprovedSinceMs = wallMs }
        // With a backlog the records themselves will move the clock: only a drained input needs the proof of its end.
        return eventInputs.filter { queues[$0].topicTimeMs < due && queues[$0].isDrained && queues[$0].count == 0 }
            .map { TopicPartition(inputs[$0], partition) }
    }

    /// On which the commit at hand writes, besides the journal.
    func writtenTopics(_ topics: BeckonTopics) -> [String] {
        let names: [(OutputRecord.Topic, String)] = [
            (.decisions, topics.decisions), (.suppressions, topics.suppressions), (.outcomes, topics.outcomes),
            (.deadLetters, topics.deadLetters),
        ]
        let written = names.filter { name in output.records.contains { $0.topic == name.0 } }.map(\.1)
        return images == nil ? written : written + [topics.images]
    }

    /// The journal record of the steps that wait.
    func journalRecord(transactionalId: String, partitionCount: Int32) -> JournalRecord {
        JournalRecord(
            firstSeq: lastSeq + 1, previous: lastHash, steps: steps,
            standing: Standing(
                positions: positions, topicTimesMs: topicTimesMs, nowMs: engine.nowMs,
                ruleSet: engine.ruleSet?.hash ?? ContentHash(high: 0, low: 0),
                pinnedRuleSets: Array(engine.neededRuleSets.dropFirst()), stateHash: engine.stateHash,
                transactionalId: transactionalId,
                partitionCount: partitionCount))
    }

    /// The commit is confirmed.
    func committed(_ record: JournalRecord, hash: ContentHash, journalOffset: Int64) {
        lastSeq = record.lastSeq
        lastHash = hash
        self.journalOffset = journalOffset
        steps.removeAll(keepingCapacity: true)
        output.removeAll()
        imageBatch.removeAll()
        crashMark?.passed(record.standing.positions)
        hasSkipped = false
    }

    /// Where the partition stands after its last commit.
    func header(_ head: CheckpointHead) -> CheckpointHeader {
        header(
            head, positions: positions, topicTimesMs: topicTimesMs, journalOffset: journalOffset, journalHash: lastHash)
    }

    /// - Parameter journalOffset: of the record with that hash.
    func header(
        _ head: CheckpointHead, positions: [Int64], topicTimesMs: [Milliseconds], journalOffset: Int64,
        journalHash: ContentHash
    ) -> CheckpointHeader {
        CheckpointHeader(
            inputs: Array(inputs[eventInputs]), partition: partition, journalOffset: journalOffset,
            journalHash: journalHash, positions: Array(positions[eventInputs]),
            topicTimesMs: Array(topicTimesMs[eventInputs]),
            outcomes: CheckpointHeader.OutcomesPosition(topic: inputs[outcomesInput], next: positions[outcomesInput]),
            head: head)
    }
}

/// A checkpoint under way.
struct CheckpointProgress {
    let id: Int
    var isWalked = false
    /// The last step that a written person may have seen; to be committed before the file counts.
    var exactFromSeq: Int64 = 0
}
