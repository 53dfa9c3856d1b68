import BeckonModel

/// A fold's payload: the newest emptying event's time (48 bits, where the fold has `since`), then by its kind
/// * `count`, `sum`: 64 bits; `min`, `max`: the same, or nothing yet; `avg`: sum and count, 64 bits each;
/// * these with a window: entries as `WindowEntry`;
/// * `last`, `first`: `LastValue`; `first` with a window: several of them in the order of time;
/// * `distinct`: hashes of 64 bits, with a window each behind its newest time of 48;
/// * a trait: `LastValue`; all of them: as `TraitState` says.
extension PartitionEngine {
    /// More than any event can add to a fold.
    private static let roomBytes = 1024

    /// All filters are judged before any fold changes.
    mutating func applyFolds(
        _ actions: FixedReferences<FoldAction>, _ event: AppliedEvent, _ person: inout PersonCursor, _ program: Program,
        _ output: inout StepOutput
    ) {
        let effects = scratch.foldEffects
        for index in 0..<actions.count {
            actions.with(index) { action in
                effects[index].empties = passes(action.empties, event, person, program, &output)
                effects[index].feeds = passes(action.feeds, event, person, program, &output)
                effects[index].removes = passes(action.removes, event, person, program, &output)
            }
        }
        for index in 0..<actions.count where effects[index].isAny {
            actions.with(index) { apply($0, effects[index], event, &person, program, &output) }
        }
    }

    @inline(__always)
    private mutating func apply(
        _ action: FoldAction, _ effect: Scratch.FoldEffect, _ event: AppliedEvent, _ person: inout PersonCursor,
        _ program: Program, _ output: inout StepOutput
    ) {
        if person.place != 0, !store.hasRoom(person.place, Self.roomBytes) {
            output.counts.note(.record)
            return
        }
        let fold = program.folds[action.fold]
        if fold.itemsPlace >= 0 {
            applyItems(fold.number, program.items[fold.itemsPlace], effect, event, &person, &output)
        } else if effect.empties {
            empty(fold, event, &person)
        } else {
            feed(action, fold, event, &person, program, &output)
        }
    }

    private mutating func empty(_ fold: FoldProgram, _ event: AppliedEvent, _ person: inout PersonCursor) {
        let tag = EntryTag(.fold, fold.number)
        let known = person.place == 0 ? nil : store.record(person.place).entry(tag)
        if let known, store.record(person.place).load48(known + PersonRecord.entryHeaderBytes) > event.timeMs { return }
        willChange(&person)
        let count = 6 + fold.emptyBytes
        let entry = place(known, tag, payload: count, &person)
        let record = store.record(person.place)
        (record.payload(entry)).initializeMemory(as: UInt8.self, repeating: 0, count: count)
        record.store48(event.timeMs, entry + PersonRecord.entryHeaderBytes)
    }

    @inline(__always)
    private mutating func feed(
        _ action: FoldAction, _ fold: FoldProgram, _ event: AppliedEvent, _ person: inout PersonCursor,
        _ program: Program,
        _ output: inout StepOutput
    ) {
        let tag = EntryTag(.fold, fold.number)
        var entry = person.place == 0 ? nil : store.record(person.place).entry(tag)
        let prefix = fold.prefixBytes
        if fold.hasSince, let entry,
            store.record(person.place).load48(entry + PersonRecord.entryHeaderBytes) >= event.timeMs,
            store.record(person.place).load48(entry + PersonRecord.entryHeaderBytes) > 0
        {
            return
        }
        var amount: Int64 = 1
        switch fold.kind {
        case .count: break
        case .sum, .min, .max, .avg:
            switch scratch.row(event.row)[action.slot] {
            case .missing, .null: return
            case .double:
                guard let parsed = Decimal.parse(scratch.textRow(event.row)[action.slot]) else { fallthrough }
                amount = parsed
            default:
                output.counts.foldSkips += 1
                return
            }
        case .last, .first:
            if fold.kind == .first, let window = fold.window {
                feedFirsts(action, fold, window, tag, entry, event, &person, program, &output)
            } else {
                feedValue(action, fold, tag, entry, event, &person, &output)
            }
            return
        case .items: return
        case .trait:
            feedTrait(action, fold, tag, entry, event, &person, &output)
            return
        case .traits:
            feedTraits(action, tag, entry, event, &person, &output)
            return
        case .distinct:
            feedDistinct(action, fold, tag, entry, event, &person, program, &output)
            return
        }
        willChange(&person)
        if entry == nil {
            let created = append(&person, tag, payload: prefix + fold.emptyBytes)
            store.record(person.place).payload(created).initializeMemory(
                as: UInt8.self, repeating: 0, count: prefix + fold.emptyBytes)
            entry = created
        }
        if fold.window != nil {
            feedWindow(entry!, prefix, fold, amount, event, &person, program, &output)
            return
        }
        switch fold.kind {
        case .count, .sum:
            let payload = store.record(person.place).payload(entry!) + prefix
            payload.storeBytes(of: Decimal.add(payload.loadUnaligned(as: Int64.self), amount), as: Int64.self)
        default: feedNumber(entry!, prefix, fold.kind, amount, &person)
        }
    }

