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
    let outcomeDecoder: OutcomeDecoder
    let outcomeHashes = UnsafeMutablePointer<UInt32>.allocate(capacity: groupMax)
    var evaluation = EvaluationScratch()
    /// The key of the event at hand.
    var key = ByteBuffer(capacity: 1024)
    var collect = ByteBuffer(capacity: 4096)
    var lastCollect = ByteBuffer(capacity: 4096)
    let idBuffer = IdBuffer()
    private(set) var foldEffects = UnsafeMutablePointer<FoldEffect>.allocate(capacity: 1)
    /// Of collections of items: the state at hand, its key, one item's fields, and what expressions see of it.
    let items = ItemState()
    var foldKey = ByteBuffer(capacity: 256)
    let itemValues: UnsafeMutablePointer<Value>
    let itemTexts: UnsafeMutablePointer<Bytes>
    var itemsJSON = ByteBuffer(capacity: 4096)
    /// No timer of anyone is due before: most events need not look.
    var earliestOwnDueMs: Milliseconds = .max

    final class IdBuffer {
        var bytes = ByteBuffer(capacity: 512)
    }

    struct FoldEffect {
        var feeds = false
        var empties = false
        var removes = false
        var isAny: Bool { feeds || empties || removes }
    }

    init() {
        outcomeDecoder = OutcomeDecoder(indexer: indexer)
        values = .allocate(capacity: 1)
        texts = .allocate(capacity: 1)
        let fieldCount = ItemCollection.keepMax + 1
        itemValues = .allocate(capacity: fieldCount)
        itemValues.initialize(repeating: .missing, count: fieldCount)
        itemTexts = .allocate(capacity: fieldCount)
        itemTexts.initialize(repeating: Bytes(start: UnsafeRawPointer(itemValues), count: 0), count: fieldCount)
    }

    deinit {
        group.deallocate()
        outcomeHashes.deallocate()
        foldEffects.deallocate()
        values.deallocate()
        texts.deallocate()
        itemValues.deallocate()
        itemTexts.deallocate()
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
        foldEffects.deallocate()
        let foldsMax = program.events.map(\.folds.count).max() ?? 0
        foldEffects = .allocate(capacity: foldsMax + 1)
        foldEffects.initialize(repeating: FoldEffect(), count: foldsMax + 1)
    }

    @inline(__always) func row(_ index: Int) -> UnsafeMutablePointer<Value> { values + index * width }
    @inline(__always) func textRow(_ index: Int) -> UnsafeMutablePointer<Bytes> { texts + index * width }
    func textRow(of row: UnsafeMutablePointer<Value>) -> UnsafeMutablePointer<Bytes> { texts + (row - values) }
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
