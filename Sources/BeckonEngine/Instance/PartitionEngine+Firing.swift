import BeckonModel

/// What caused a decision: part of its id.
enum FiringCause {
    case event(AppliedEvent)
    case timer
}

extension PartitionEngine {
    /// A trigger that fires with an event: no instance, no timer.
    /// - Parameter firstMs: since when an exit or canceller belongs to it.
    mutating func fireAtOnce(
        _ rule: RuleProgram, _ event: AppliedEvent, firstMs: Milliseconds, _ person: inout PersonCursor,
        _ context: StepContext,
        _ program: Program,
        _ output: inout StepOutput
    ) {
        if isForbidden(rule, atMs: event.timeMs, person) {
            suppress(rule, .reentry, event: event, dueMs: event.timeMs, person, context, &output)
            return
        }
        let row = scratch.row(event.row)
        let firing = Firing(firstMs: firstMs, lastMs: event.timeMs, dueMs: event.timeMs)
        judge(
            rule, firing, key: keyAtHand, cause: .event(event), row: row, lastCollect: nil, &person, context, program,
            &output)
    }

    /// A running instance whose due time has come.
    mutating func fire(
        _ rule: RuleProgram, _ entry: Int, _ person: inout PersonCursor, _ context: StepContext, _ program: Program,
        _ output: inout StepOutput
    ) {
        let record = store.record(person.place)
        let running = RunningEntry(record: record, entry: entry)
        let firing = Firing(
            firstMs: running.firstMs, lastMs: running.lastMs,
            dueMs: rule.dueMs(firstMs: running.firstMs, lastMs: running.lastMs),
            ordinal: running.ordinal)
        scratch.key.removeAll()
        scratch.key.append(running.key)
        scratch.collect.removeAll()
        if let base = running.collectBytes.baseAddress {
            scratch.collect.append(base, count: running.collectBytes.count)
        }
        let hasLast = running.hasLast
        end(rule, entry, &person)

        let row = scratch.timerRow
        row[program.layout.now] = .instant(firing.dueMs)
        if rule.readsItems { loadKey(rule, into: row) }
        let whole = CollectState.count(rule.collect, scratch.collect.buffer)
        CollectState.load(rule.collect, scratch.collect.buffer, into: row + program.layout.instance(0))
        let last = hasLast ? UnsafeRawBufferPointer(rebasing: scratch.collect.buffer[whole...]) : scratch.collect.buffer
        if case .inactivity = rule.kind, isForbidden(rule, atMs: firing.dueMs, person) {
            suppress(
                rule, .reentry, key: keyAtHand, cause: .timer, ordinal: firing.ordinal, dueMs: firing.dueMs,
                eventMs: firing.lastMs, person,
                context, &output)
            remember(rule, firing, .timer, flags: .isSuppressed, lastCollect: last, &person, context, &output)
            return
        }
        judge(
            rule, firing, key: keyAtHand, cause: .timer, row: row, lastCollect: last, &person, context, program, &output
        )
    }

    /// Collections are seen by the key of the instance.
    private func loadKey(_ rule: RuleProgram, into row: UnsafeMutablePointer<Value>) {
        var at = 0
        for slot in rule.keySlots {
            let part = InstanceKey.nextPart(keyAtHand, &at)
            row[slot] = part.map { .string($0) } ?? .missing
            if let part { scratch.textRow(of: row)[slot] = part }
        }
    }

    /// Lateness, then `if`, then the decision.
    private mutating func judge(
        _ rule: RuleProgram, _ firing: Firing, key: Bytes, cause: FiringCause, row: UnsafeMutablePointer<Value>,
        lastCollect: UnsafeRawBufferPointer?, _ person: inout PersonCursor, _ context: StepContext, _ program: Program,
        _ output: inout StepOutput
    ) {
        var reason: SuppressionReason?
        if let most = rule.latenessMaxMs, context.step.wallMs - firing.dueMs > most {
            reason = .late
        } else if let condition = rule.condition, !isTrue(condition, row, person, atMs: firing.dueMs, program, &output)
        {
            reason = .condition
        }
        if let reason {
            suppress(
                rule, reason, key: key, cause: cause, ordinal: firing.ordinal, dueMs: firing.dueMs,
                eventMs: firing.lastMs, person, context,
                &output)
            if case .timer = cause {
                remember(rule, firing, cause, flags: .isSuppressed, lastCollect: lastCollect, &person, context, &output)
            }
            return
        }
        var firing = firing
        firing.decision = decisionId(rule, key, cause, firing.dueMs, ordinal: firing.ordinal, person)
        firing.expiresMs = firing.dueMs + rule.rule.expiresMs
        if let goal = rule.rule.goal { firing.goalEndMs = firing.dueMs + goal.withinMs }
        writeDecision(rule, firing, key, cause, row, person, context, program, &output)
        if !rule.remembersFirings { return }
        remember(rule, firing, cause, flags: [], lastCollect: lastCollect, &person, context, &output)
    }

