/// Who has changed since her last image, the longest waiting first.
///
/// It holds hashes of ids, because records move. A person is in it once: her record says that she waits. Of two people
/// with one hash both are taken with the first of the two entries.
struct ImageQueue {
    /// Whether changes are noted at all.
    var isKept = false
    private var hashes: [UInt32] = []
    private var first = 0
    /// How many were ever added, and how many of these were taken.
    private(set) var addedCount = 0
    private(set) var takenCount = 0

    @inline(__always)
    mutating func add(_ record: PersonRecord, _ hash: UInt32) {
        if record.awaitsImage { return }
        record.awaitsImage = true
        hashes.append(hash)
        addedCount += 1
    }

    mutating func takeFirst() -> UInt32? {
        guard first < hashes.count else { return nil }
        let hash = hashes[first]
        first += 1
        takenCount += 1
        if first == hashes.count {
            // A queue that was long once keeps no memory for it.
            hashes.removeAll(keepingCapacity: hashes.count < 65_536)
            first = 0
        } else if first >= 65_536, first * 2 > hashes.count {
            hashes.removeFirst(first)
            first = 0
        }
        return hash
    }
}
