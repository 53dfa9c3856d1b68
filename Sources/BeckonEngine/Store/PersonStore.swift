import BeckonModel
import CMemory
import CXXHash

/// A partition's people by their ids: open addressing over an arena of packed records.
///
/// A slot of the table holds the record's place and 32 bits of the id's hash, so that growing reads no record, and
/// looking up a person reads the table once and her record once.
struct PersonStore: ~Copyable {
    private(set) var arena = RecordArena()
    private(set) var slots: UnsafeMutablePointer<UInt64>
    private var slotBits: Int
    private(set) var count = 0
    /// The next slot of a walk that is under way.
    var walkSlot: Int?
    var slotCount: Int { 1 << slotBits }
    /// Keeps strangers from choosing ids that collide; not part of the state.
    let seed: UInt64

    init(seed: UInt64) {
        self.init(seed: seed, slotBits: Self.leastSlotBits)
    }

    /// With room for so many people, who come in the order of their slots: they would crowd in a smaller table, its
    /// first slots taken long before its last. nil where that is more than may be promised.
    init?(seed: UInt64, expecting count: Int) {
        guard count <= Self.expectedMax else { return nil }
        var bits = Self.leastSlotBits
        while (count + 1) * 5 > 4 << bits { bits += 1 }
        self.init(seed: seed, slotBits: bits)
    }

    private init(seed: UInt64, slotBits: Int) {
        self.seed = seed
        self.slotBits = slotBits
        slots = Self.table(slotBits)
    }

    private static let leastSlotBits = 10
    private static let expectedMax = 1 << 24

    deinit { beckon_aligned_free(slots) }

    private static func table(_ bits: Int) -> UnsafeMutablePointer<UInt64> {
        let bytes = MemoryLayout<UInt64>.stride << bits
        let memory = bytes < 4 << 20 ? beckon_aligned_allocate(bytes) : beckon_huge_allocate(bytes)
        let slots = memory.bindMemory(to: UInt64.self, capacity: 1 << bits)
        slots.initialize(repeating: 0, count: 1 << bits)
        return slots
    }

    /// Memory in use for people: table and records, in bytes.
    var usedBytes: Int { arena.usedBytes + 8 << slotBits }

    @inline(__always)
    func hash(_ id: Bytes) -> UInt32 { UInt32(truncatingIfNeeded: beckon_hash64(id.start, id.count, seed) >> 32) }

    @inline(__always)
    func prefetchSlot(_ hash: UInt32) { beckon_prefetch(slots + slot(hash)) }

    /// Asks for the record that probably is this person's.
    @inline(__always)
    func prefetchRecord(_ hash: UInt32) {
        var index = slot(hash)
        let mask = 1 << slotBits - 1
        while slots[index] != 0 {
            if UInt32(truncatingIfNeeded: slots[index] >> 32) == hash {
                let record = arena.address(UInt32(truncatingIfNeeded: slots[index]))
                beckon_prefetch(record)
                beckon_prefetch(record + 64)
                return
            }
            index = (index + 1) & mask
        }
    }

    @inline(__always)
    func record(_ place: RecordPlace) -> PersonRecord { PersonRecord(arena.address(place)) }

    /// nil where the place is free memory.
    @inline(__always)
    func recordIfInUse(_ place: RecordPlace) -> PersonRecord? {
        let address = arena.address(place)
        return address.load(as: UInt32.self) == 0 ? nil : PersonRecord(address)
    }

    /// The place of the person's record, or nil.
    @inline(__always)
    func find(_ id: Bytes, _ hash: UInt32) -> RecordPlace? {
        var index = slot(hash)
        let mask = 1 << slotBits - 1
        while slots[index] != 0 {
            if UInt32(truncatingIfNeeded: slots[index] >> 32) == hash {
                let place = UInt32(truncatingIfNeeded: slots[index])
                if matches(place, id) { return place }
            }
            index = (index + 1) & mask
        }
        return nil
    }

    /// Hands over every record whose id has that hash.
    func visit(_ hash: UInt32, _ body: (PersonRecord) -> Void) {
        var index = slot(hash)
        let mask = 1 << slotBits - 1
        while slots[index] != 0 {
            if UInt32(truncatingIfNeeded: slots[index] >> 32) == hash {
                body(record(UInt32(truncatingIfNeeded: slots[index])))
            }
            index = (index + 1) & mask
        }
    }

    /// Adds a person who is not there, with no entries. 48 bytes to begin with: most people stay small.
    mutating func insert(_ id: Bytes, _ hash: UInt32, reserving bytes: Int) -> RecordPlace {
        if (count + 1) * 5 > 4 << slotBits { grow() }
        let place = arena.allocate(max(PersonRecord.headerBytes + id.count + bytes, 32))
        PersonRecord.initialize(arena.address(place), id: id)
        var index = slot(hash)
        let mask = 1 << slotBits - 1
        while slots[index] != 0 { index = (index + 1) & mask }
        slots[index] = UInt64(hash) << 32 | UInt64(place)
        count += 1
        return place
    }

