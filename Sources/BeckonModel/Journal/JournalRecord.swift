import CXXHash

/// What one commit did to one partition: its steps, and where the partition stands after them.
///
/// *Guarantees*: the records of a partition form a chain by `previous`; a gap, a repeated or a foreign record is seen.
/// *Wire form*: `BKJ1`, the fields in the order of their declaration (numbers as LEB128, signed ones zigzag), then 64 bits
/// of XXH3 over all before.
public struct JournalRecord: Sendable, Equatable {
    /// Of the first step; the others follow without a gap.
    public var firstSeq: Int64
    /// The hash of the record before, zero for the first.
    public var previous: ContentHash
    public var steps: [Step]
    public var standing: Standing

    public init(firstSeq: Int64, previous: ContentHash, steps: [Step], standing: Standing) {
        self.firstSeq = firstSeq
        self.previous = previous
        self.steps = steps
        self.standing = standing
    }

    public var lastSeq: Int64 { firstSeq + Int64(steps.count) - 1 }

    static let magic: [UInt8] = Array("BKJ1".utf8)

    public func encode(into output: inout ByteBuffer) {
        let start = output.count
        output.append(Self.magic)
        output.append(signed: firstSeq)
        output.append(hash: previous)
        output.append(varint: UInt64(steps.count))
        for step in steps { Self.encode(step, into: &output) }
        standing.encode(into: &output)
        output.append(littleEndian: beckon_hash64(output.start + start, output.count - start, 0))
    }

    private static func encode(_ step: Step, into output: inout ByteBuffer) {
        output.append(signed: step.nowMs)
        output.append(signed: step.wallMs)
        output.append(varint: UInt64(step.ranges.count))
        for range in step.ranges {
            output.append(varint: UInt64(range.input))
            output.append(signed: range.from)
            output.append(signed: range.to)
            output.append(varint: UInt64(range.count))
            output.append(littleEndian: range.checksum)
        }
        guard case .upTo(let cutoff) = step.timers else { preconditionFailure("a step is journalled with its cut-off") }
        if let cutoff {
            output.append(UInt8(1))
            output.append(signed: cutoff.dueMs)
            output.append(counted: cutoff.person)
        } else {
            output.append(UInt8(0))
        }
        output.append(varint: UInt64(step.commands.count))
        for command in step.commands { encode(command, into: &output) }
    }

    private static func encode(_ command: Command, into output: inout ByteBuffer) {
        switch command {
        case .useRules(let hash):
            output.append(UInt8(1))
            output.append(hash: hash)
        case .skip(let input, let offset):
            output.append(UInt8(2))
            output.append(varint: UInt64(input))
            output.append(signed: offset)
        }
    }

    /// Why bytes are no journal record. Its text names the place.
    public struct Malformed: Error, CustomStringConvertible {
        public let description: String
    }

