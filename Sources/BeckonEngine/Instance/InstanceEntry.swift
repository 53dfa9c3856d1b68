import BeckonModel

/// A running instance in a record: key length 16 bits · flags 4 bits · ordinal 4 bits · first 48 · last 48 · key · what `collect` holds,
/// and, where flag 1 is set, the same of the last start alone.
struct RunningEntry {
    static let fixedBytes = 15
    private static let hasLastFlag: UInt8 = 1

    let record: PersonRecord
    /// The offset of the entry's header.
    let entry: Int

    @inline(__always) private var at: Int { entry + PersonRecord.entryHeaderBytes }
    @inline(__always) private var keyCount: Int { Int(record.base.loadUnaligned(fromByteOffset: at, as: UInt16.self)) }

    @inline(__always)
    var firstMs: Milliseconds {
        get { record.load48(at + 3) }
        nonmutating set { record.store48(newValue, at + 3) }
    }

    @inline(__always)
    var lastMs: Milliseconds {
        get { record.load48(at + 9) }
        nonmutating set { record.store48(newValue, at + 9) }
    }

    @inline(__always) var key: Bytes { Bytes(start: record.base + at + Self.fixedBytes, count: keyCount) }
    @inline(__always) var collectStart: Int { at + Self.fixedBytes + keyCount }
    @inline(__always) var collectBytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: record.base + collectStart, count: at + record.payloadLength(entry) - collectStart)
    }
    var hasLast: Bool {
        get { record.base.load(fromByteOffset: at + 2, as: UInt8.self) & Self.hasLastFlag != 0 }
        nonmutating set {
            record.base.storeBytes(
                of: ordinal << 4 | (newValue ? Self.hasLastFlag : 0), toByteOffset: at + 2, as: UInt8.self)
        }
    }
    /// Of the decision that it may become: how often it was restarted after a decision.
    var ordinal: UInt8 { record.base.load(fromByteOffset: at + 2, as: UInt8.self) >> 4 }

    static func write(
        _ payload: UnsafeMutableRawPointer, key: Bytes, firstMs: Milliseconds, lastMs: Milliseconds, ordinal: UInt8,
        collect: UnsafeRawBufferPointer
    ) {
        payload.storeBytes(of: UInt16(key.count), as: UInt16.self)
        payload.storeBytes(of: ordinal << 4, toByteOffset: 2, as: UInt8.self)
        let record = PersonRecord(payload)
        record.store48(firstMs, 3)
        record.store48(lastMs, 9)
        (payload + fixedBytes).copyMemory(from: key.start, byteCount: key.count)
        if let base = collect.baseAddress {
            (payload + fixedBytes + key.count).copyMemory(from: base, byteCount: collect.count)
        }
    }
}

/// A firing that is remembered: key length 14 · what became of its decision 2 · flags 4 · ordinal 4 · first 48 · last 48 · due 48 · expires 48 · goal end 48 ·
/// decision id 128 · key · what the last start alone had collected, where last > first.
struct FiringEntry {
    static let fixedBytes = 49
    struct Flags: OptionSet {
        let rawValue: UInt8
        /// A recall was written.
        static let isRecalled = Flags(rawValue: 1)
        static let isConverted = Flags(rawValue: 2)
        /// It should not have fired: it no longer counts.
        static let isUndone = Flags(rawValue: 4)
        /// It ended without a message: only late events are judged against it.
        static let isSuppressed = Flags(rawValue: 8)
    }

    let record: PersonRecord
    let entry: Int

    @inline(__always) private var at: Int { entry + PersonRecord.entryHeaderBytes }
    /// A key has at most four parts of 128 bytes: what outcomes have told has its place above the length, where older versions
    /// wrote zeros.
    private static let keyCountBits: UInt16 = 14
    private var firstWord: UInt16 { record.base.loadUnaligned(fromByteOffset: at, as: UInt16.self) }
    private var keyCount: Int { Int(firstWord & (1 << Self.keyCountBits - 1)) }

