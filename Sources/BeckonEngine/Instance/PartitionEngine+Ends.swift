import BeckonModel

/// What cancels, ends, recalls and converts.
extension PartitionEngine {
    mutating func applyEnds(
        _ action: RuleAction, _ event: AppliedEvent, _ person: inout PersonCursor, _ context: StepContext,
        _ program: Program,
        _ output: inout StepOutput
    ) {
        var cancels = passes(action.cancels, event, person, program, &output)
        if action.remembersAbsent, noteAbsent(action, event, &person, program, &output) { cancels = true }
        let exits = passes(action.exits, event, person, program, &output)
        let converts = passes(action.converts, event, person, program, &output)
        guard cancels || exits || converts else { return }
        makeKey(action.keySlots, event)
        program.rules.with(action.rule) { rule in
            end(rule, action, event, cancels: cancels, exits: exits, &person, &output)
            guard action.isCurrent else { return }
            if cancels || exits {
                judgeFirings(rule, event, cancels: cancels, exits: exits, &person, program, context, &output)
            }
            if converts { convert(rule, event, &person, context, program, &output) }
            if cancels, !action.remembersAbsent { noteCanceller(rule, event, &person, &output) }
        }
    }

    /// Running instances of the event's key.
    private mutating func end(
        _ rule: RuleProgram, _ action: RuleAction, _ event: AppliedEvent, cancels: Bool, exits: Bool,
        _ person: inout PersonCursor, _ output: inout StepOutput
    ) {
        if cancels {
            switch rule.kind {
            case .sequence, .count, .total: emptyProgress(rule, event, &person)
            default:
                if action.remembersAbsent {
                    cancelRunningIfFollowed(rule, event, &person)
                } else {
                    cancelRunning(rule, event, &person)
                }
            }
        } else if exits {
            exitRunning(rule, event, &person, &output)
        }
    }

    /// The key of the event at hand, in `scratch.key`.
    @inline(__always)
    func makeKey(_ slots: [Int], _ event: AppliedEvent) {
        scratch.key.removeAll()
        if slots.isEmpty { return }
        InstanceKey.append(
            slots: slots, values: scratch.row(event.row), texts: scratch.textRow(event.row), to: &scratch.key)
    }

    var keyAtHand: Bytes { Bytes(start: UnsafeRawPointer(scratch.key.start), count: scratch.key.count) }

