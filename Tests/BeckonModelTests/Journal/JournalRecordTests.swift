import BeckonModel
import Testing

@Suite struct `Journal record` {
    private static let record: JournalRecord = {
        let range = InputRange(input: 1, from: 5, to: 900_000_000_000, count: 12, checksum: .max)
        let cutoff = TimerCutoff(dueMs: 1_700_000_000_001, person: Array("zoé".utf8))
        let steps = [
            Step(seq: 7, nowMs: 1, wallMs: 2, timers: .upTo(nil), commands: [.useRules(ContentHash(high: 3, low: 4))]),
            Step(
                seq: 8, nowMs: 1_700_000_000_001, wallMs: 1_700_000_000_009, ranges: [range, range],
                timers: .upTo(cutoff)),
        ]
        let standing = Standing(
            positions: [0, 9], topicTimesMs: [-1, 5], nowMs: 8, ruleSet: ContentHash(high: 1, low: .max),
            pinnedRuleSets: [ContentHash(high: 0, low: 1)], stateHash: 99, transactionalId: "group-é",
            partitionCount: 12)
        return JournalRecord(firstSeq: 7, previous: ContentHash(high: 5, low: 6), steps: steps, standing: standing)
    }()

    private static var bytes: [UInt8] {
        var buffer = ByteBuffer()
        record.encode(into: &buffer)
        return buffer.bytes
    }

    private static func decode(_ bytes: [UInt8]) throws -> JournalRecord {
        try bytes.withUnsafeBytes { bytes throws(JournalRecord.Malformed) in try JournalRecord.decode(bytes) }
    }

    @Test func `comes back as it was`() throws {
        #expect(try Self.decode(Self.bytes) == Self.record)
        #expect(Self.record.lastSeq == 8)
    }

    /// With a checksum that fits: a writer's mistake is not the reader's end.
    @Test func `is refused when its steps are numbered beyond 64 bits`() throws {
        func numbered(from firstSeq: Int64) throws -> JournalRecord {
            var record = Self.record
            record.firstSeq = firstSeq
            var buffer = ByteBuffer()
            record.encode(into: &buffer)
            return try Self.decode(buffer.bytes)
        }
        #expect(try numbered(from: .max - 2).lastSeq == .max - 1)
        #expect(throws: JournalRecord.Malformed.self) { try numbered(from: .max - 1) }
        #expect(throws: JournalRecord.Malformed.self) { try numbered(from: .max) }
    }

    @Test func `is refused with any byte flipped, cut or added`() {
        let bytes = Self.bytes
        for place in bytes.indices {
            for mask in [0x01, 0x80, 0xFF] as [UInt8] {
                var flipped = bytes
                flipped[place] ^= mask
                #expect(throws: JournalRecord.Malformed.self) { try Self.decode(flipped) }
            }
            #expect(throws: JournalRecord.Malformed.self) { try Self.decode(Array(bytes[..<place])) }
        }
        #expect(throws: JournalRecord.Malformed.self) { try Self.decode(bytes + [0]) }
    }
}
