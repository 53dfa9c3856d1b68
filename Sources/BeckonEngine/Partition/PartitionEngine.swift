import BeckonModel
import CXXHash

/// One partition's people and rules: a deterministic state machine over the partition's log.
///
/// A value owned by one thread. It reads no clock and no random number, and keeps no borrowed bytes between calls.
///
/// *Guarantees*: the same steps over the same records give the same outputs, byte for byte, and the same `stateHash`.
public struct PartitionEngine: ~Copyable {
    /// The topics of the partition's inputs, by place, and the partition's number: they name causes.
    public let inputs: [String]
    public let partition: Int32

    /// The last step that was applied; 0 before the first.
    public internal(set) var seq: Int64 = 0
    /// The clock after the last step.
    public internal(set) var nowMs: Milliseconds = 0
    /// The sum over all people of a hash of their records.
    public internal(set) var stateHash: UInt64 = 0
    /// The rule set in force; nil before the first `useRules`.
    public internal(set) var ruleSet: RuleSet?
    /// Rule sets that were left, the newest last, at most 64.
    public internal(set) var leftRuleSets: [ContentHash] = []
    public internal(set) var registry = Registry()

    /// While a fuzzy checkpoint is caught up with: a person whose version is at or beyond a step has seen it already.
    /// 0 when every record is exactly at `seq`.
    var exactFromSeq: Int64 = 0
    /// Then also who was changed by the step at hand, and so has not seen it from before. Never iterated.
    var changedWhileCatchingUp: Set<[UInt8]> = []

    var store: PersonStore
    var imageQueue = ImageQueue()
    var timers = ScheduledTimers()
    let due = DueTimers()
    var program: Program?
    var knownRuleSets: [ContentHash: RuleSet] = [:]
    /// Running instances by the number of their rule's version: what keeps an old version alive.
    var runningCounts = RunningCounts()
    var scratch: Scratch

    /// - Parameters:
    ///   - inputs: topics in the order of the partition's inputs.
    ///   - hashSeed: spreads ids over the table; not part of the state.
    public init(inputs: [String], partition: Int32, hashSeed: UInt64) {
        self.inputs = inputs
        self.partition = partition
        store = PersonStore(seed: hashSeed)
        scratch = Scratch()
    }

    /// People known.
    public var peopleCount: Int { store.count }
    /// Memory of records, table and timers, in bytes.
    public var stateBytes: Int { store.usedBytes + timers.bytes }
    /// No timer is due before; nil without timers.
    public var earliestDueMs: Milliseconds? {
        switch (timers.earliestDueMs, due.earliestMs) {
        case (let first?, let second?): min(first, second)
        case (let first, let second): first ?? second
        }
    }
    /// Ids of the rules in force, by the place that `StepCounts.decisions` uses.
    public var ruleIds: [String] { program?.rules.all.map(\.rule.id) ?? [] }
    /// Hashes of the rule sets that this state needs: the one in force and those of pinned versions.
    public var neededRuleSets: [ContentHash] {
        guard let ruleSet else { return [] }
        return [ruleSet.hash] + pinnedRuleSets.filter { $0 != ruleSet.hash }
    }
    var pinnedRuleSets: [ContentHash] = []

    /// False while records of a fuzzy checkpoint are still ahead of `seq`: until then `stateHash` is not the step's.
    public var isExact: Bool { exactFromSeq == 0 || seq >= exactFromSeq }

    /// Makes a rule set known, so that a later `useRules` or a restored state can name it.
    public mutating func learn(_ ruleSet: RuleSet) { knownRuleSets[ruleSet.hash] = ruleSet }
    public func knows(_ hash: ContentHash) -> Bool { knownRuleSets[hash] != nil }

    /// Applies one step: commands, then the records, merged by their clocks, then the timers that are due.
    ///
    /// - Precondition: `step.seq` follows the last one, the clock does not go back, `records` are those of `step.ranges`,
    ///   and the rule sets that commands name are known.
    public mutating func apply(_ step: Step, records: borrowing RecordBatch, into output: inout StepOutput) {
        precondition(step.seq == seq + 1, "a step was skipped or applied twice")
        precondition(step.nowMs >= nowMs && step.nowMs <= step.wallMs, "the clock went back, or beyond the wall")
        seq = step.seq
        if seq > exactFromSeq { exactFromSeq = 0 }
        if !changedWhileCatchingUp.isEmpty { changedWhileCatchingUp.removeAll(keepingCapacity: true) }
        for command in step.commands { perform(command) }
        guard let program else {
            nowMs = step.nowMs
            return
        }
        let context = StepContext(step: step, nowBeforeMs: nowMs)
        applyRecords(records, context, program, &output)
        nowMs = step.nowMs
        fireDueTimers(context, program, &output)
    }