    private mutating func cancelRunning(_ rule: RuleProgram, _ event: AppliedEvent, _ person: inout PersonCursor) {
        guard person.place != 0 else { return }
        let tag = EntryTag(.running, rule.versionNumber)
        var next = store.record(person.place).entry(tag)
        while let entry = next {
            let running = RunningEntry(record: store.record(person.place), entry: entry)
            let due = rule.dueMs(firstMs: running.firstMs, lastMs: running.lastMs)
            if InstanceKey.matches(running.key, keyAtHand), event.timeMs >= running.firstMs, event.timeMs < due {
                if event.timeMs >= running.lastMs {
                    end(rule, entry, &person)
                    next = store.record(person.place).entry(tag, from: entry)
                    continue
                }
                if isCancelled(rule, running.key, atMs: running.lastMs, person) {
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

    /// A canceller lay before the last start: the instance begins at that start, with what it brought.
    mutating func restart(_ rule: RuleProgram, _ entry: Int, _ person: inout PersonCursor) {
        willChange(&person)
        let running = RunningEntry(record: store.record(person.place), entry: entry)
        let lastMs = running.lastMs
        scratch.collect.removeAll()
        if running.hasLast {
            let whole = CollectState.count(rule.collect, running.collectBytes)
            let last = UnsafeRawBufferPointer(rebasing: running.collectBytes[whole...])
            if let base = last.baseAddress { scratch.collect.append(base, count: last.count) }
        } else if let base = running.collectBytes.baseAddress {
            scratch.collect.append(base, count: running.collectBytes.count)
        }
        replace(rule, entry, firstMs: lastMs, lastMs: lastMs, hasLast: false, &person)
        index(person, judgedMs: rule.dueMs(firstMs: lastMs, lastMs: lastMs) + rule.waitMs)
    }

    /// Rewrites a running entry with what `scratch.collect` (and `lastCollect`) hold.
    mutating func replace(
        _ rule: RuleProgram, _ entry: Int, firstMs: Milliseconds, lastMs: Milliseconds, hasLast: Bool,
        _ person: inout PersonCursor
    ) {
        willChange(&person)
        let running = RunningEntry(record: store.record(person.place), entry: entry)
        let keyCount = running.key.count
        let count = RunningEntry.fixedBytes + keyCount + scratch.collect.count
        if store.record(person.place).payloadLength(entry) != count { resize(&person, entry, payload: count) }
        let record = store.record(person.place)
        let payload = record.payload(entry)
        let target = RunningEntry(record: record, entry: entry)
        target.hasLast = hasLast
        target.firstMs = firstMs
        target.lastMs = lastMs
        (payload + RunningEntry.fixedBytes + keyCount).copyMemory(
            from: scratch.collect.start, byteCount: scratch.collect.count)
    }

    /// Removes a running entry.
    mutating func end(_ rule: RuleProgram, _ entry: Int, _ person: inout PersonCursor) {
        remove(&person, entry)
        runningCounts[rule.versionNumber] -= 1
    }

    private mutating func exitRunning(
        _ rule: RuleProgram, _ event: AppliedEvent, _ person: inout PersonCursor, _ output: inout StepOutput
    ) {
        guard person.place != 0 else { return }
        var ended: [(key: [UInt8], lastMs: Milliseconds)] = []
        let tag = EntryTag(.running, rule.versionNumber)
        var next = store.record(person.place).entry(tag)
        while let entry = next {
            let record = store.record(person.place)
            let running = RunningEntry(record: record, entry: entry)
            if InstanceKey.matches(running.key, keyAtHand), event.timeMs >= running.firstMs {
                if case .inactivity = rule.kind { ended.append((Array(running.key.buffer), running.lastMs)) }
                end(rule, entry, &person)
                next = store.record(person.place).entry(tag, from: entry)
            } else {
                next = record.entry(tag, from: record.next(entry))
            }
        }
        // An own event from before must not begin the silence again that has been ended.
        for (key, lastMs) in ended {
            withKey(key) { engine, key in
                engine.noteTime(
                    EntryTag(.ended, rule.idNumber), key, lastMs, &person, &output,
                    horizonMs: event.clockMs - rule.allowMs)
            }
        }
    }

    /// When the silence began that an exit ended last, for exactly the key at hand.
    func endedSilenceMs(_ rule: RuleProgram, _ person: PersonCursor) -> Milliseconds? {
        guard rule.isWatched, person.place != 0 else { return nil }
        let record = store.record(person.place)
        let tag = EntryTag(.ended, rule.idNumber)
        var next = record.entry(tag)
        while let entry = next {
            let ended = CancellerEntry(record: record, entry: entry)
            if InstanceKey.equals(ended.key, keyAtHand) { return ended.timeMs }
            next = record.entry(tag, from: record.next(entry))
        }
        return nil
    }

    private mutating func withKey(_ key: [UInt8], _ body: (inout PartitionEngine, Bytes) -> Void) {
        key.withUnsafeBytes { bytes in
            body(&self, Bytes(start: bytes.baseAddress ?? UnsafeRawPointer(scratch.key.start), count: bytes.count))
        }
    }

    /// What has fired already: recalled by an exit, undone by a canceller that should have come before.
    private mutating func judgeFirings(
        _ rule: RuleProgram, _ event: AppliedEvent, cancels: Bool, exits: Bool, _ person: inout PersonCursor,
        _ program: Program,
        _ context: StepContext, _ output: inout StepOutput
    ) {
        guard person.place != 0 else { return }
        var restarts: [Restart] = []
        let tag = EntryTag(.firing, rule.idNumber)
        var next = store.record(person.place).entry(tag)
        while let entry = next {
            let record = store.record(person.place)
            let firing = FiringEntry(record: record, entry: entry)
            next = record.entry(tag, from: record.next(entry))
            guard InstanceKey.matches(firing.key, keyAtHand) else { continue }
            let isUndoing = cancels && !firing.flags.contains(.isUndone) && undoesInTime(rule, firing, event, person)
            if (exits && event.timeMs >= firing.firstMs) || isUndoing {
                recall(rule, entry, event, &person, context, &output)
            }
            if isUndoing {
                if let restart = undo(rule, entry, event, &person) { restarts.append(restart) }
            }
        }
        // Afterwards: instances that begin or give way would move the firings about.
        for restart in restarts { begin(restart, rule, &person, program, context, &output) }
    }

    /// Whether a canceller that comes only now should have come before that firing.
    private func undoesInTime(
        _ rule: RuleProgram, _ firing: FiringEntry, _ event: AppliedEvent, _ person: PersonCursor
    ) -> Bool {
        switch rule.kind {
        // What came after the newest `since` is not known apart.
        case .total: false
        case .sequence, .count: event.timeMs >= firing.firstMs && event.timeMs < firing.dueMs
        default:
            rule.remembersAbsent
                ? undoes(rule, firing, event, person)
                : event.timeMs >= firing.firstMs && event.timeMs < firing.dueMs
        }
    }

    /// What a run that should not have fired goes on with.
    private struct Restart {
        let key: [UInt8]
        let lastMs: Milliseconds
        let ordinal: UInt8
        let collect: [UInt8]
    }

    /// Writes a cancel record, unless there is one, or nothing that could still be unsent.
    mutating func recall(
        _ rule: RuleProgram, _ entry: Int, _ event: AppliedEvent, _ person: inout PersonCursor, _ context: StepContext,
        _ output: inout StepOutput
    ) {
        let firing = FiringEntry(record: store.record(person.place), entry: entry)
        guard firing.flags.isDisjoint(with: [.isRecalled, .isSuppressed]), firing.fate == .open,
            event.clockMs < firing.expiresMs
        else { return }
        willChange(&person)
        firing.flags.insert(.isRecalled)
        output.counts.recalls += 1
        writeCancel(rule, firing, event, person, context, &output)
    }

    private mutating func undo(
        _ rule: RuleProgram, _ entry: Int, _ event: AppliedEvent, _ person: inout PersonCursor
    ) -> Restart? {
        willChange(&person)
        let firing = FiringEntry(record: store.record(person.place), entry: entry)
        firing.flags.insert(.isUndone)
        guard case .absence = rule.kind,
            rule.remembersAbsent ? firing.firstMs < firing.lastMs : event.timeMs < firing.lastMs
        else { return nil }
        return Restart(
            key: Array(firing.key.buffer), lastMs: firing.lastMs, ordinal: firing.nextOrdinal,
            collect: Array(firing.lastCollect))
    }

    private mutating func begin(
        _ restart: Restart, _ rule: RuleProgram, _ person: inout PersonCursor, _ program: Program,
        _ context: StepContext,
        _ output: inout StepOutput
    ) {
        withKey(restart.key) { engine, key in
            if engine.runningEntry(key, siblings: program, rule, person) != nil { return }
            if engine.isCancelled(rule, key, atMs: restart.lastMs, person) { return }
            engine.makeRoomForInstance(rule, &person, context, program, &output)
            engine.scratch.collect.removeAll()
            engine.scratch.collect.append(restart.collect)
            if !engine.store.hasRoom(person.place, RunningEntry.fixedBytes + key.count + restart.collect.count) {
                return
            }
            engine.addRunning(rule, key, firstMs: restart.lastMs, ordinal: restart.ordinal, &person)
        }
    }

    private func runningEntry(_ key: Bytes, siblings program: Program, _ rule: RuleProgram, _ person: PersonCursor)
        -> Int?
    {
        for sibling in rule.siblings {
            if let entry = program.rules.with(sibling, { runningEntry($0, key, person) }) { return entry }
        }
        return nil
    }

    /// Of each matching key the newest decision can be converted, by a goal at or after its due time.
    private mutating func convert(
        _ rule: RuleProgram, _ event: AppliedEvent, _ person: inout PersonCursor, _ context: StepContext,
        _ program: Program,
        _ output: inout StepOutput
    ) {
        guard person.place != 0 else { return }
        let tag = EntryTag(.firing, rule.idNumber)
        var next = store.record(person.place).entry(tag)
        while let entry = next {
            let record = store.record(person.place)
            let firing = FiringEntry(record: record, entry: entry)
            next = record.entry(tag, from: record.next(entry))
            guard firing.flags.isDisjoint(with: [.isSuppressed, .isConverted]), event.timeMs >= firing.dueMs,
                event.timeMs < firing.goalEndMs, InstanceKey.matches(firing.key, keyAtHand),
                newestDecision(rule, firing.key, person)?.entry == entry
            else { continue }
            willChange(&person)
            firing.flags.insert(.isConverted)
            output.counts.conversions += 1
            writeConverted(rule, firing, event, person, context, &output)
        }
    }

    /// Remembers the newest canceller of a key for as long as a start can still come late.
    private mutating func noteCanceller(
        _ rule: RuleProgram, _ event: AppliedEvent, _ person: inout PersonCursor, _ output: inout StepOutput
    ) {
        noteTime(
            EntryTag(.canceller, rule.idNumber), keyAtHand, event.timeMs, &person, &output,
            horizonMs: event.clockMs - rule.allowMs)
    }

    /// Keeps the newest time of a key; forgets those before the horizon and, at the bound, the oldest.
    mutating func noteTime(
        _ tag: EntryTag, _ key: Bytes, _ timeMs: Milliseconds, _ person: inout PersonCursor,
        _ output: inout StepOutput, horizonMs horizon: Milliseconds = .min
    ) {
        if timeMs < horizon { return }
        var known: Int?
        var oldest: (entry: Int, timeMs: Milliseconds)?
        var count = 0
        var next = person.place == 0 ? nil : store.record(person.place).entry(tag)
        while let entry = next {
            let record = store.record(person.place)
            let canceller = CancellerEntry(record: record, entry: entry)
            if InstanceKey.equals(canceller.key, key) {
                known = entry
            } else if canceller.timeMs < horizon {
                remove(&person, entry)
                next = store.record(person.place).entry(tag, from: entry)
                continue
            } else {
                count += 1
                if oldest.map({ canceller.timeMs < $0.timeMs }) ?? true { oldest = (entry, canceller.timeMs) }
            }
            next = record.entry(tag, from: record.next(entry))
        }
        if let known {
            let canceller = CancellerEntry(record: store.record(person.place), entry: known)
            if canceller.timeMs < timeMs {
                willChange(&person)
                canceller.timeMs = timeMs
            }
            return
        }
        if person.place != 0, !store.hasRoom(person.place, CancellerEntry.fixedBytes + key.count) {
            output.counts.note(.record)
            return
        }
        if count >= Self.rememberedKeysMax, let oldest {
            remove(&person, oldest.entry)
            output.counts.note(.cancellers)
        }
        let entry = append(&person, tag, payload: CancellerEntry.fixedBytes + key.count)
        CancellerEntry.write(store.record(person.place).payload(entry), key: key, timeMs: timeMs)
    }
}
