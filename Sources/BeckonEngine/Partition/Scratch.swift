import BeckonModel

/// Memory that steps reuse. Nothing in it outlives a step.
final class Scratch {
    static let groupMax = 32

    private(set) var decoder: EventDecoder?
    private let indexer = JSONIndexerOwner()
    private(set) var width = 0
    private(set) var values: UnsafeMutablePointer<Value>
    private(set) var texts: UnsafeMutablePointer<Bytes>
    let group = UnsafeMutablePointer<GroupedRecord>.allocate(capacity: groupMax)
    var evaluation = EvaluationScratch()
    /// The key of the event at hand.
    var key = ByteBuffer(capacity: 1024)
    var collect = ByteBuffer(capacity: 4096)
    var lastCollect = ByteBuffer(capacity: 4096)
    let idBuffer = IdBuffer()
    var foldEffects: [FoldEffect] = []
    /// No timer of anyone is due before: most events need not look.
    var earliestOwnDueMs: Milliseconds = .max

    final class IdBuffer {
        var bytes = ByteBuffer(capacity: 512)
    }

    struct FoldEffect {
        var feeds = false
        var empties = false
    }

    init() {
        values = .allocate(capacity: 1)
        texts = .allocate(capacity: 1)
    }

    deinit {
        group.deallocate()
        values.deallocate()
        texts.deallocate()
    }

    /// One row for each record of a group, and one more for timers.
    func fit(_ program: Program) {
        values.deallocate()
        texts.deallocate()
        width = program.layout.width
        values = .allocate(capacity: width * (Self.groupMax + 1))
        values.initialize(repeating: .missing, count: width * (Self.groupMax + 1))
        texts = .allocate(capacity: width * (Self.groupMax + 1))
        let nowhere = Bytes(start: UnsafeRawPointer(values), count: 0)
        texts.initialize(repeating: nowhere, count: width * (Self.groupMax + 1))
        decoder = EventDecoder(catalog: program.catalog, indexer: indexer)
        foldEffects = Array(repeating: FoldEffect(), count: program.events.map(\.folds.count).max() ?? 0)
    }

    @inline(__always) func row(_ index: Int) -> UnsafeMutablePointer<Value> { values + index * width }
    @inline(__always) func textRow(_ index: Int) -> UnsafeMutablePointer<Bytes> { texts + index * width }
    var timerRow: UnsafeMutablePointer<Value> { row(Self.groupMax) }
}

/// A record between decoding and applying.
struct GroupedRecord {
    var record: InputRecord
    var input: Int
    var decoded: DecodedEvent
    var hash: UInt32
    /// Its key in the merge: min(record timestamp, wall), not going back.
    var keyMs: Milliseconds
}
