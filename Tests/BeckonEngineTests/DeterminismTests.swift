import BeckonEngine
import BeckonModel
import Oracle
import Testing

/// A partition's journalled steps give the same bytes and the same state, however often, and from whatever checkpoint.
@Suite struct `Determinism` {
    static func ruleSet(_ workload: Workload) throws -> RuleSet {
        try #require(RuleSet.read([RuleSource(file: "rules.yaml", text: Array(workload.yaml.utf8))]).ruleSet)
    }

    /// The journal's bytes, decoded.
    static func journalled(_ steps: [Step], _ run: borrowing EngineRun) throws -> [Step] {
        let standing = Standing(
            positions: [1, 2], topicTimesMs: [3, 4], nowMs: run.engine.nowMs, ruleSet: run.engine.ruleSet!.hash,
            pinnedRuleSets: [], stateHash: run.engine.stateHash, transactionalId: "group-a", partitionCount: 4)
        let record = JournalRecord(
            firstSeq: steps[0].seq, previous: ContentHash(high: 1, low: 2), steps: steps, standing: standing)
        var bytes = ByteBuffer()
        record.encode(into: &bytes)
        let decoded = try JournalRecord.decode(bytes.buffer)
        #expect(decoded == record)
        return decoded.steps
    }

    @Test(arguments: 0..<120 as Range<UInt64>) func `the same steps give the same bytes`(seed: UInt64) throws {
        let workload = try WorkloadGenerator(seed: seed).make().withOutcomes()
        let ruleSet = try Self.ruleSet(workload)
        let records = WorkloadRecords(workload.input.topics)
        var live = EngineRun(records, ruleSet)
        _ = live.takeAll(workload.input.steps, ruleSet)
        // Another seed of the table: where people lie in memory is no part of the state.
        var replay = EngineRun(records, ruleSet, hashSeed: 99)
        for step in try Self.journalled(live.steps, live) { replay.take(step) }
        #expect(replay.outputs == live.outputs)
        #expect(replay.stateHashes == live.stateHashes)
    }

    /// The walk goes on in small pieces while steps change what it has seen and what it has not.
    @Test(arguments: 0..<200 as Range<UInt64>) func `a fuzzy checkpoint and the steps since give the state`(
        seed: UInt64
    ) throws {
        let workload = try WorkloadGenerator(seed: seed).make().withOutcomes()
        let ruleSet = try Self.ruleSet(workload)
        let records = WorkloadRecords(workload.input.topics)
        var live = EngineRun(records, ruleSet)
        _ = live.takeAll(workload.input.steps, ruleSet)

        var walked = EngineRun(records, ruleSet)
        let begin = 1 + Int(seed) % max(1, live.steps.count / 2)
        var head: CheckpointHead?
        var people = ByteBuffer()
        var exactFromSeq: Int64 = 0
        for (place, step) in live.steps.enumerated() {
            walked.take(step)
            if place == begin { head = walked.engine.beginCheckpoint() }
            guard head != nil, exactFromSeq == 0, place > begin || seed % 3 == 0 else { continue }
            if case .done = walked.engine.walkCheckpoint(bytesMax: 1, into: &people) {
                exactFromSeq = walked.engine.seq
            }
        }
        var progress = PartitionEngine.WalkProgress.more
        while exactFromSeq == 0 {
            progress = walked.engine.walkCheckpoint(bytesMax: 1, into: &people)
            if case .done = progress { exactFromSeq = walked.engine.seq }
        }
        #expect(walked.stateHashes == live.stateHashes)

        let restored = try Self.restored(records, ruleSet, head!, people, exactFromSeq, live.steps)
        #expect(restored.hash == live.stateHashes.last)
        let later = live.outputsAfter(exactFromSeq)
        #expect(restored.later == later)
        #expect(restored.hashes == live.stateHashes.suffix(restored.hashes.count))
    }

    /// Also the other way round: the worker restores, then goes on live.
    private static func restored(
        _ records: WorkloadRecords, _ ruleSet: RuleSet, _ head: CheckpointHead, _ people: borrowing ByteBuffer,
        _ exactFromSeq: Int64, _ steps: [Step]
    ) throws -> (hash: UInt64, later: [WrittenRecord], hashes: ArraySlice<UInt64>) {
        var run = EngineRun(records, ruleSet, hashSeed: 3)
        try run.engine.restore(head)
        try run.engine.restorePeople(people.buffer)
        run.engine.finishRestore(exactFromSeq: exactFromSeq)
        for step in steps where step.seq > head.seq { run.take(step) }
        let isExact = run.engine.isExact
        #expect(isExact)
        let hashes = zip(run.steps, run.stateHashes).filter { $0.0.seq >= exactFromSeq }.map(\.1)
        return (run.engine.stateHash, run.outputsAfter(exactFromSeq), hashes[...])
    }

    /// For a person whose events come in the order of time on one topic.
    @Test(arguments: 0..<100 as Range<UInt64>) func `decisions do not depend on how the steps are cut`(seed: UInt64)
        throws
    {
        let decisions = try (0..<3 as Range<UInt64>).map { cut in
            var generator = WorkloadGenerator(seed: seed)
            generator.isInOrder = true
            generator.cutSeed = cut
            let workload = generator.make()
            let ruleSet = try Self.ruleSet(workload)
            var run = EngineRun(WorkloadRecords(workload.input.topics), ruleSet)
            _ = run.takeAll(workload.input.steps, ruleSet)
            return try Self.cutFree(run.outputs, workload)
        }
        #expect(decisions[0] == decisions[1])
        #expect(decisions[0] == decisions[2])
    }

    /// Id, due time and data of the decisions of rules that do not look at the wall clock.
    static func cutFree(_ written: [WrittenRecord], _ workload: Workload) throws -> [String] {
        let judged = Set(workload.rules.filter { $0.latenessMax != .none }.map(\.id))
        return try written.filter { $0.topic == .decisions }.compactMap { record -> String? in
            let decision = try DecisionText(record.value)
            return judged.contains(decision.rule) ? nil : decision.cutFree
        }.sorted()
    }
}

extension EngineRun {
    /// What the steps beyond `seq` wrote.
    func outputsAfter(_ seq: Int64) -> [WrittenRecord] {
        zip(steps, outputsOfSteps).filter { $0.0.seq > seq }.flatMap(\.1)
    }
}
