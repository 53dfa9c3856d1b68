import BeckonKafka

/// One partition of a topic, as its leader has it: records, control records, and what transactions are open.
final class SimulatedLog {
    struct Record {
        let offset: Int64
        let timestampMs: Int64
        /// When it was written, by the one true clock, milliseconds.
        let writtenMs: Int64
        let key: [UInt8]?
        let value: [UInt8]?
        let headers: [(name: String, value: [UInt8])]
        /// Of a transaction.
        let producer: Int64?
        var isControl = false
        var isAborted = false
    }

    let place: TopicPartition
    /// Ascending; offsets have no gaps until old ones expire.
    private(set) var records: [Record] = []
    private(set) var end: Int64 = 0
    private(set) var low: Int64 = 0
    /// By producer: the first offset of its open transaction.
    private(set) var open: [Int64: Int64] = [:]
    /// By producer: the newest epoch that has written here.
    private var epochs: [Int64: Int16] = [:]
    /// Who waits for records.
    var followers: [SimulatedConsumer] = []

    init(_ place: TopicPartition) { self.place = place }

    var lastStable: Int64 { open.values.min() ?? end }

    func mayWrite(_ producer: Int64, _ epoch: Int16) -> Bool { epoch >= epochs[producer] ?? epoch }

    @discardableResult
    func append(
        _ record: OutgoingBytes, timestampMs: Int64, nowMs: Int64, producer: (id: Int64, epoch: Int16)? = nil
    ) -> Int64 {
        let offset = end
        if let producer {
            epochs[producer.id] = producer.epoch
            if open[producer.id] == nil { open[producer.id] = offset }
        }
        records.append(
            Record(
                offset: offset, timestampMs: timestampMs, writtenMs: nowMs, key: record.key, value: record.value,
                headers: record.headers, producer: producer?.id))
        end += 1
        return offset
    }

    /// Ends the producer's transaction here.
    func mark(_ producer: Int64, epoch: Int16, isCommit: Bool, nowMs: Int64) {
        epochs[producer] = max(epoch, epochs[producer] ?? epoch)
        if let first = open.removeValue(forKey: producer), !isCommit {
            for index in records.indices.reversed() {
                if records[index].offset < first { break }
                if records[index].producer == producer { records[index].isAborted = true }
            }
        }
        records.append(
            Record(
                offset: end, timestampMs: nowMs, writtenMs: nowMs, key: nil, value: nil, headers: [],
                producer: nil, isControl: true))
        end += 1
    }

    /// What was written before is gone.
    func expire(before offset: Int64) {
        low = max(low, min(offset, end))
        records.removeAll { $0.offset < low }
    }

    /// The place of the first record at that offset or behind it.
    func index(of offset: Int64) -> Int {
        var (from, to) = (0, records.count)
        while from < to {
            let middle = (from + to) / 2
            if records[middle].offset < offset { from = middle + 1 } else { to = middle }
        }
        return from
    }

    /// What a `read_committed` consumer sees.
    var committed: [Record] {
        let stable = lastStable
        return records.filter { !$0.isControl && !$0.isAborted && $0.offset < stable }
    }
}

/// A record on its way.
struct OutgoingBytes {
    let key: [UInt8]?
    let value: [UInt8]?
    var headers: [(name: String, value: [UInt8])] = []
}
