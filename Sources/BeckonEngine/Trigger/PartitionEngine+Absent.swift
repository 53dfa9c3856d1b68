import BeckonModel

/// Absences with `all` or `since`: of each absent event and key the newest time is kept.
///
/// A start counts as followed when each of the absent events came at or after the start, or after the last `since` before it.
extension PartitionEngine {
    /// Notes the event at hand. Returns whether it is one of the absent events.
    mutating func noteAbsent(
        _ action: RuleAction, _ event: AppliedEvent, _ person: inout PersonCursor,
        _ program: Program, _ output: inout StepOutput
    ) -> Bool {
        let marks = passes(action.marks, event, person, program, &output)
        var matched: UInt8 = 0
        for (place, filter) in action.absent.enumerated() where passes(filter, event, person, program, &output) {
            matched |= 1 << UInt8(place)
        }
        guard marks || matched != 0 else { return false }
        makeKey(action.keySlots, event)
        let rule = program.rules[action.rule]
        if marks { noteTime(EntryTag(.canceller, rule.memory.since), keyAtHand, event.timeMs, &person, &output) }
        for place in rule.memory.absent.indices where matched & 1 << UInt8(place) != 0 {
            noteTime(EntryTag(.canceller, rule.memory.absent[place]), keyAtHand, event.timeMs, &person, &output)
        }
        return matched != 0
    }

    mutating func cancelRunningIfFollowed(
        _ rule: RuleProgram, _ event: AppliedEvent, _ person: inout PersonCursor
    ) {
        guard person.place != 0 else { return }
        let tag = EntryTag(.running, rule.versionNumber)
        var next = store.record(person.place).entry(tag)
        while let entry = next {
            let running = RunningEntry(record: store.record(person.place), entry: entry)
            let dueMs = rule.dueMs(firstMs: running.firstMs, lastMs: running.lastMs)
            if InstanceKey.matches(running.key, keyAtHand), event.timeMs < dueMs,
                event.timeMs >= countsFromMs(rule, running.key, startMs: running.firstMs, person),
                isFollowed(rule, running.key, startMs: running.firstMs, dueMs: dueMs, person)
            {
                if isFollowed(rule, running.key, startMs: running.lastMs, dueMs: .max, person) {
                    end(rule, entry, &person)
                    next = store.record(person.place).entry(tag, from: entry)
                    continue
                }
                restart(rule, entry, &person)
            }
            let record = store.record(person.place)
            next = record.entry(tag, from: record.next(entry))
        }
    }

    /// Whether the event at hand, an absent one, undoes a firing: then what was to be absent had come in time.
    func undoes(_ rule: RuleProgram, _ firing: FiringEntry, _ event: AppliedEvent, _ person: PersonCursor) -> Bool {
        event.timeMs < firing.dueMs
            && event.timeMs >= countsFromMs(rule, firing.key, startMs: firing.firstMs, person)
            && isFollowed(rule, firing.key, startMs: firing.firstMs, dueMs: firing.dueMs, person)
    }

    /// Whether each of the absent events has come since that start, and the newest of each before the due time.
    func isFollowed(
        _ rule: RuleProgram, _ key: Bytes, startMs: Milliseconds, dueMs: Milliseconds, _ person: PersonCursor
    ) -> Bool {
        let fromMs = countsFromMs(rule, key, startMs: startMs, person)
        return rule.memory.absent.allSatisfy { number in
            guard let newestMs = newestTime(EntryTag(.canceller, number), key, person) else { return false }
            return newestMs >= fromMs && newestMs < dueMs
        }
    }

    /// The start itself, or just after the last `since` before it.
    private func countsFromMs(_ rule: RuleProgram, _ key: Bytes, startMs: Milliseconds, _ person: PersonCursor)
        -> Milliseconds
    {
        guard rule.memory.since != 0,
            let sinceMs = newestTime(EntryTag(.canceller, rule.memory.since), key, person), sinceMs < startMs
        else { return startMs }
        return sinceMs + 1
    }

    /// The newest time noted for a matching key.
    private func newestTime(_ tag: EntryTag, _ key: Bytes, _ person: PersonCursor) -> Milliseconds? {
        guard person.place != 0 else { return nil }
        let record = store.record(person.place)
        var newestMs: Milliseconds?
        var next = record.entry(tag)
        while let entry = next {
            let noted = CancellerEntry(record: record, entry: entry)
            if InstanceKey.matches(noted.key, key) { newestMs = max(newestMs ?? noted.timeMs, noted.timeMs) }
            next = record.entry(tag, from: record.next(entry))
        }
        return newestMs
    }
}
