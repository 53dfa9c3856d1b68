import Oracle

/// The files of a machine, and what of them a loss of power leaves.
struct SimulatedFiles {
    final class File {
        var bytes: [UInt8] = []
        /// So many are written through.
        var syncedCount = 0
        var writtenAtNs = 0
    }

    private(set) var entries: [String: File] = [:]
    /// Names as they outlive a loss of power.
    private var durable: [String: File] = [:]
    /// What has been done to names since.
    private var pending: [(inout [String: File]) -> Void] = []
    var isFull = false

    mutating func change(_ operation: @escaping (inout [String: File]) -> Void) {
        operation(&entries)
        pending.append(operation)
    }

    mutating func sync() {
        durable = entries
        pending = []
    }

    /// Of names the changes up to some moment are left, of each file what was written through and maybe more, torn.
    mutating func losePower(_ random: inout SplitMix64) {
        for operation in pending.prefix(random.number(below: pending.count + 1)) { operation(&durable) }
        entries = durable
        pending = []
        for path in entries.keys.sorted() {
            let file = entries[path]!
            guard file.syncedCount < file.bytes.count else { continue }
            let left = file.syncedCount + random.number(below: file.bytes.count - file.syncedCount + 1)
            file.bytes.removeSubrange(left...)
            // A block that was never written reads as zeros.
            if left > file.syncedCount, random.happens(percent: 30) {
                for place in max(file.syncedCount, left - 512)..<left { file.bytes[place] = 0 }
            }
            file.syncedCount = left
        }
        durable = entries
    }

    /// A new disk.
    mutating func removeAll() { self = SimulatedFiles() }
}
