/// What the window knows of one partition.
struct PartitionWindow {
    /// By source.
    private var trackers: [OffsetTracker]
    /// By source: what the last owner may have read. Below it are decisions that the ledger knows of and this window does not.
    private let readBefore: [Int64]
    /// What the ledger said when the partition was taken over.
    let history: LedgerHistory
    /// Not closed, by id. One id can be here only once.
    var inHand: [String: Delivery] = [:]
    var closed: ClosedMemory
    /// Everything that the ledger knows of decisions that are not passed stands from here on.
    private(set) var ledgerLow: Int64
    /// Behind the newest record of ours.
    var ledgerNext: Int64

    init(_ start: PartitionStart) {
        trackers = [OffsetTracker(next: start.decisions), OffsetTracker(next: start.retries)]
        readBefore = [start.decisionsRead, start.retriesRead]
        history = start.history
        closed = start.history.closed
        ledgerLow = start.ledger
        ledgerNext = start.history.next
    }

    subscript(source: DeliverySource) -> OffsetTracker {
        get { trackers[source.rawValue] }
        _modify { yield &trackers[source.rawValue] }
    }

    mutating func pass() {
        for source in DeliverySource.allCases { trackers[source.rawValue].pass() }
    }

    /// Up to where this owner or one before it may have read a topic: the ledger knows of no decision behind it. It never goes
    /// back, or the next owner but one would look for too little in the ledger.
    func readOffset(_ source: DeliverySource) -> Int64 {
        max(trackers[source.rawValue].next, readBefore[source.rawValue])
    }

    /// - Complexity: linear in what is held: now and then. An older value is a right one, only lower.
    mutating func findLedgerLow() {
        for (tracker, before) in zip(trackers, readBefore) where tracker.next < before { return }
        var low = ledgerNext
        for tracker in trackers {
            for delivery in tracker.held {
                if let offset = delivery.ledgerOffset { low = min(low, offset) }
            }
        }
        ledgerLow = low
    }
}

/// Where a partition is taken up.
struct PartitionStart {
    /// Offsets to be read next.
    let decisions: Int64
    let retries: Int64
    /// Below these the last owner may have read.
    let decisionsRead: Int64
    let retriesRead: Int64
    /// Where the history of the ledger begins.
    let ledger: Int64
    let history: LedgerHistory
}