    /// By outcomes; `open` also of what a later version may mean.
    var fate: DecisionFate {
        get { DecisionFate(rawValue: firstWord >> Self.keyCountBits) ?? .open }
        nonmutating set {
            record.base.storeBytes(
                of: UInt16(keyCount) | newValue.rawValue << Self.keyCountBits, toByteOffset: at, as: UInt16.self)
        }
    }

    var flags: Flags {
        get { Flags(rawValue: record.base.load(fromByteOffset: at + 2, as: UInt8.self)) }
        nonmutating set { record.base.storeBytes(of: newValue.rawValue, toByteOffset: at + 2, as: UInt8.self) }
    }
    /// What the ordinal of a decision after this one is.
    var nextOrdinal: UInt8 {
        let bits = flags.rawValue >> 4
        return flags.contains(.isSuppressed) ? bits : (bits + 1) & 15
    }
    var firstMs: Milliseconds { record.load48(at + 3) }
    var lastMs: Milliseconds { record.load48(at + 9) }
    var dueMs: Milliseconds { record.load48(at + 15) }
    var expiresMs: Milliseconds { record.load48(at + 21) }
    /// Exclusive; 0 without a goal.
    var goalEndMs: Milliseconds { record.load48(at + 27) }
    var decision: ContentHash {
        ContentHash(
            high: record.base.loadUnaligned(fromByteOffset: at + 33, as: UInt64.self),
            low: record.base.loadUnaligned(fromByteOffset: at + 41, as: UInt64.self))
    }
    var key: Bytes { Bytes(start: record.base + at + Self.fixedBytes, count: keyCount) }
    var lastCollect: UnsafeRawBufferPointer {
        let start = at + Self.fixedBytes + keyCount
        return UnsafeRawBufferPointer(start: record.base + start, count: at + record.payloadLength(entry) - start)
    }
}

/// What a firing leaves behind, before it is written into the record.
struct Firing {
    var flags: FiringEntry.Flags = []
    var firstMs: Milliseconds
    var lastMs: Milliseconds
    var dueMs: Milliseconds
    var ordinal: UInt8 = 0
    var expiresMs: Milliseconds = 0
    var goalEndMs: Milliseconds = 0
    var decision = ContentHash(high: 0, low: 0)

    func write(_ payload: UnsafeMutableRawPointer, key: Bytes, lastCollect: UnsafeRawBufferPointer) {
        payload.storeBytes(of: UInt16(key.count), as: UInt16.self)
        payload.storeBytes(of: flags.rawValue | ordinal << 4, toByteOffset: 2, as: UInt8.self)
        let record = PersonRecord(payload)
        record.store48(firstMs, 3)
        record.store48(lastMs, 9)
        record.store48(dueMs, 15)
        record.store48(expiresMs, 21)
        record.store48(goalEndMs, 27)
        payload.storeBytes(of: decision.high, toByteOffset: 33, as: UInt64.self)
        payload.storeBytes(of: decision.low, toByteOffset: 41, as: UInt64.self)
        (payload + FiringEntry.fixedBytes).copyMemory(from: key.start, byteCount: key.count)
        if let base = lastCollect.baseAddress {
            (payload + FiringEntry.fixedBytes + key.count).copyMemory(from: base, byteCount: lastCollect.count)
        }
    }
}

/// The newest canceller of a key, or for `inactive` when a silence began that an exit ended: key length 16 · time 48 · key.
struct CancellerEntry {
    static let fixedBytes = 8

    let record: PersonRecord
    let entry: Int

    private var at: Int { entry + PersonRecord.entryHeaderBytes }
    var timeMs: Milliseconds {
        get { record.load48(at + 2) }
        nonmutating set { record.store48(newValue, at + 2) }
    }
    var key: Bytes {
        Bytes(
            start: record.base + at + Self.fixedBytes,
            count: Int(record.base.loadUnaligned(fromByteOffset: at, as: UInt16.self)))
    }

    static func write(_ payload: UnsafeMutableRawPointer, key: Bytes, timeMs: Milliseconds) {
        payload.storeBytes(of: UInt16(key.count), as: UInt16.self)
        PersonRecord(payload).store48(timeMs, 2)
        (payload + fixedBytes).copyMemory(from: key.start, byteCount: key.count)
    }
}
