import BeckonModel

/// What a sequence, a count or a total has come to for one key: key length 16 bits · time of the newest event taken 48 ·
/// key · body.
///
/// *Body of a sequence*: until when a firing has emptied it 48 bits, then for each stage but the last the start of its
/// latest run 48 and the time of the stage's event 48; 0 where no run has come so far. *Of a count*: entries as
/// `CountEntry`. *Of a total*: 64 bits.
struct ProgressEntry {
    static let fixedBytes = 8

    let record: PersonRecord
    let entry: Int

    private var at: Int { entry + PersonRecord.entryHeaderBytes }
    private var keyCount: Int { Int(record.base.loadUnaligned(fromByteOffset: at, as: UInt16.self)) }

    var newestMs: Milliseconds {
        get { record.load48(at + 2) }
        nonmutating set { record.store48(newValue, at + 2) }
    }
    var key: Bytes { Bytes(start: record.base + at + Self.fixedBytes, count: keyCount) }
    /// From the record's beginning.
    var bodyStart: Int { at + Self.fixedBytes + keyCount }
    var bodyEnd: Int { record.next(entry) }

    /// Writes what stands before the body, and an empty body.
    static func write(_ payload: UnsafeMutableRawPointer, count: Int, key: Bytes, newestMs: Milliseconds) {
        payload.initializeMemory(as: UInt8.self, repeating: 0, count: count)
        payload.storeBytes(of: UInt16(key.count), as: UInt16.self)
        PersonRecord(payload).store48(newestMs, 2)
        (payload + fixedBytes).copyMemory(from: key.start, byteCount: key.count)
    }
}

/// The body of a sequence's entry, in place.
struct SequenceBody {
    private static let stageBytes = 12

    private let record: PersonRecord
    private let start: Int
    /// All but the last.
    let stageCount: Int

    init(_ progress: ProgressEntry) {
        record = progress.record
        start = progress.bodyStart
        stageCount = (progress.bodyEnd - start - 6) / Self.stageBytes
    }

    static func count(stages: Int) -> Int { 6 + (stages - 1) * stageBytes }

    var emptiedMs: Milliseconds {
        get { record.load48(start) }
        nonmutating set { record.store48(newValue, start) }
    }

    /// When the stage's latest run began; 0 where there is none.
    func startMs(_ stage: Int) -> Milliseconds { record.load48(start + 6 + stage * Self.stageBytes) }
    func lastMs(_ stage: Int) -> Milliseconds { record.load48(start + 12 + stage * Self.stageBytes) }

    func set(_ stage: Int, startMs: Milliseconds, lastMs: Milliseconds) {
        record.store48(startMs, start + 6 + stage * Self.stageBytes)
        record.store48(lastMs, start + 12 + stage * Self.stageBytes)
    }

    /// Whether a run that began at or before that time has come anywhere.
    func hasRun(through timeMs: Milliseconds) -> Bool {
        (0..<stageCount).contains { startMs($0) > 0 && startMs($0) <= timeMs }
    }

    func empty(through timeMs: Milliseconds) {
        for stage in 0..<stageCount where startMs(stage) > 0 && startMs(stage) <= timeMs {
            set(stage, startMs: 0, lastMs: 0)
        }
    }
}

/// Something that is counted. Every event: its time 48 bits. A value: its newest event's time 48 and hash 64. A session: its
/// first event's time 48, hash 64, its newest event's time 48.
struct CountEntry {
    /// When it counts.
    var timeMs: Milliseconds
    /// 0 for a session without an id.
    var hash: UInt64 = 0
    /// Of a session.
    var lastMs: Milliseconds = 0

    static func bytes(_ distinct: CountProgram.Distinct) -> Int {
        switch distinct {
        case .none: 6
        case .values: 14
        case .session: 20
        }
    }

    static func load(_ progress: ProgressEntry, _ distinct: CountProgram.Distinct, into entries: inout [CountEntry]) {
        entries.removeAll(keepingCapacity: true)
        var at = progress.bodyStart
        while at < progress.bodyEnd {
            var entry = CountEntry(timeMs: progress.record.load48(at))
            if distinct != .none {
                entry.hash = progress.record.base.loadUnaligned(fromByteOffset: at + 6, as: UInt64.self)
            }
            if distinct == .session { entry.lastMs = progress.record.load48(at + 14) }
            entries.append(entry)
            at += bytes(distinct)
        }
    }

    static func store(_ entries: [CountEntry], _ distinct: CountProgram.Distinct, into progress: ProgressEntry) {
        var at = progress.bodyStart
        for entry in entries {
            progress.record.store48(entry.timeMs, at)
            if distinct != .none {
                progress.record.base.storeBytes(of: entry.hash, toByteOffset: at + 6, as: UInt64.self)
            }
            if distinct == .session { progress.record.store48(entry.lastMs, at + 14) }
            at += bytes(distinct)
        }
    }
}
