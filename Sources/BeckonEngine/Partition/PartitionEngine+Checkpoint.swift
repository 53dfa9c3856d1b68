import BeckonModel

/// What a checkpoint, or the head of a partition's images, holds besides the people.
public struct CheckpointHead: Sendable, Equatable {
    /// Later steps are to be replayed.
    public var seq: Int64
    public var nowMs: Milliseconds
    public var ruleSet: ContentHash
    public var pinnedRuleSets: [ContentHash]
    public var leftRuleSets: [ContentHash]
    public var registry: Registry
    /// How many people there were.
    public var peopleCount: Int
    /// Spreads ids over the table: with the same one, people come in the order of its slots.
    public var hashSeed: UInt64

    public init(
        seq: Int64, nowMs: Milliseconds, ruleSet: ContentHash, pinnedRuleSets: [ContentHash],
        leftRuleSets: [ContentHash], registry: Registry, peopleCount: Int, hashSeed: UInt64
    ) {
        self.seq = seq
        self.nowMs = nowMs
        self.ruleSet = ruleSet
        self.pinnedRuleSets = pinnedRuleSets
        self.leftRuleSets = leftRuleSets
        self.registry = registry
        self.peopleCount = peopleCount
        self.hashSeed = hashSeed
    }
}

/// A fuzzy checkpoint: people are written while steps go on, each with her version; replaying the steps since the walk
/// began, each person taking only those beyond her version, gives the exact state.
extension PartitionEngine {
    /// As of the last step; nil before the first rule set.
    public var checkpointHead: CheckpointHead? {
        guard let ruleSet else { return nil }
        return CheckpointHead(
            seq: seq, nowMs: nowMs, ruleSet: ruleSet.hash, pinnedRuleSets: pinnedRuleSets, leftRuleSets: leftRuleSets,
            registry: registry, peopleCount: store.count, hashSeed: store.seed)
    }

    /// Begins a walk over all people; nil before the first rule set. A walk under way is given up.
    public mutating func beginCheckpoint() -> CheckpointHead? {
        guard let head = checkpointHead else { return nil }
        store.beginWalk()
        return head
    }

    public enum WalkProgress: Sendable { case more, done, abandoned }

    /// Appends the next people: length 24 bits and id length 8 bits, then version, id and entries.
    public mutating func walkCheckpoint(bytesMax: Int, into output: inout ByteBuffer) -> WalkProgress {
        if store.walkSlot == nil { return .abandoned }
        let more = store.walk(bytesMax: bytesMax) { record in
            output.append(littleEndian: UInt32(record.state.count) | UInt32(record.idLength) << 24)
            output.append(record.state.baseAddress!, count: record.state.count)
        }
        return more ? .more : .done
    }

    public mutating func abandonCheckpoint() { store.endWalk() }

    /// Why a checkpoint cannot be used.
    public struct Unusable: Error, CustomStringConvertible {
        public let description: String
    }

    /// Begins to restore: the rule sets that `head` names must have been learned.
    /// - Precondition: the engine is new.
    public mutating func restore(_ head: CheckpointHead) throws(Unusable) {
        precondition(seq == 0 && store.count == 0)
        for hash in [head.ruleSet] + head.pinnedRuleSets where knownRuleSets[hash] == nil {
            throw Unusable(
                description: "the rule set \(hash.text) that it needs is not in the environment topic, or was written "
                    + "with other time zones than this program's, tzdata \(ZoneTable.standard.version)")
        }
        seq = head.seq
        nowMs = head.nowMs
        leftRuleSets = head.leftRuleSets
        pinnedRuleSets = head.pinnedRuleSets
        ruleSet = knownRuleSets[head.ruleSet]
        registry = head.registry
        if let table = PersonStore(seed: head.hashSeed, expecting: head.peopleCount) { store = table }
        let pinned = pinnedRules(head)
        var numbers = registry
        let program = Program(ruleSet: ruleSet!, pinned: pinned, registry: &numbers)
        guard numbers == registry else { throw Unusable(description: "its registry does not fit its rule sets") }
        install(program)
    }

