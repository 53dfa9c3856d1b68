import BeckonModel

/// Folds of numbers in a window.
extension PartitionEngine {
    static let windowEntriesMax = 64

    /// Keeps entries in the order of their times, at most 64, and forgets what no window can see any more.
    mutating func feedWindow(
        _ entry: Int, _ prefix: Int, _ fold: FoldProgram, _ amount: Int64, _ event: AppliedEvent,
        _ person: inout PersonCursor, _ program: Program, _ output: inout StepOutput
    ) {
        var window: [WindowEntry] = []
        let horizonMs = windowHorizonMs(fold.window!, event, person, program)
        WindowEntry.forEach(store.record(person.place), entry, prefix, fold.kind) {
            if $0.timeMs > horizonMs { window.append($0) }
        }
        let place = window.lastIndex { $0.timeMs <= event.timeMs }.map { $0 + 1 } ?? 0
        window.insert(WindowEntry(timeMs: event.timeMs, amount: amount), at: place)
        if window.count > Self.windowEntriesMax, case .calendar = fold.window! {
            // What another day has brought does not become part of this one.
            let beforeMs = self.beforeMs(fold.window!, endingMs: window.last!.timeMs, person, program)
            window.removeAll { $0.timeMs <= beforeMs }
        }
        if window.count > Self.windowEntriesMax {
            window[1].take(window[0], fold.kind)
            window.removeFirst()
            output.counts.note(.window)
        }
        let bytes = WindowEntry.bytes(fold.kind)
        resize(&person, entry, payload: prefix + window.count * bytes)
        let target = store.record(person.place)
        var offset = entry + PersonRecord.entryHeaderBytes + prefix
        for entry in window {
            entry.store(target, offset, fold.kind)
            offset += bytes
        }
    }

    /// No window will hold what came at or before: events are late by `allow` at most, a timer may be overdue, and the zone
    /// may be another by then.
    func windowHorizonMs(
        _ window: Window, _ event: AppliedEvent, _ person: PersonCursor, _ program: Program
    ) -> Milliseconds {
        let earliestMs = earliestJudgedMs(event, person, program)
        switch window {
        case .sliding(let withinMs): return earliestMs - withinMs
        case .calendar(let period): return period.earliestStart(at: earliestMs) - 1
        }
    }

    /// The newest instant that lies before the window that ends then.
    func beforeMs(
        _ window: Window, endingMs: Milliseconds, _ person: PersonCursor, _ program: Program
    ) -> Milliseconds {
        switch window {
        case .sliding(let withinMs): endingMs - withinMs
        case .calendar(let period): period.start(at: endingMs, in: zone(of: person, program)) - 1
        }
    }

    /// No condition will be judged as of a time before.
    private func earliestJudgedMs(
        _ event: AppliedEvent, _ person: PersonCursor, _ program: Program
    ) -> Milliseconds {
        var earliest = event.clockMs - program.allowMsMax
        let record = store.record(person.place)
        var entry = record.entriesStart
        while entry < record.length {
            let tag = record.tag(entry)
            if tag.kind == .running, let place = program.ruleOfVersion[tag.number] {
                let running = RunningEntry(record: record, entry: entry)
                earliest = min(earliest, program.rules[place].dueMs(firstMs: running.firstMs, lastMs: running.lastMs))
            }
            entry = record.next(entry)
        }
        return earliest
    }

    /// Over the entries in (from, through].
    func windowValue(
        _ fold: FoldProgram, _ record: PersonRecord, _ entry: Int, _ offset: Int, fromMs: Milliseconds,
        throughMs: Milliseconds
    ) -> Value {
        var whole: WindowEntry?
        WindowEntry.forEach(record, entry, offset - entry - PersonRecord.entryHeaderBytes, fold.kind) {
            guard $0.timeMs > fromMs, $0.timeMs <= throughMs else { return }
            var sum = $0
            if let whole { sum.take(whole, fold.kind) }
            whole = sum
        }
        guard let whole else { return fold.emptyValue }
        switch fold.kind {
        case .count: return .int(whole.amount)
        case .avg: return Decimal.average(whole.amount, Int64(whole.count))
        default: return .double(Decimal.double(whole.amount))
        }
    }
}

/// What came at a time, or until then: time 48 bits · amount 64 bits, and for `avg` how many 32.
struct WindowEntry {
    var timeMs: Milliseconds
    var amount: Int64
    var count: UInt32 = 1

    @inline(__always)
    static func bytes(_ kind: FoldProgram.Kind) -> Int { kind == .avg ? 18 : 14 }

    /// - Parameter start: of the entries in the payload.
    @inline(__always)
    static func forEach(
        _ record: PersonRecord, _ entry: Int, _ start: Int, _ kind: FoldProgram.Kind, _ body: (WindowEntry) -> Void
    ) {
        var offset = entry + PersonRecord.entryHeaderBytes + start
        let end = record.next(entry)
        while offset < end {
            body(WindowEntry(record, offset, kind))
            offset += bytes(kind)
        }
    }

    init(timeMs: Milliseconds, amount: Int64) {
        self.timeMs = timeMs
        self.amount = amount
    }

    @inline(__always)
    private init(_ record: PersonRecord, _ offset: Int, _ kind: FoldProgram.Kind) {
        timeMs = record.load48(offset)
        amount = record.base.loadUnaligned(fromByteOffset: offset + 6, as: Int64.self)
        if kind == .avg { count = record.base.loadUnaligned(fromByteOffset: offset + 14, as: UInt32.self) }
    }

    func store(_ record: PersonRecord, _ offset: Int, _ kind: FoldProgram.Kind) {
        record.store48(timeMs, offset)
        record.base.storeBytes(of: amount, toByteOffset: offset + 6, as: Int64.self)
        if kind == .avg { record.base.storeBytes(of: count, toByteOffset: offset + 14, as: UInt32.self) }
    }

    /// Becomes both in one, at its own time.
    mutating func take(_ other: WindowEntry, _ kind: FoldProgram.Kind) {
        switch kind {
        case .min: amount = min(amount, other.amount)
        case .max: amount = max(amount, other.amount)
        default:
            amount = Decimal.add(other.amount, amount)
            count += other.count
        }
    }
}