    public static func decode(_ bytes: UnsafeRawBufferPointer) throws(Malformed) -> JournalRecord {
        guard bytes.count >= magic.count + 8, bytes.prefix(magic.count).elementsEqual(magic) else {
            throw Malformed(
                description: "journal record: it does not begin with BKJ1; a newer version may have written it")
        }
        let checked = UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count - 8)])
        let expected = bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)
        let found = beckon_hash64(checked.baseAddress, checked.count, 0)
        guard found == expected else {
            throw Malformed(
                description:
                    "journal record: checksum: expected \(String(expected, radix: 16)), found \(String(found, radix: 16))"
            )
        }
        var reader = BinaryReader(UnsafeRawBufferPointer(rebasing: checked[magic.count...]))
        do {
            let firstSeq = try reader.signed()
            let previous = try reader.hash()
            var steps: [Step] = []
            let stepCount = try reader.count()
            guard firstSeq <= .max - Int64(stepCount) else { throw BinaryReader.Truncated() }
            for index in 0..<stepCount { steps.append(try step(seq: firstSeq + Int64(index), &reader)) }
            let standing = try Standing(&reader)
            guard reader.remaining == 0 else { throw BinaryReader.Truncated() }
            return JournalRecord(firstSeq: firstSeq, previous: previous, steps: steps, standing: standing)
        } catch {
            throw Malformed(
                description:
                    "journal record: it ends too early or too late, or a number is too large, at byte \(reader.position + magic.count)"
            )
        }
    }

    public static func decode(_ bytes: [UInt8]) throws(Malformed) -> JournalRecord {
        let result: Result<JournalRecord, Malformed> = bytes.withUnsafeBytes { bytes in
            Result { () throws(Malformed) in try decode(bytes) }
        }
        return try result.get()
    }

    private static func step(seq: Int64, _ reader: inout BinaryReader) throws(BinaryReader.Truncated) -> Step {
        var step = Step(seq: seq, nowMs: try reader.signed(), wallMs: try reader.signed())
        for _ in 0..<(try reader.count()) {
            step.ranges.append(
                InputRange(
                    input: try reader.number(), from: try reader.signed(), to: try reader.signed(),
                    count: try reader.number(), checksum: try reader.integer(UInt64.self)))
        }
        var cutoff: TimerCutoff?
        if try reader.integer(UInt8.self) == 1 {
            let dueMs = try reader.signed()
            let count = try reader.count()
            cutoff = TimerCutoff(dueMs: dueMs, person: Array(try reader.bytes(count)))
        }
        step.timers = .upTo(cutoff)
        for _ in 0..<(try reader.count()) { step.commands.append(try command(&reader)) }
        return step
    }

    private static func command(_ reader: inout BinaryReader) throws(BinaryReader.Truncated) -> Command {
        switch try reader.integer(UInt8.self) {
        case 1: return .useRules(try reader.hash())
        case 2: return .skip(input: try reader.number(), offset: try reader.signed())
        default: throw BinaryReader.Truncated()
        }
    }
}

/// Where a partition stands after a commit: all that a restart needs besides the people.
public struct Standing: Sendable, Equatable {
    /// The next offset of each input, by place.
    public var positions: [Int64]
    /// The proved time of each input, by place.
    public var topicTimesMs: [Milliseconds]
    public var nowMs: Milliseconds
    /// The rule set in force.
    public var ruleSet: ContentHash
    /// Rule sets of pinned versions.
    public var pinnedRuleSets: [ContentHash]
    /// Raised only when a recorded history replays differently.
    public var semantics: UInt64
    public var stateHash: UInt64
    /// Who committed: a successor may have to end this one's open transaction.
    public var transactionalId: String
    /// How many partitions the topics had: with another number, people would be elsewhere.
    public var partitionCount: Int32

    /// What this code replays.
    public static let currentSemantics: UInt64 = 1

    public init(
        positions: [Int64], topicTimesMs: [Milliseconds], nowMs: Milliseconds, ruleSet: ContentHash,
        pinnedRuleSets: [ContentHash],
        semantics: UInt64 = currentSemantics, stateHash: UInt64, transactionalId: String, partitionCount: Int32
    ) {
        self.positions = positions
        self.topicTimesMs = topicTimesMs
        self.nowMs = nowMs
        self.ruleSet = ruleSet
        self.pinnedRuleSets = pinnedRuleSets
        self.semantics = semantics
        self.stateHash = stateHash
        self.transactionalId = transactionalId
        self.partitionCount = partitionCount
    }

    public func encode(into output: inout ByteBuffer) {
        output.append(varint: UInt64(positions.count))
        for (position, time) in zip(positions, topicTimesMs) {
            output.append(signed: position)
            output.append(signed: time)
        }
        output.append(signed: nowMs)
        output.append(hash: ruleSet)
        output.append(varint: UInt64(pinnedRuleSets.count))
        for hash in pinnedRuleSets { output.append(hash: hash) }
        output.append(varint: semantics)
        output.append(littleEndian: stateHash)
        output.append(counted: Array(transactionalId.utf8))
        output.append(signed: Int64(partitionCount))
    }

    public init(_ reader: inout BinaryReader) throws(BinaryReader.Truncated) {
        positions = []
        topicTimesMs = []
        for _ in 0..<(try reader.count()) {
            positions.append(try reader.signed())
            topicTimesMs.append(try reader.signed())
        }
        nowMs = try reader.signed()
        ruleSet = try reader.hash()
        pinnedRuleSets = []
        for _ in 0..<(try reader.count()) { pinnedRuleSets.append(try reader.hash()) }
        semantics = try reader.varint()
        stateHash = try reader.integer(UInt64.self)
        transactionalId = try reader.text()
        partitionCount = Int32(truncatingIfNeeded: try reader.signed())
    }
}