    /// The pinned versions are those that the registry still numbers.
    private func pinnedRules(_ head: CheckpointHead) -> [(rule: Rule, ruleSet: RuleSet)] {
        var seen = Set(ruleSet!.rules.map(\.version))
        var pinned: [(rule: Rule, ruleSet: RuleSet)] = []
        for set in head.pinnedRuleSets.compactMap({ knownRuleSets[$0] }) {
            for rule in set.rules
            where registry.numbers[Registry.key("version", rule.version)] != nil && seen.insert(rule.version).inserted {
                pinned.append((rule, set))
            }
        }
        return pinned
    }

    /// Adds people as `walkCheckpoint` wrote them.
    public mutating func restorePeople(_ bytes: UnsafeRawBufferPointer) throws(Unusable) {
        var at = 0
        while at < bytes.count {
            guard at + 4 <= bytes.count else { throw Unusable(description: "a person's record ends too early") }
            let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self)
            let count = Int(word & 0xFF_FFFF)
            let idCount = Int(word >> 24)
            at += 4
            guard count >= 6 + idCount, idCount > 0, at + count <= bytes.count, count + 10 <= RecordArena.blockBytesMax
            else {
                throw Unusable(description: "a person's record has an impossible length")
            }
            try restorePerson(idCount: idCount, UnsafeRawBufferPointer(rebasing: bytes[at..<at + count]))
            at += count
        }
    }

    /// - Parameter state: version, id and entries; of two for one person the newer counts.
    mutating func restorePerson(idCount: Int, _ state: UnsafeRawBufferPointer) throws(Unusable) {
        guard Self.entriesAreWhole(state, from: 6 + idCount) else {
            throw Unusable(description: "a person's entries have impossible lengths")
        }
        guard let (place, replaced) = store.restore(idCount: idCount, state) else { return }
        stateHash = stateHash &- (replaced ?? 0) &+ Self.hash(store.record(place))
    }

    private static func entriesAreWhole(_ state: UnsafeRawBufferPointer, from start: Int) -> Bool {
        var at = start
        while at < state.count {
            guard at + PersonRecord.entryHeaderBytes <= state.count else { return false }
            at += PersonRecord.entryHeaderBytes + Int(state.loadUnaligned(fromByteOffset: at + 4, as: UInt16.self))
        }
        return at == state.count
    }

    /// Ends restoring: builds the timer index and counts the running instances.
    /// - Parameter exactFromSeq: the last step that any record in the checkpoint may have seen.
    public mutating func finishRestore(exactFromSeq: Int64) {
        guard let program else { return }
        runningCounts = RunningCounts(program.versionNumbers)
        timers.advance(to: nowMs) { _ in }
        store.beginWalk()
        while indexNext(program) {}
        self.exactFromSeq = exactFromSeq > seq ? exactFromSeq : 0
    }

    private mutating func indexNext(_ program: Program) -> Bool {
        var due: [(RecordPlace, Milliseconds)] = []
        var counts = RunningCounts()
        swap(&counts, &runningCounts)
        // So few that their records are still in the processor's cache when they are touched again.
        let more = store.walkPlaces(count: 1_024) { place, record in
            if let next = Self.nextJudgedMs(record, program) { due.append((place, next)) }
            var entry = record.entriesStart
            while entry < record.length {
                let tag = record.tag(entry)
                if tag.kind == .running, counts.knows(tag.number) { counts[tag.number] += 1 }
                entry = record.next(entry)
            }
        }
        swap(&counts, &runningCounts)
        for (place, dueMs) in due {
            store.record(place).indexedDueMs = dueMs
            timers.schedule(dueMs: dueMs, place: place)
        }
        return more
    }
}