    private mutating func perform(_ command: Command) {
        switch command {
        case .useRules(let hash):
            guard let next = knownRuleSets[hash] else {
                preconditionFailure("a rule set was used before it was learned")
            }
            if let ruleSet, ruleSet.hash != hash {
                leftRuleSets.removeAll { $0 == ruleSet.hash }
                leftRuleSets.append(ruleSet.hash)
                if leftRuleSets.count > 64 { leftRuleSets.removeFirst() }
            }
            // The numbers of a checkpoint's head would no longer be those of its people.
            store.endWalk()
            let pinned = pinnedVersions(for: next)
            pinnedRuleSets = pinned.map(\.ruleSet.hash).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
            ruleSet = next
            install(Program(ruleSet: next, pinned: pinned, registry: &registry))
        // Its records are asked one by one.
        case .skip: break
        }
    }

    /// Versions other than those of `next` that still have running instances. A rule that is gone takes its own with it.
    private func pinnedVersions(for next: RuleSet) -> [(rule: Rule, ruleSet: RuleSet)] {
        guard let program, let ruleSet else { return [] }
        let sets = [ruleSet] + pinnedRuleSets.compactMap { knownRuleSets[$0] }
        return program.rules.all.compactMap { old in
            guard runningCounts[old.versionNumber] > 0,
                let new = next.rules.first(where: { $0.id == old.rule.id }), new.version != old.rule.version
            else { return nil }
            let source = sets.first { set in set.rules.contains { $0.version == old.rule.version } }
            return source.map { (old.rule, $0) }
        }
    }

    mutating func install(_ program: Program) {
        runningCounts = RunningCounts(program.versionNumbers, keeping: runningCounts)
        self.program = program
        scratch.fit(program)
    }

    @inline(__always)
    static func hash(_ record: PersonRecord) -> UInt64 {
        beckon_hash64(record.state.baseAddress, record.state.count, 0)
    }
}

/// What holds for the whole of a step.
struct StepContext {
    let step: Step
    let nowBeforeMs: Milliseconds

    /// Most steps have no command.
    @inline(__always)
    func skips(_ input: Int, _ offset: Int64) -> Bool {
        !step.commands.isEmpty && step.commands.contains(.skip(input: input, offset: offset))
    }
}

/// One person while something is applied to her.
struct PersonCursor {
    let id: Bytes
    let hash: UInt32
    /// 0 while she has no record.
    var place: RecordPlace
    var isChanged = false
    var hashBefore: UInt64 = 0
}

extension PartitionEngine {
    /// To be called before a record changes; makes one where there is none.
    @inline(__always)
    mutating func willChange(_ person: inout PersonCursor) {
        if person.isChanged { return }
        person.isChanged = true
        if person.place == 0 {
            person.place = store.insert(person.id, person.hash, reserving: 16)
        } else {
            person.hashBefore = Self.hash(store.record(person.place))
        }
    }

    /// Whether a record that was restored knows the step at hand already.
    @inline(__always)
    func hasSeenStep(_ record: PersonRecord) -> Bool {
        guard exactFromSeq != 0, record.version >= seq else { return false }
        return record.version > seq || !changedWhileCatchingUp.contains(Array(record.id.buffer))
    }

    /// To be called when all changes of a step to a person are made.
    @inline(__always)
    mutating func didChange(_ person: PersonCursor) {
        guard person.isChanged else { return }
        let record = store.record(person.place)
        if exactFromSeq != 0 { changedWhileCatchingUp.insert(Array(person.id.buffer)) }
        record.version = seq
        if imageQueue.isKept { imageQueue.add(record, person.hash) }
        stateHash = stateHash &- person.hashBefore &+ Self.hash(record)
    }

    /// A record that moved is known to the timer index by its old place; that entry dies, this one takes over.
    @inline(__always)
    mutating func moved(_ person: inout PersonCursor, to place: RecordPlace) {
        if place == person.place { return }
        person.place = place
        let dueMs = store.record(place).indexedDueMs
        if dueMs != 0 { timers.schedule(dueMs: dueMs, place: place) }
    }

    mutating func append(_ person: inout PersonCursor, _ tag: EntryTag, payload count: Int) -> Int {
        willChange(&person)
        let (place, entry) = store.append(person.place, tag, payload: count)
        moved(&person, to: place)
        return entry
    }

    mutating func resize(_ person: inout PersonCursor, _ entry: Int, payload count: Int) {
        willChange(&person)
        moved(&person, to: store.resize(person.place, entry: entry, payload: count))
    }

    /// The entry that is known, with so many bytes, or a new one; what was kept stays at its beginning.
    mutating func place(_ known: Int?, _ tag: EntryTag, payload count: Int, _ person: inout PersonCursor) -> Int {
        guard let known else { return append(&person, tag, payload: count) }
        resize(&person, known, payload: count)
        return known
    }

    mutating func remove(_ person: inout PersonCursor, _ entry: Int) {
        willChange(&person)
        moved(&person, to: store.remove(person.place, entry: entry))
    }

    /// Makes sure that the timer index looks at this person at `judgedMs` or before.
    @inline(__always)
    mutating func index(_ person: PersonCursor, judgedMs: Milliseconds) {
        let record = store.record(person.place)
        let indexed = record.indexedDueMs
        if indexed == 0 || judgedMs < indexed {
            record.indexedDueMs = judgedMs
            timers.schedule(dueMs: judgedMs, place: person.place)
            scratch.earliestOwnDueMs = min(scratch.earliestOwnDueMs, judgedMs - (program?.waitMsMax ?? 0))
        }
    }
}
