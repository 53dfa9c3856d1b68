import BeckonEngine
import BeckonModel
import Oracle

/// One engine on its way through a workload, with everything that it wrote.
struct EngineRun: ~Copyable {
    var engine: PartitionEngine
    let records: WorkloadRecords
    /// Journalled: each with its cut-off.
    private(set) var steps: [Step] = []
    private(set) var outputsOfSteps: [[WrittenRecord]] = []
    var outputs: [WrittenRecord] { outputsOfSteps.flatMap { $0 } }
    private(set) var stateHashes: [UInt64] = []
    private var output = StepOutput()

    init(_ records: WorkloadRecords, _ ruleSet: RuleSet, hashSeed: UInt64 = 7) {
        self.records = records
        engine = PartitionEngine(
            inputs: records.topics.map(\.name), outcomesInput: records.topics.firstIndex { $0.isOutcomes },
            partition: 3,
            hashSeed: hashSeed)
        engine.learn(ruleSet)
    }

    /// A step of the live kind; returns where its timers were cut.
    @discardableResult
    mutating func take(_ step: OracleStep, commands: [Command] = []) -> TimerCutoff? {
        var timers = TimerLimit.budget(.max)
        if case .budget(let most) = step.cutOff { timers = .budget(most) }
        return take(
            Step(
                seq: engine.seq + 1, nowMs: step.now, wallMs: step.wall,
                ranges: step.ranges.map { records.range($0.topic, from: $0.from, to: $0.to).range }, timers: timers,
                commands: commands))
    }

    @discardableResult
    mutating func take(_ step: Step) -> TimerCutoff? {
        let input = records.records(of: step)
        input.withUnsafeBufferPointer { engine.apply(step, records: RecordBatch($0), into: &output) }
        var journalled = step
        journalled.timers = if case .upTo = step.timers { step.timers } else { .upTo(output.cutoff) }
        let cutoff = output.cutoff
        steps.append(journalled)
        outputsOfSteps.append(WrittenRecord.all(in: output))
        stateHashes.append(engine.stateHash)
        output.removeAll()
        return cutoff
    }

    /// Takes all steps of a workload; returns them with the cut-offs that came of their budgets.
    ///
    /// - Parameter change: the rule set that a step begins with, by its place.
    mutating func takeAll(
        _ steps: [OracleStep], _ ruleSet: RuleSet, change: (place: Int, ruleSet: RuleSet)? = nil
    ) -> [OracleStep] {
        if let change { engine.learn(change.ruleSet) }
        take(Step(seq: engine.seq + 1, nowMs: 0, wallMs: 0, commands: [.useRules(ruleSet.hash)]))
        var cut = steps
        for (place, step) in steps.enumerated() {
            let commands = change?.place == place ? [Command.useRules(change!.ruleSet.hash)] : []
            let cutoff = take(step, commands: commands)
            if case .budget = step.cutOff {
                cut[place].cutOff = cutoff.map { .through(due: $0.dueMs, person: $0.person, timersFired: nil) } ?? .none
            }
        }
        return cut
    }
}

/// A record that a step wrote, as bytes.
struct WrittenRecord: Equatable {
    let topic: OutputRecord.Topic
    let key: [UInt8]
    let value: [UInt8]
    /// Reason, input, offset.
    let deadLetter: String?

    let reason: DeadLetterReason?
    let input: Int
    let offset: Int64

    init(_ record: OutputRecord, in output: borrowing StepOutput) {
        topic = record.topic
        key = Array(output.bytes.buffer[record.keyStart..<record.keyStart + record.keyCount])
        value = Array(output.bytes.buffer[record.valueStart..<record.valueStart + record.valueCount])
        reason = record.deadLetter?.reason
        input = record.deadLetter?.input ?? 0
        offset = record.deadLetter?.offset ?? 0
        deadLetter = record.deadLetter.map {
            "\($0.reason.label) \($0.input) \($0.offset) \($0.timestampMs) \($0.originalCount)"
        }
    }

    static func all(in output: borrowing StepOutput) -> [WrittenRecord] {
        var written: [WrittenRecord] = []
        for record in output.records { written.append(WrittenRecord(record, in: output)) }
        return written
    }

    var text: String { "\(topic) \(deadLetter ?? String(decoding: value, as: UTF8.self))" }
}
