/// How far one topic of a partition has been read, and how far all of it is closed.
struct OffsetTracker {
    /// In the order of their offsets; those before `head` are closed and passed.
    private var deliveries: [Delivery] = []
    private var head = 0
    /// The offset to be read next.
    private(set) var next: Int64
    /// Closed ones that wait for one before them.
    private(set) var closedCount = 0

    init(next: Int64) { self.next = next }

    /// The oldest that is not closed.
    var first: Delivery? { head < deliveries.count ? deliveries[head] : nil }

    /// Those that are not passed yet, closed ones among them.
    var held: ArraySlice<Delivery> { deliveries[head...] }
    /// Those that are not closed.
    var openCount: Int { held.count - closedCount }

    /// The offset before which everything is closed.
    var closedOffset: Int64 { first?.offset ?? next }

    mutating func read(upTo offset: Int64) { next = max(next, offset) }

    /// - Precondition: not closed yet, and its offset is above that of all before.
    mutating func add(_ delivery: Delivery) {
        precondition(delivery.offset < next && deliveries.last.map { $0.offset < delivery.offset } ?? true)
        deliveries.append(delivery)
    }

    /// One of them has just been closed.
    mutating func noteClosed() { closedCount += 1 }

    /// Passes what is closed at the head.
    mutating func pass() {
        while head < deliveries.count, deliveries[head].stage == .closed {
            head += 1
            closedCount -= 1
        }
        // The passed half is given back: each delivery is moved at most once for each that is passed.
        if head > 1_024, head * 2 > deliveries.count {
            deliveries.removeFirst(head)
            head = 0
        }
    }
}
