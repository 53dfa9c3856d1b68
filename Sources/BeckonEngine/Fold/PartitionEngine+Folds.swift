import BeckonModel

/// A fold's payload: the newest emptying event's time (48 bits, where the fold has `since`), then `count` and `sum`
/// 64 bits, or with `within` entries of time (48 bits) and amount (64 bits); `last` as `LastValue`.
extension PartitionEngine {
    static let windowEntriesMax = 64
    private static let windowEntryBytes = 14

    /// All filters are judged before any fold changes.
    mutating func applyFolds(
        _ actions: [FoldAction], _ event: AppliedEvent, _ person: inout PersonCursor, _ program: Program,
        _ output: inout StepOutput
    ) {
        for (index, action) in actions.enumerated() {
            scratch.foldEffects[index].empties = passes(action.empties, event, person, program, &output)
            scratch.foldEffects[index].feeds = passes(action.feeds, event, person, program, &output)
        }
        for (index, action) in actions.enumerated() {
            let effect = scratch.foldEffects[index]
            if effect.empties {
                empty(program.folds[action.fold], event, &person)
            } else if effect.feeds {
                feed(action, program.folds[action.fold], event, &person, program, &output)
            }
        }
    }

    private mutating func empty(_ fold: FoldProgram, _ event: AppliedEvent, _ person: inout PersonCursor) {
        let tag = EntryTag(.fold, fold.number)
        let known = person.place == 0 ? nil : store.record(person.place).entry(tag)
        if let known, store.record(person.place).load48(known + PersonRecord.entryHeaderBytes) > event.timeMs { return }
        willChange(&person)
        let count = 6 + Self.emptyPayloadCount(fold)
        let entry: Int
        if let known {
            resize(&person, known, payload: count)
            entry = known
        } else {
            entry = append(&person, tag, payload: count)
        }
        let record = store.record(person.place)
        (record.payload(entry)).initializeMemory(as: UInt8.self, repeating: 0, count: count)
        record.store48(event.timeMs, entry + PersonRecord.entryHeaderBytes)
    }

    private static func emptyPayloadCount(_ fold: FoldProgram) -> Int {
        if fold.kind == .last { return LastValue.headerBytes }
        return fold.withinMs == nil ? 8 : 0
    }

    @inline(__always)
    private mutating func feed(
        _ action: FoldAction, _ fold: FoldProgram, _ event: AppliedEvent, _ person: inout PersonCursor,
        _ program: Program,
        _ output: inout StepOutput
    ) {
        let tag = EntryTag(.fold, fold.number)
        var entry = person.place == 0 ? nil : store.record(person.place).entry(tag)
        let prefix = fold.hasSince ? 6 : 0
        if fold.hasSince, let entry,
            store.record(person.place).load48(entry + PersonRecord.entryHeaderBytes) >= event.timeMs,
            store.record(person.place).load48(entry + PersonRecord.entryHeaderBytes) > 0
        {
            return
        }
        var amount: Int64 = 1
        switch fold.kind {
        case .count: break
        case .sum:
            switch scratch.row(event.row)[action.slot] {
            case .missing, .null: return
            case .double:
                guard let parsed = Decimal.parse(scratch.textRow(event.row)[action.slot]) else { fallthrough }
                amount = parsed
            default:
                output.counts.foldSkips += 1
                return
            }
        case .last:
            feedLast(action, fold, tag, entry, event, &person, &output)
            return
        }
        willChange(&person)
        if entry == nil {
            let created = append(&person, tag, payload: prefix + Self.emptyPayloadCount(fold))
            store.record(person.place).payload(created).initializeMemory(
                as: UInt8.self, repeating: 0, count: prefix + Self.emptyPayloadCount(fold))
            entry = created
        }
        if fold.withinMs == nil {
            let payload = store.record(person.place).payload(entry!) + prefix
            payload.storeBytes(of: Decimal.add(payload.loadUnaligned(as: Int64.self), amount), as: Int64.self)
        } else {
            feedWindow(entry!, prefix, fold, amount, event, &person, program, &output)
        }
    }

