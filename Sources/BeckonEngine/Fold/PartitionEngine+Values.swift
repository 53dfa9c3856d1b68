import BeckonModel

/// Folds that keep values: the last, the first, and how many different ones.
extension PartitionEngine {
    /// `last`, and `first` of everything.
    mutating func feedValue(
        _ action: FoldAction, _ fold: FoldProgram, _ tag: EntryTag, _ known: Int?, _ event: AppliedEvent,
        _ person: inout PersonCursor, _ output: inout StepOutput
    ) {
        let prefix = fold.prefixBytes
        var keptMs: Milliseconds?
        if let known {
            var at = prefix
            let record = store.record(person.place)
            keptMs =
                LastValue(UnsafeRawBufferPointer(start: record.payload(known), count: record.payloadLength(known)), &at)
                .timeMs
        }
        scratch.collect.removeAll()
        let outcome = LastValue.appendIfKept(
            scratch.row(event.row)[action.slot], scratch.textRow(event.row)[action.slot], event.timeMs,
            besides: keptMs, isFirst: fold.kind == .first, to: &scratch.collect)
        if outcome == .skipped { output.counts.foldSkips += 1 }
        guard outcome == .kept else { return }
        let count = prefix + scratch.collect.count
        let entry = place(known, tag, payload: count, &person)
        if known == nil {
            store.record(person.place).payload(entry).initializeMemory(as: UInt8.self, repeating: 0, count: prefix)
        }
        (store.record(person.place).payload(entry) + prefix).copyMemory(
            from: scratch.collect.start, byteCount: scratch.collect.count)
    }

