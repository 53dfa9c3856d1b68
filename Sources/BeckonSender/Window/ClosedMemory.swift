/// Which decisions of a partition had their turns closed, and at which number: so that an id that the topic shows twice, or
/// that a restart reads again, is not delivered again. Bounded: the oldest are forgotten.
struct ClosedMemory {
    struct Entry: Equatable {
        let number: Int
        /// It waits among the retries, or did.
        let isMoved: Bool
    }

    /// More than the window holds of a partition.
    static let countMax = 131_072

    private var entries: [String: Entry] = [:]
    /// A ring once it is full.
    private var order: [String] = []
    private var oldest = 0

    subscript(_ id: String) -> Entry? { entries[id] }
    var count: Int { entries.count }

    mutating func note(_ id: String, number: Int, isMoved: Bool) {
        if let known = entries[id] {
            if known.number < number { entries[id] = Entry(number: number, isMoved: isMoved) }
            return
        }
        entries[id] = Entry(number: number, isMoved: isMoved)
        if order.count < Self.countMax { return order.append(id) }
        entries[order[oldest]] = nil
        order[oldest] = id
        oldest = (oldest + 1) % Self.countMax
    }
}