    /// `min`, `max` and `avg` of everything.
    private mutating func feedNumber(
        _ entry: Int, _ prefix: Int, _ kind: FoldProgram.Kind, _ amount: Int64, _ person: inout PersonCursor
    ) {
        if kind == .avg {
            let payload = store.record(person.place).payload(entry) + prefix
            payload.storeBytes(of: Decimal.add(payload.loadUnaligned(as: Int64.self), amount), as: Int64.self)
            payload.storeBytes(
                of: payload.loadUnaligned(fromByteOffset: 8, as: Int64.self) + 1, toByteOffset: 8, as: Int64.self)
            return
        }
        let isFirst = store.record(person.place).payloadLength(entry) == prefix
        if isFirst { resize(&person, entry, payload: prefix + 8) }
        let payload = store.record(person.place).payload(entry) + prefix
        let known = isFirst ? amount : payload.loadUnaligned(as: Int64.self)
        payload.storeBytes(of: kind == .min ? min(known, amount) : max(known, amount), as: Int64.self)
    }

    /// The fold's value as of `atMs`.
    func value(_ fold: FoldProgram, _ person: PersonCursor, atMs: Milliseconds, _ program: Program) -> Value {
        guard person.place != 0, let entry = store.record(person.place).entry(EntryTag(.fold, fold.number)) else {
            return fold.emptyValue
        }
        let record = store.record(person.place)
        let offset = entry + PersonRecord.entryHeaderBytes + fold.prefixBytes
        let fromMs = fold.window.map { beforeMs($0, endingMs: atMs, person, program) }
        switch fold.kind {
        case .traits: return TraitState.value(record, entry)
        case .last, .first, .trait:
            if fold.kind == .first, let fromMs {
                return firstValue(record, entry, offset, fromMs: fromMs, throughMs: atMs)
            }
            var at = offset - entry - PersonRecord.entryHeaderBytes
            let last = LastValue(
                UnsafeRawBufferPointer(start: record.payload(entry), count: record.payloadLength(entry)), &at)
            if let fromMs, let time = last.timeMs, time <= fromMs || time > atMs { return .missing }
            return last.value
        case .items: return .missing
        case .distinct: return distinctCount(fold, record, entry, offset, fromMs: fromMs, throughMs: atMs)
        case .count, .sum, .min, .max, .avg:
            if let fromMs {
                return windowValue(fold, record, entry, offset, fromMs: fromMs, throughMs: atMs)
            }
        }
        if offset == record.next(entry) { return .missing }
        let total = record.base.loadUnaligned(fromByteOffset: offset, as: Int64.self)
        if fold.kind == .count { return .int(total) }
        guard fold.kind == .avg else { return .double(Decimal.double(total)) }
        return Decimal.average(total, record.base.loadUnaligned(fromByteOffset: offset + 8, as: Int64.self))
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
        if person.place != 0, !store.hasRoom(person.place, 6) { return }
        let entry = append(&person, tag, payload: 6)
        store.record(person.place).store48(timeMs, entry + PersonRecord.entryHeaderBytes)
    }
}

extension FoldProgram {
    /// Of the newest emptying event's time.
    var prefixBytes: Int { hasSince ? 6 : 0 }

    /// Of an empty fold, without the prefix.
    var emptyBytes: Int {
        if window != nil, kind != .last { return 0 }
        switch kind {
        case .count, .sum: return 8
        case .avg: return 16
        case .last, .first, .trait: return LastValue.headerBytes
        case .min, .max, .distinct, .items, .traits: return 0
        }
    }

    var emptyValue: Value {
        switch kind {
        case .count, .distinct: .int(0)
        case .sum: .double(0)
        case .last, .first, .min, .max, .avg, .items, .trait: .missing
        case .traits: TraitState.nothing
        }
    }
}

extension Decimal {
    /// Rounded half-even; missing where there is nothing to divide by.
    static func average(_ sum: Int64, _ count: Int64) -> Value {
        count == 0 ? .missing : .double(double(divide(sum, by: count)))
    }
}

extension Value {
    @inline(__always)
    static func instant(_ ms: Milliseconds) -> Value {
        .timestamp(seconds: ms / 1000, nanoseconds: Int32(ms % 1000) * 1_000_000)
    }
}
