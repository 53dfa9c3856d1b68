import BeckonModel

/// When people have something due: an index over their records, rebuilt on restore, lazy about what has moved.
///
/// A radix heap with 64 lists a level: an entry lies at the level of the highest 6-bit digit in which its due time
/// differs from the clock, and sinks as the clock comes nearer, so each is touched a few times at most. After Ahuja,
/// Mehlhorn, Orlin and Tarjan, "Faster algorithms for the shortest path problem", 1990, and the hashed wheels of
/// Varghese and Lauck, 1987.
///
/// - Complexity: `schedule` O(1); an entry costs O(levels) moves over its life. 16 bytes an entry, in chunks of 63.
struct ScheduledTimers: ~Copyable {
    struct Entry {
        let dueMs: Milliseconds
        let place: RecordPlace
    }

    private static let levels = 8
    private static let chunkEntries = 63

    /// A list of chunks; entries are added to the first one.
    private struct Chunk {
        var next: Int32 = -1
        var count: Int32 = 0
        var entries: UnsafeMutablePointer<Entry>
    }

    private var heads = [Int32](repeating: -1, count: levels * 64)
    private var occupied = [UInt64](repeating: 0, count: levels)
    private var chunks: [Chunk] = []
    private var freeChunk: Int32 = -1
    private var clockMs: Milliseconds = 0
    /// Due by the clock, in no order.
    private var ready: [Entry] = []
    private(set) var count = 0

    deinit { for chunk in chunks { chunk.entries.deallocate() } }

    /// Memory of the index, in bytes.
    var bytes: Int {
        chunks.count * Self.chunkEntries * MemoryLayout<Entry>.stride + ready.capacity * MemoryLayout<Entry>.stride
    }

    @inline(__always)
    mutating func schedule(dueMs: Milliseconds, place: RecordPlace) {
        count += 1
        insert(Entry(dueMs: dueMs, place: place))
    }

    /// No timer is due before this; exact only for those that are near. nil where there is none.
    var earliestDueMs: Milliseconds? {
        if let first = ready.min(by: { $0.dueMs < $1.dueMs }) { return first.dueMs }
        for level in 0..<Self.levels where occupied[level] != 0 {
            let digit = Int64(occupied[level].trailingZeroBitCount)
            let shift = Int64(6 * level)
            return (clockMs >> (shift + 6)) << (shift + 6) | digit << shift
        }
        return nil
    }

    /// Moves the clock on, and hands over what is due by it, in no order.
    mutating func advance(to nowMs: Milliseconds, _ due: (Entry) -> Void) {
        if nowMs > clockMs { move(to: nowMs) }
        count -= ready.count
        let entries = ready
        ready.removeAll(keepingCapacity: true)
        for entry in entries { due(entry) }
        if ready.capacity > 65_536 { ready = [] }
    }

    private mutating func move(to nowMs: Milliseconds) {
        let difference = UInt64(bitPattern: nowMs ^ clockMs)
        let top = min((63 - difference.leadingZeroBitCount) / 6, Self.levels - 1)
        let from = clockMs
        clockMs = nowMs
        for level in 0..<top where occupied[level] != 0 {
            for digit in 0..<64 { drain(level, digit) }
        }
        let first = Int(from >> Int64(6 * top) & 63)
        let last = Int(nowMs >> Int64(6 * top) & 63)
        if first < last { for digit in first...last { drain(top, digit) } }
    }

    /// Puts the entries of a list where they belong by the new clock.
    private mutating func drain(_ level: Int, _ digit: Int) {
        var chunk = heads[level * 64 + digit]
        guard chunk >= 0 else { return }
        heads[level * 64 + digit] = -1
        occupied[level] &= ~(1 << UInt64(digit))
        while chunk >= 0 {
            let entries = chunks[Int(chunk)].entries
            for index in 0..<Int(chunks[Int(chunk)].count) { insert(entries[index]) }
            let next = chunks[Int(chunk)].next
            chunks[Int(chunk)].next = freeChunk
            freeChunk = chunk
            chunk = next
        }
    }

    @inline(__always)
    private mutating func insert(_ entry: Entry) {
        if entry.dueMs <= clockMs {
            ready.append(entry)
            return
        }
        let difference = UInt64(bitPattern: entry.dueMs ^ clockMs)
        let level = min((63 - difference.leadingZeroBitCount) / 6, Self.levels - 1)
        let digit = Int(entry.dueMs >> Int64(6 * level) & 63)
        let list = level * 64 + digit
        var chunk = heads[list]
        if chunk < 0 || chunks[Int(chunk)].count == Int32(Self.chunkEntries) {
            let fresh = takeChunk()
            chunks[Int(fresh)].next = chunk
            chunks[Int(fresh)].count = 0
            heads[list] = fresh
            occupied[level] |= 1 << UInt64(digit)
            chunk = fresh
        }
        chunks[Int(chunk)].entries[Int(chunks[Int(chunk)].count)] = entry
        chunks[Int(chunk)].count += 1
    }

    private mutating func takeChunk() -> Int32 {
        if freeChunk >= 0 {
            defer { freeChunk = chunks[Int(freeChunk)].next }
            return freeChunk
        }
        chunks.append(Chunk(entries: .allocate(capacity: Self.chunkEntries)))
        return Int32(chunks.count - 1)
    }
}