    /// `first` in a window: values in the order of time, at most 64; beyond, the oldest stays with the time of the next.
    mutating func feedFirsts(
        _ action: FoldAction, _ fold: FoldProgram, _ window: Window, _ tag: EntryTag, _ known: Int?,
        _ event: AppliedEvent, _ person: inout PersonCursor, _ program: Program, _ output: inout StepOutput
    ) {
        scratch.collect.removeAll()
        let outcome = LastValue.appendIfKept(
            scratch.row(event.row)[action.slot], scratch.textRow(event.row)[action.slot], event.timeMs,
            besides: nil, isFirst: true, to: &scratch.collect)
        if outcome == .skipped { output.counts.foldSkips += 1 }
        guard outcome == .kept else { return }
        let new = scratch.collect.bytes
        willChange(&person)
        let entry = known ?? append(&person, tag, payload: 0)
        let horizonMs = windowHorizonMs(window, event, person, program)
        var values = firsts(store.record(person.place), entry, 0).filter { $0.timeMs > horizonMs }
        let place = values.lastIndex { $0.timeMs <= event.timeMs }.map { $0 + 1 } ?? 0
        values.insert((event.timeMs, new), at: place)
        if values.count > Self.windowEntriesMax, case .calendar = window {
            let beforeMs = self.beforeMs(window, endingMs: values.last!.timeMs, person, program)
            values.removeAll { $0.timeMs <= beforeMs }
        }
        if values.count > Self.windowEntriesMax {
            values[0].timeMs = values[1].timeMs
            values.remove(at: 1)
            output.counts.note(.window)
        }
        resize(&person, entry, payload: values.map(\.bytes.count).reduce(0, +))
        let record = store.record(person.place)
        var at = entry + PersonRecord.entryHeaderBytes
        for value in values {
            value.bytes.withUnsafeBytes { (record.base + at).copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
            record.store48(value.timeMs, at)
            at += value.bytes.count
        }
    }

    private func firsts(_ record: PersonRecord, _ entry: Int, _ start: Int) -> [(timeMs: Milliseconds, bytes: [UInt8])]
    {
        let payload = UnsafeRawBufferPointer(start: record.payload(entry), count: record.payloadLength(entry))
        var values: [(timeMs: Milliseconds, bytes: [UInt8])] = []
        var at = start
        while at < payload.count {
            let begin = at
            let value = LastValue(payload, &at)
            values.append((value.timeMs ?? 0, Array(payload[begin..<at])))
        }
        return values
    }

    /// The first in (from, through].
    func firstValue(
        _ record: PersonRecord, _ entry: Int, _ offset: Int, fromMs: Milliseconds, throughMs: Milliseconds
    ) -> Value {
        let payload = UnsafeRawBufferPointer(start: record.payload(entry), count: record.payloadLength(entry))
        var at = offset - entry - PersonRecord.entryHeaderBytes
        while at < payload.count {
            let value = LastValue(payload, &at)
            if let time = value.timeMs, time > fromMs, time <= throughMs { return value.value }
        }
        return .missing
    }

    // MARK: distinct

    private static let distinctEntriesMax = FoldKind.distinctMax + 1

    mutating func feedDistinct(
        _ action: FoldAction, _ fold: FoldProgram, _ tag: EntryTag, _ known: Int?, _ event: AppliedEvent,
        _ person: inout PersonCursor, _ program: Program, _ output: inout StepOutput
    ) {
        let value = scratch.row(event.row)[action.slot]
        guard let hash = DistinctValue.hash(value) else {
            if case .json = value { output.counts.foldSkips += 1 }
            return
        }
        let isWindow = fold.window != nil
        var values: [CountEntry] = []
        if let known {
            let horizonMs = fold.window.map { windowHorizonMs($0, event, person, program) } ?? .min
            values = distinctValues(store.record(person.place), known, fold).filter { $0.timeMs > horizonMs }
        }
        if let place = values.firstIndex(where: { $0.hash == hash }) {
            if !isWindow { return }
            values[place].timeMs = max(values[place].timeMs, event.timeMs)
        } else {
            values.append(CountEntry(timeMs: event.timeMs, hash: hash))
        }
        if values.count > Self.distinctEntriesMax {
            output.counts.note(.distinct)
            if !isWindow { return }
            values.remove(at: values.indices.min { values[$0].timeMs < values[$1].timeMs }!)
        }
        willChange(&person)
        let bytes = isWindow ? 14 : 8
        let count = fold.prefixBytes + values.count * bytes
        let entry = known ?? append(&person, tag, payload: count)
        if known != nil {
            resize(&person, entry, payload: count)
        } else {
            store.record(person.place).payload(entry).initializeMemory(
                as: UInt8.self, repeating: 0, count: fold.prefixBytes)
        }
        let record = store.record(person.place)
        var at = entry + PersonRecord.entryHeaderBytes + fold.prefixBytes
        for value in values {
            if isWindow { record.store48(value.timeMs, at) }
            record.base.storeBytes(of: value.hash, toByteOffset: at + bytes - 8, as: UInt64.self)
            at += bytes
        }
    }

    private func distinctValues(_ record: PersonRecord, _ entry: Int, _ fold: FoldProgram) -> [CountEntry] {
        let bytes = fold.window == nil ? 8 : 14
        var values: [CountEntry] = []
        var at = entry + PersonRecord.entryHeaderBytes + fold.prefixBytes
        while at < record.next(entry) {
            let hash = record.base.loadUnaligned(fromByteOffset: at + bytes - 8, as: UInt64.self)
            values.append(CountEntry(timeMs: fold.window == nil ? 0 : record.load48(at), hash: hash))
            at += bytes
        }
        return values
    }

    /// In (from, through], or all of them.
    func distinctCount(
        _ fold: FoldProgram, _ record: PersonRecord, _ entry: Int, _ offset: Int, fromMs: Milliseconds?,
        throughMs: Milliseconds
    ) -> Value {
        guard let fromMs else { return .int(Int64((record.next(entry) - offset) / 8)) }
        var count: Int64 = 0
        var at = offset
        while at < record.next(entry) {
            let timeMs = record.load48(at)
            if timeMs > fromMs, timeMs <= throughMs { count += 1 }
            at += 14
        }
        return .int(count)
    }
}