    /// No condition will be judged as of a time before: events are late by `allow` at most, and a timer may be overdue.
    private func windowHorizonMs(_ event: AppliedEvent, _ person: PersonCursor, _ program: Program) -> Milliseconds {
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

    /// Keeps entries in the order of their times, at most 64, and forgets what no window can see any more.
    private mutating func feedWindow(
        _ entry: Int, _ prefix: Int, _ fold: FoldProgram, _ amount: Int64, _ event: AppliedEvent,
        _ person: inout PersonCursor,
        _ program: Program, _ output: inout StepOutput
    ) {
        let record = store.record(person.place)
        var window: [(timeMs: Milliseconds, amount: Int64)] = []
        let horizon = windowHorizonMs(event, person, program) - fold.withinMs!
        var offset = entry + PersonRecord.entryHeaderBytes + prefix
        while offset < record.next(entry) {
            let time = record.load48(offset)
            if time > horizon {
                window.append((time, record.base.loadUnaligned(fromByteOffset: offset + 6, as: Int64.self)))
            }
            offset += Self.windowEntryBytes
        }
        let place = window.lastIndex { $0.timeMs <= event.timeMs }.map { $0 + 1 } ?? 0
        window.insert((event.timeMs, amount), at: place)
        if window.count > Self.windowEntriesMax {
            window[1].amount = Decimal.add(window[0].amount, window[1].amount)
            window.removeFirst()
            output.counts.note(.window)
        }
        resize(&person, entry, payload: prefix + window.count * Self.windowEntryBytes)
        let target = store.record(person.place)
        offset = entry + PersonRecord.entryHeaderBytes + prefix
        for (time, amount) in window {
            target.store48(time, offset)
            target.base.storeBytes(of: amount, toByteOffset: offset + 6, as: Int64.self)
            offset += Self.windowEntryBytes
        }
    }

    private mutating func feedLast(
        _ action: FoldAction, _ fold: FoldProgram, _ tag: EntryTag, _ known: Int?, _ event: AppliedEvent,
        _ person: inout PersonCursor, _ output: inout StepOutput
    ) {
        let prefix = fold.hasSince ? 6 : 0
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
            newerThan: keptMs,
            to: &scratch.collect)
        if outcome == .skipped { output.counts.foldSkips += 1 }
        guard outcome == .kept else { return }
        let count = prefix + scratch.collect.count
        let entry: Int
        if let known {
            resize(&person, known, payload: count)
            entry = known
        } else {
            entry = append(&person, tag, payload: count)
            store.record(person.place).payload(entry).initializeMemory(as: UInt8.self, repeating: 0, count: prefix)
        }
        (store.record(person.place).payload(entry) + prefix).copyMemory(
            from: scratch.collect.start, byteCount: scratch.collect.count)
    }

    /// The fold's value as of `atMs`.
    func value(_ fold: FoldProgram, _ person: PersonCursor, atMs: Milliseconds) -> Value {
        let nothing: Value
        switch fold.kind {
        case .count: nothing = .int(0)
        case .sum: nothing = .double(0)
        case .last: nothing = .missing
        }
        guard person.place != 0, let entry = store.record(person.place).entry(EntryTag(.fold, fold.number)) else {
            return nothing
        }
        let record = store.record(person.place)
        var offset = entry + PersonRecord.entryHeaderBytes + (fold.hasSince ? 6 : 0)
        if fold.kind == .last {
            var at = offset - entry - PersonRecord.entryHeaderBytes
            let last = LastValue(
                UnsafeRawBufferPointer(start: record.payload(entry), count: record.payloadLength(entry)), &at)
            if let within = fold.withinMs, let time = last.timeMs, time <= atMs - within || time > atMs {
                return .missing
            }
            return last.value
        }
        var total: Int64 = 0
        if let within = fold.withinMs {
            while offset < record.next(entry) {
                let time = record.load48(offset)
                if time > atMs - within, time <= atMs {
                    total = Decimal.add(total, record.base.loadUnaligned(fromByteOffset: offset + 6, as: Int64.self))
                }
                offset += Self.windowEntryBytes
            }
        } else {
            total = record.base.loadUnaligned(fromByteOffset: offset, as: Int64.self)
        }
        return fold.kind == .count ? .int(total) : .double(Decimal.double(total))
    }

    /// Remembers when an event was last seen, for `idle()`.
    mutating func noteSeen(_ number: UInt32, _ timeMs: Milliseconds, _ person: inout PersonCursor) {
        let tag = EntryTag(.seen, number)
        if person.place != 0, let entry = store.record(person.place).entry(tag) {
            if store.record(person.place).load48(entry + PersonRecord.entryHeaderBytes) >= timeMs { return }
            willChange(&person)
            store.record(person.place).store48(timeMs, entry + PersonRecord.entryHeaderBytes)
            return
        }
        let entry = append(&person, tag, payload: 6)
        store.record(person.place).store48(timeMs, entry + PersonRecord.entryHeaderBytes)
    }
}

extension Value {
    @inline(__always)
    static func instant(_ ms: Milliseconds) -> Value {
        .timestamp(seconds: ms / 1000, nanoseconds: Int32(ms % 1000) * 1_000_000)
    }
}
