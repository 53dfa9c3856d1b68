import BeckonModel
import CMemory

/// The records of a step in the order in which they apply: by min(record timestamp, wall), made non-decreasing within
/// each input; the smallest goes next, ties by the place of the input's range. Outcomes stand outside.
struct RecordMerge {
    private struct Head {
        let input: Int
        var next: Int
        let end: Int
        var keyMs: Milliseconds
    }

    private let records: UnsafeBufferPointer<InputRecord>
    private let wallMs: Milliseconds
    private var heads: [Head] = []

    /// - Parameter outcomes: the input that is exempt from the order; nil where there is none.
    init(_ step: Step, _ records: UnsafeBufferPointer<InputRecord>, without outcomes: Int?) {
        self.records = records
        wallMs = step.wallMs
        var start = 0
        for range in step.ranges {
            if range.count > 0, range.input != outcomes {
                heads.append(Head(input: range.input, next: start, end: start + range.count, keyMs: key(start, .min)))
            }
            start += range.count
        }
        precondition(start == records.count, "the records are not those of the step's ranges")
    }

    @inline(__always)
    mutating func next() -> (record: InputRecord, input: Int, keyMs: Milliseconds)? {
        if heads.isEmpty { return nil }
        var first = 0
        if heads.count > 1 {
            for index in 1..<heads.count where heads[index].keyMs < heads[first].keyMs { first = index }
        }
        let head = heads[first]
        if head.next + 1 == head.end {
            heads.remove(at: first)
        } else {
            heads[first].next += 1
            prefetch(head.next + Self.ahead, before: head.end)
            heads[first].keyMs = key(head.next + 1, head.keyMs)
        }
        return (records[head.next], head.input, head.keyMs)
    }

    /// What another core has just unpacked comes from its cache: asked for early, decoding need not wait for it.
    @inline(__always)
    private func prefetch(_ index: Int, before end: Int) {
        guard index < end, let value = records[index].value else { return }
        var offset = 0
        let count = min(Int(records[index].valueCount), Self.prefetchBytesMax)
        while offset < count {
            beckon_prefetch(value + offset)
            offset += 64
        }
    }

    private static let ahead = 3
    private static let prefetchBytesMax = 768

    @inline(__always)
    private func key(_ index: Int, _ previous: Milliseconds) -> Milliseconds {
        max(previous, min(records[index].timestampMs, wallMs))
    }
}