    /// Makes the entry's payload `length` bytes long; what is kept stays at its beginning. Moves the record where it must,
    /// and gives back its place.
    mutating func resize(_ place: RecordPlace, entry: Int, payload length: Int) -> RecordPlace {
        let record = record(place)
        let difference = length - record.payloadLength(entry)
        let tail = record.next(entry)
        let moved = makeRoom(place, difference)
        let target = self.record(moved)
        let end = target.length
        (target.base + tail + difference).copyMemory(from: target.base + tail, byteCount: end - tail)
        target.base.storeBytes(of: UInt16(length), toByteOffset: entry + 4, as: UInt16.self)
        target.setLength(end + difference)
        return difference < 0 ? shrink(moved) : moved
    }

    /// Adds an entry at the end, its payload not yet set.
    mutating func append(_ place: RecordPlace, _ tag: EntryTag, payload length: Int) -> (place: RecordPlace, entry: Int)
    {
        let moved = makeRoom(place, PersonRecord.entryHeaderBytes + length)
        let record = record(moved)
        let entry = record.length
        record.base.storeBytes(of: tag.bits, toByteOffset: entry, as: UInt32.self)
        record.base.storeBytes(of: UInt16(length), toByteOffset: entry + 4, as: UInt16.self)
        record.setLength(entry + PersonRecord.entryHeaderBytes + length)
        return (moved, entry)
    }

    mutating func remove(_ place: RecordPlace, entry: Int) -> RecordPlace {
        let record = record(place)
        let next = record.next(entry)
        let end = record.length
        (record.base + entry).copyMemory(from: record.base + next, byteCount: end - next)
        record.setLength(end - (next - entry))
        return shrink(place)
    }

    /// Whether the record can take so many bytes more.
    func hasRoom(_ place: RecordPlace, _ bytes: Int) -> Bool {
        record(place).length + bytes + PersonRecord.entryHeaderBytes <= RecordArena.blockBytesMax
    }

    private static let spareBytes = 24

    mutating func makeRoom(_ place: RecordPlace, _ bytes: Int) -> RecordPlace {
        let needed = record(place).length + bytes
        // A record that has grown grows again soon: with a little room to spare it moves half as often.
        return needed <= arena.capacity(place)
            ? place : move(place, min(needed + Self.spareBytes, RecordArena.blockBytesMax))
    }

    /// Gives memory back once a record fills less than half of its block.
    private mutating func shrink(_ place: RecordPlace) -> RecordPlace {
        let length = record(place).length
        return length * 2 < arena.capacity(place) && arena.capacity(for: length) < arena.capacity(place)
            ? move(place, length) : place
    }

    private mutating func move(_ place: RecordPlace, _ bytes: Int) -> RecordPlace {
        let source = record(place)
        let hash = hash(source.id)
        let target = arena.allocate(bytes)
        arena.address(target).copyMemory(from: source.base, byteCount: source.length)
        var index = slot(hash)
        let mask = 1 << slotBits - 1
        while UInt32(truncatingIfNeeded: slots[index]) != place { index = (index + 1) & mask }
        slots[index] = UInt64(hash) << 32 | UInt64(target)
        arena.free(place)
        return target
    }

    @inline(__always)
    private func slot(_ hash: UInt32) -> Int { Int(hash >> UInt32(32 - slotBits)) }

    @inline(__always)
    private func matches(_ place: RecordPlace, _ id: Bytes) -> Bool {
        let known = record(place).id
        return known.count == id.count && compareBytes(known, id) == 0
    }

    private mutating func grow() {
        precondition(slotBits < 31, "a partition holds at most 1.7 billion people")
        stepWalkBackForGrowth()
        let old = slots
        let oldCount = 1 << slotBits
        slotBits += 1
        slots = Self.table(slotBits)
        let mask = 1 << slotBits - 1
        for index in 0..<oldCount where old[index] != 0 {
            var target = slot(UInt32(truncatingIfNeeded: old[index] >> 32))
            while slots[target] != 0 { target = (target + 1) & mask }
            slots[target] = old[index]
        }
        beckon_aligned_free(old)
    }
}

/// The order of bytes: negative, 0 or positive.
@inline(__always)
func compareBytes(_ left: Bytes, _ right: Bytes) -> Int {
    let count = min(left.count, right.count)
    var at = 0
    while at + 8 <= count {
        let a = left.start.loadUnaligned(fromByteOffset: at, as: UInt64.self)
        let b = right.start.loadUnaligned(fromByteOffset: at, as: UInt64.self)
        if a != b { return a.byteSwapped < b.byteSwapped ? -1 : 1 }
        at += 8
    }
    while at < count {
        let a = left.start.load(fromByteOffset: at, as: UInt8.self)
        let b = right.start.load(fromByteOffset: at, as: UInt8.self)
        if a != b { return a < b ? -1 : 1 }
        at += 1
    }
    return left.count - right.count
}
