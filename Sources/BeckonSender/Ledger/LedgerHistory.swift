/// What the ledger says of one partition's decisions, from an offset on: read when the partition is taken over.
package struct LedgerHistory {
    struct Turn: Equatable {
        /// 0: none.
        var attempt = 0
        var provider: String?
        /// The highest number that has a result.
        var result = 0
        var failures = 0
        /// Where its first record stands.
        var offset: Int64
    }

    private(set) var closed = ClosedMemory()
    /// Of decisions whose newest result does not close, or that have an attempt without one.
    private(set) var open: [String: Turn] = [:]
    /// Behind the last record.
    package private(set) var next: Int64

    package init(next: Int64 = 0) { self.next = next }

    package mutating func note(_ record: LedgerRecord, offset: Int64) {
        next = max(next, offset + 1)
        if let known = closed[record.id], known.number >= record.number { return }
        if record.type == .result, record.closes == true {
            closed.note(record.id, number: record.number, isMoved: record.moved == true)
            open[record.id] = nil
            return
        }
        var turn = open[record.id] ?? Turn(offset: offset)
        switch record.type {
        case .attempt where record.number > turn.attempt:
            turn.attempt = record.number
            turn.provider = record.provider
        case .result where record.number > turn.result:
            turn.result = record.number
        default: return
        }
        turn.failures = max(turn.failures, record.failures ?? 0)
        open[record.id] = turn
    }

    /// The end that was read up to, control records included.
    mutating func reached(_ offset: Int64) { next = max(next, offset) }
}
