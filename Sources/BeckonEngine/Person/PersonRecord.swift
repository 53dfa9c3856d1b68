import BeckonModel

/// One person's packed record, in place.
///
/// *Layout* (little-endian): length 23 bits, whether she awaits an image 1 bit and id length 8 bits · indexed due time
/// 48 bits · version 48 bits · id · entries. An entry: tag 32 bits (kind in the upper 3, number in the lower 29) · payload
/// length 16 bits · payload. The indexed due time and the wait for an image belong to this process; everything else is
/// state.
///
/// *Guarantees*: length > 0, so a record's first word is never 0; at most `RecordArena.blockBytesMax`.
struct PersonRecord {
    static let headerBytes = 16
    static let entryHeaderBytes = 6

    let base: UnsafeMutableRawPointer

    @inline(__always) init(_ base: UnsafeMutableRawPointer) { self.base = base }

    private static let awaitsImageBit: UInt32 = 1 << 23

    @inline(__always) var length: Int { Int(base.load(as: UInt32.self) & 0x7F_FFFF) }
    @inline(__always) var idLength: Int { Int(base.load(as: UInt32.self) >> 24) }

    @inline(__always)
    func setLength(_ length: Int) {
        base.storeBytes(of: UInt32(length) | base.load(as: UInt32.self) & 0xFF80_0000, as: UInt32.self)
    }

    /// She has changed since her last image, and is in the queue of those who have.
    @inline(__always)
    var awaitsImage: Bool {
        get { base.load(as: UInt32.self) & Self.awaitsImageBit != 0 }
        nonmutating set {
            let word = base.load(as: UInt32.self)
            base.storeBytes(of: newValue ? word | Self.awaitsImageBit : word & ~Self.awaitsImageBit, as: UInt32.self)
        }
    }

    @inline(__always) var id: Bytes { Bytes(start: base + Self.headerBytes, count: idLength) }
    @inline(__always) var entriesStart: Int { Self.headerBytes + idLength }

    /// The due time under which the timer index knows this person; 0 where it does not.
    @inline(__always)
    var indexedDueMs: Milliseconds {
        get { load48(4) }
        nonmutating set { store48(newValue, 4) }
    }

    /// The step that last changed the record.
    @inline(__always)
    var version: Int64 {
        get { load48(10) }
        nonmutating set { store48(newValue, 10) }
    }

    /// What the state hash sums up: everything but the length word and the indexed due time.
    @inline(__always) var state: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base + 10, count: length - 10) }

    static func initialize(_ base: UnsafeMutableRawPointer, id: Bytes) {
        base.storeBytes(of: UInt32(headerBytes + id.count) | UInt32(id.count) << 24, as: UInt32.self)
        (base + 4).initializeMemory(as: UInt8.self, repeating: 0, count: 12)
        (base + headerBytes).copyMemory(from: id.start, byteCount: id.count)
    }

    @inline(__always)
    func load48(_ offset: Int) -> Int64 {
        Int64(base.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            | Int64(base.loadUnaligned(fromByteOffset: offset + 4, as: UInt16.self)) << 32
    }

    @inline(__always)
    func store48(_ value: Int64, _ offset: Int) {
        base.storeBytes(of: UInt32(truncatingIfNeeded: value), toByteOffset: offset, as: UInt32.self)
        base.storeBytes(of: UInt16(truncatingIfNeeded: value >> 32), toByteOffset: offset + 4, as: UInt16.self)
    }

    // Entries, by the offset of their header.

    @inline(__always) func tag(_ entry: Int) -> EntryTag {
        EntryTag(bits: base.loadUnaligned(fromByteOffset: entry, as: UInt32.self))
    }
    @inline(__always) func payloadLength(_ entry: Int) -> Int {
        Int(base.loadUnaligned(fromByteOffset: entry + 4, as: UInt16.self))
    }
    @inline(__always) func payload(_ entry: Int) -> UnsafeMutableRawPointer { base + entry + Self.entryHeaderBytes }
    @inline(__always) func next(_ entry: Int) -> Int { entry + Self.entryHeaderBytes + payloadLength(entry) }

    /// The first entry of that tag from `start` on, or nil.
    @inline(__always)
    func entry(_ tag: EntryTag, from start: Int? = nil) -> Int? {
        var entry = start ?? entriesStart
        let end = length
        while entry < end {
            if base.loadUnaligned(fromByteOffset: entry, as: UInt32.self) == tag.bits { return entry }
            entry = next(entry)
        }
        return nil
    }
}

/// What an entry of a record is: its kind and a number that the partition's registry gave out.
///
/// Kinds are added, and so are payloads of new kinds of folds and triggers; those that are there keep their layout, so that what
/// an older version has written reads the same.
struct EntryTag: Equatable {
    enum Kind: UInt32 {
        /// A fold's state; number of the fold's version.
        case fold = 0
        /// A running instance; number of the rule's version.
        case running
        /// A firing that is remembered; number of the rule's id.
        case firing
        /// The newest canceller of a key; number of the rule's id, or of one of its absent events or its `since`.
        case canceller
        /// When the silence began that an exit ended last, by key; number of the rule's id.
        case ended
        /// When an event was last seen; number of the event's name.
        case seen
        /// What a sequence, count or total has come to for a key; number of the rule's trigger.
        case progress
        /// What is known of the person herself, whatever the rules; number as the noun's own type says.
        case person
    }

    let bits: UInt32

    @inline(__always) init(bits: UInt32) { self.bits = bits }
    @inline(__always) init(_ kind: Kind, _ number: UInt32) { bits = kind.rawValue << 29 | number }

    /// nil for a kind of a later version.
    @inline(__always) var kind: Kind? { Kind(rawValue: bits >> 29) }
    @inline(__always) var number: UInt32 { bits & 0x1FFF_FFFF }
}
