import BeckonModel

/// Sequences, counts and totals: what they share.
extension PartitionEngine {
    mutating func applyProgress(
        _ action: RuleAction, _ event: AppliedEvent, _ person: inout PersonCursor, _ context: StepContext,
        _ program: Program, _ output: inout StepOutput
    ) {
        let rule = program.rules[action.rule]
        let firstMs: Milliseconds?
        switch rule.kind {
        case .sequence(let stageCount, let withinMs):
            let matched = stages(action, event, person, program, &output)
            guard matched != 0 else { return }
            makeKey(action.keySlots, event)
            firstMs = advance(
                rule, matched, stageCount: stageCount, withinMs: withinMs, event, &person, &output)
        case .count(let counting):
            guard passes(action.starts, event, person, program, &output) else { return }
            makeKey(action.keySlots, event)
            firstMs = count(rule, counting, event, &person, program, &output)
        case .total(let reaches, let slot):
            guard passes(action.starts, event, person, program, &output) else { return }
            makeKey(action.keySlots, event)
            firstMs = addToTotal(rule, reaches: reaches, slot: slot, event, &person, &output)
        case .event, .absence, .inactivity: return
        }
        if let firstMs { fireAtOnce(rule, event, firstMs: firstMs, &person, context, program, &output) }
    }

    /// What an emptying event, at hand with its key, does to everything that matches.
    mutating func emptyProgress(
        _ rule: RuleProgram, _ event: AppliedEvent, _ person: inout PersonCursor
    ) {
        guard person.place != 0 else { return }
        let tag = EntryTag(.progress, rule.memory.progress)
        var next = store.record(person.place).entry(tag)
        while let entry = next {
            let progress = ProgressEntry(record: store.record(person.place), entry: entry)
            if InstanceKey.matches(progress.key, keyAtHand), empty(rule, progress, event, &person) {
                remove(&person, entry)
                next = store.record(person.place).entry(tag, from: entry)
            } else {
                let record = store.record(person.place)
                next = record.entry(tag, from: record.next(entry))
            }
        }
    }

    /// Returns whether nothing is left of it.
    private mutating func empty(
        _ rule: RuleProgram, _ progress: ProgressEntry, _ event: AppliedEvent, _ person: inout PersonCursor
    ) -> Bool {
        switch rule.kind {
        case .sequence:
            let body = SequenceBody(progress)
            guard body.hasRun(through: event.timeMs) else { return false }
            willChange(&person)
            body.empty(through: event.timeMs)
            return body.emptiedMs == 0 && !body.hasRun(through: .max)
        case .count(let counting): return empty(counting, progress, event.timeMs, &person)
        // A `since` from before the newest one changes nothing.
        case .total: return !isCancelled(rule, progress.key, atMs: event.timeMs, person)
        case .event, .absence, .inactivity: return false
        }
    }

    /// The entry of exactly the key at hand.
    func progressEntry(_ rule: RuleProgram, _ person: PersonCursor) -> Int? {
        guard person.place != 0 else { return nil }
        let record = store.record(person.place)
        let tag = EntryTag(.progress, rule.memory.progress)
        var next = record.entry(tag)
        while let entry = next {
            if InstanceKey.equals(ProgressEntry(record: record, entry: entry).key, keyAtHand) { return entry }
            next = record.entry(tag, from: record.next(entry))
        }
        return nil
    }

    /// An entry for the key at hand with an empty body of that length, or nil where the record is full. At the bound the key
    /// that has been quiet for longest is forgotten.
    mutating func addProgress(
        _ rule: RuleProgram, body count: Int, newestMs: Milliseconds, _ person: inout PersonCursor,
        _ output: inout StepOutput
    ) -> Int? {
        let tag = EntryTag(.progress, rule.memory.progress)
        if let quietest = quietestIfFull(tag, person) {
            remove(&person, quietest)
            output.counts.note(.keys)
        }
        let payload = ProgressEntry.fixedBytes + keyAtHand.count + count
        if person.place != 0, !store.hasRoom(person.place, payload) {
            output.counts.note(.record)
            return nil
        }
        let entry = append(&person, tag, payload: payload)
        ProgressEntry.write(
            store.record(person.place).payload(entry), count: payload, key: keyAtHand, newestMs: newestMs)
        return entry
    }

    private func quietestIfFull(_ tag: EntryTag, _ person: PersonCursor) -> Int? {
        guard person.place != 0 else { return nil }
        let record = store.record(person.place)
        var count = 0
        var quietest: (entry: Int, newestMs: Milliseconds)?
        var next = record.entry(tag)
        while let entry = next {
            let newestMs = ProgressEntry(record: record, entry: entry).newestMs
            count += 1
            if quietest.map({ newestMs < $0.newestMs }) ?? true { quietest = (entry, newestMs) }
            next = record.entry(tag, from: record.next(entry))
        }
        return count >= Self.rememberedKeysMax ? quietest?.entry : nil
    }
}