    /// Keeps a firing for what may still refer to it, and forgets those to which nothing can.
    private mutating func remember(
        _ rule: RuleProgram, _ firing: Firing, _ cause: FiringCause, flags: FiringEntry.Flags,
        lastCollect: UnsafeRawBufferPointer?,
        _ person: inout PersonCursor, _ context: StepContext, _ output: inout StepOutput
    ) {
        willChange(&person)
        // A timer has waited for the clock; an event may be ahead of it.
        let clockMs =
            if case .event(let event) = cause { event.clockMs } else { max(context.nowBeforeMs, firing.dueMs) }
        forgetFirings(rule, atMs: clockMs, isDecision: !flags.contains(.isSuppressed), &person, &output)
        var firing = firing
        firing.flags = flags
        let last = firing.lastMs > firing.firstMs ? lastCollect : nil
        let bytes = last ?? UnsafeRawBufferPointer(start: nil, count: 0)
        let count = FiringEntry.fixedBytes + scratch.key.count + bytes.count
        guard store.hasRoom(person.place, count) else { return }
        let entry = append(&person, EntryTag(.firing, rule.idNumber), payload: count)
        firing.write(store.record(person.place).payload(entry), key: keyAtHand, lastCollect: bytes)
    }

    /// Drops firings that can no longer be recalled, converted, judged late or forbid a start. At the bound one more: the
    /// oldest of those that are not their key's newest decision, else the oldest of all.
    private mutating func forgetFirings(
        _ rule: RuleProgram, atMs clockMs: Milliseconds, isDecision: Bool, _ person: inout PersonCursor,
        _ output: inout StepOutput
    ) {
        let tag = EntryTag(.firing, rule.idNumber)
        var count = 0
        var next = store.record(person.place).entry(tag)
        while let entry = next {
            let record = store.record(person.place)
            if clockMs > keptThrough(rule, FiringEntry(record: record, entry: entry)) {
                remove(&person, entry)
                next = store.record(person.place).entry(tag, from: entry)
            } else {
                count += 1
                next = record.entry(tag, from: record.next(entry))
            }
        }
        if count >= Self.rememberedKeysMax, let oldest = dispensableFiring(tag, isDecision, person) {
            remove(&person, oldest)
            output.counts.note(.firings)
        }
    }

    /// - Parameter isDecision: what is to be added is one, and supersedes those of its key.
    private func dispensableFiring(_ tag: EntryTag, _ isDecision: Bool, _ person: PersonCursor) -> Int? {
        let record = store.record(person.place)
        var firings: [(entry: Int, firing: FiringEntry)] = []
        var next = record.entry(tag)
        while let entry = next {
            firings.append((entry, FiringEntry(record: record, entry: entry)))
            next = record.entry(tag, from: record.next(entry))
        }
        let superseded = firings.indices.filter { place in
            let firing = firings[place].firing
            return firing.flags.contains(.isSuppressed) || (isDecision && InstanceKey.equals(firing.key, keyAtHand))
                || firings[(place + 1)...].contains {
                    !$0.firing.flags.contains(.isSuppressed) && InstanceKey.equals($0.firing.key, firing.key)
                }
        }
        let candidates = superseded.isEmpty ? Array(firings.indices) : superseded
        return candidates.min { firings[$0].firing.dueMs < firings[$1].firing.dueMs }.map { firings[$0].entry }
    }

    private func keptThrough(_ rule: RuleProgram, _ firing: FiringEntry) -> Milliseconds {
        let allowMs = rule.allowMs
        var through = max(firing.dueMs + allowMs, firing.expiresMs, firing.goalEndMs + allowMs)
        switch rule.reentry {
        case .always: break
        case .once: if !firing.flags.contains(.isSuppressed) { through = .max }
        case .after(let pauseMs):
            if !firing.flags.contains(.isSuppressed) { through = max(through, firing.dueMs + pauseMs + allowMs) }
        }
        return through
    }
}
