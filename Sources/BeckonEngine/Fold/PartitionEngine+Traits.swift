import BeckonModel

/// What `identify` says of a person.
extension PartitionEngine {
    mutating func feedTrait(
        _ action: FoldAction, _ fold: FoldProgram, _ tag: EntryTag, _ known: Int?, _ event: AppliedEvent,
        _ person: inout PersonCursor, _ output: inout StepOutput
    ) {
        let row = scratch.row(event.row)
        var value = row[action.slot]
        if case .missing = value {
            guard fold.outermostSlot >= 0 else { return }
            if case .missing = row[fold.outermostSlot] { return }
            // What it was a part of has come without it.
            value = .null
        }
        var keptMs: Milliseconds?
        if let known { keptMs = LastValue(payload(of: person, known)).timeMs }
        scratch.collect.removeAll()
        let outcome = LastValue.appendTraitIfKept(
            value, scratch.textRow(event.row)[action.slot], event.timeMs, besides: keptMs, to: &scratch.collect)
        if outcome == .skipped { output.counts.foldSkips += 1 }
        if outcome == .kept { storeCollected(tag, known, &person) }
    }

    mutating func feedTraits(
        _ action: FoldAction, _ tag: EntryTag, _ known: Int?, _ event: AppliedEvent, _ person: inout PersonCursor,
        _ output: inout StepOutput
    ) {
        guard case .json(let text) = scratch.row(event.row)[action.slot] else { return }
        var state = TraitState(known.map { payload(of: person, $0) })
        scratch.decoder!.readMembers(text) { state.tell($0, $1, valueBytes: $2, event.timeMs) }
        output.counts.foldSkips += state.skips
        guard state.isChanged else { return }
        state.forgetBeyondBounds()
        if state.dropped > 0 { output.counts.note(.traits, state.dropped) }
        scratch.collect.removeAll()
        state.write(to: &scratch.collect)
        if person.place != 0, !store.hasRoom(person.place, scratch.collect.count) {
            output.counts.note(.record)
            return
        }
        storeCollected(tag, known, &person)
    }

    private func payload(of person: PersonCursor, _ entry: Int) -> UnsafeRawBufferPointer {
        let record = store.record(person.place)
        return UnsafeRawBufferPointer(start: record.payload(entry), count: record.payloadLength(entry))
    }

    /// What lies in `scratch.collect` becomes the entry's payload.
    private mutating func storeCollected(_ tag: EntryTag, _ known: Int?, _ person: inout PersonCursor) {
        let count = scratch.collect.count
        let entry = place(known, tag, payload: count, &person)
        store.record(person.place).payload(entry).copyMemory(from: scratch.collect.start, byteCount: count)
    }
}

extension LastValue {
    /// The first of a payload.
    fileprivate init(_ payload: UnsafeRawBufferPointer) {
        var at = 0
        self.init(payload, &at)
    }
}
