import BeckonModel

/// What starts instances and moves them.
extension PartitionEngine {
    /// Running instances, remembered firings and remembered cancellers of one rule and person.
    static let instancesMax = 25
    static let rememberedKeysMax = 25

    mutating func applyStart(
        _ action: RuleAction, _ event: AppliedEvent, _ person: inout PersonCursor, _ context: StepContext,
        _ program: Program,
        _ output: inout StepOutput
    ) {
        if action.countsByItself {
            applyProgress(action, event, &person, context, program, &output)
            return
        }
        guard passes(action.starts, event, person, program, &output) else { return }
        makeKey(action.keySlots, event)
        program.rules.with(action.rule) { start($0, action, event, &person, context, program, &output) }
    }

    @inline(__always)
    private mutating func start(
        _ rule: RuleProgram, _ action: RuleAction, _ event: AppliedEvent, _ person: inout PersonCursor,
        _ context: StepContext, _ program: Program, _ output: inout StepOutput
    ) {
        if case .event = rule.kind {
            fireAtOnce(rule, event, firstMs: event.timeMs, &person, context, program, &output)
            return
        }
        for sibling in action.siblings where collect(sibling, event, &person, program, &output) { return }
        if case .inactivity = rule.kind {
            startSilence(rule, event, &person, context, program, &output)
        } else {
            startAbsence(rule, action, event, &person, context, program, &output)
        }
    }

    /// The running instance of exactly that key and version.
    @inline(__always)
    func runningEntry(_ rule: RuleProgram, _ key: Bytes, _ person: PersonCursor) -> Int? {
        guard person.place != 0 else { return nil }
        let tag = EntryTag(.running, rule.versionNumber)
        let record = store.record(person.place)
        var next = record.entry(tag)
        while let entry = next {
            if InstanceKey.equals(RunningEntry(record: record, entry: entry).key, key) { return entry }
            next = record.entry(tag, from: record.next(entry))
        }
        return nil
    }

    /// Takes a start to the running instance of its key, where one runs.
    @inline(__always)
    private mutating func collect(
        _ rule: Int, _ event: AppliedEvent, _ person: inout PersonCursor, _ program: Program,
        _ output: inout StepOutput
    ) -> Bool {
        program.rules.with(rule) { rule in
            guard let entry = runningEntry(rule, keyAtHand, person) else { return false }
            collect(rule, entry, event, &person, &output)
            return true
        }
    }

    /// A start while the instance runs.
    @inline(__always)
    private mutating func collect(
        _ rule: RuleProgram, _ entry: Int, _ event: AppliedEvent, _ person: inout PersonCursor,
        _ output: inout StepOutput
    ) {
        let running = RunningEntry(record: store.record(person.place), entry: entry)
        // Of two starts at the same instant the first is the one whose instant it is.
        let isNewest = event.timeMs > running.lastMs
        if case .inactivity = rule.kind {
            guard event.timeMs >= running.lastMs else { return }
            if rule.collect.isEmpty {
                // The commonest change of all: a silence begins anew. Its timer is moved when it comes up.
                if event.timeMs == running.lastMs { return }
                willChange(&person)
                let moved = RunningEntry(record: store.record(person.place), entry: entry)
                moved.firstMs = event.timeMs
                moved.lastMs = event.timeMs
                return
            }
        } else if rule.collect.isEmpty {
            if event.timeMs > running.lastMs {
                willChange(&person)
                RunningEntry(record: store.record(person.place), entry: entry).lastMs = event.timeMs
            }
            return
        }
        gather(rule, entry, event, isNewest: isNewest, &person, &output)
    }

    private mutating func gather(
        _ rule: RuleProgram, _ entry: Int, _ event: AppliedEvent, isNewest: Bool, _ person: inout PersonCursor,
        _ output: inout StepOutput
    ) {
        let running = RunningEntry(record: store.record(person.place), entry: entry)
        let row = scratch.row(event.row)
        let texts = scratch.textRow(event.row)
        let bytes = running.collectBytes
        let whole = CollectState.count(rule.collect, bytes)
        scratch.collect.removeAll()
        output.counts.foldSkips += CollectState.append(
            rule.collect, previous: UnsafeRawBufferPointer(rebasing: bytes[..<whole]), timeMs: event.timeMs,
            values: row, texts: texts,
            to: &scratch.collect)
        var isSilence = false
        if case .inactivity = rule.kind { isSilence = true }
        var hasLast = running.hasLast
        if isNewest, !isSilence {
            _ = CollectState.append(
                rule.collect, previous: nil, timeMs: event.timeMs, values: row, texts: texts, to: &scratch.collect)
            hasLast = true
        } else if running.hasLast {
            let last = UnsafeRawBufferPointer(rebasing: bytes[whole...])
            scratch.collect.append(last.baseAddress!, count: last.count)
        } else if !isNewest, !isSilence {
            // A late start joins: what the last start alone had brought is what was there.
            scratch.collect.append(bytes.baseAddress!, count: whole)
            hasLast = true
        }
        let lastMs = isNewest ? event.timeMs : running.lastMs
        replace(rule, entry, firstMs: isSilence ? lastMs : running.firstMs, lastMs: lastMs, hasLast: hasLast, &person)
    }

    private mutating func startAbsence(
        _ rule: RuleProgram, _ action: RuleAction, _ event: AppliedEvent, _ person: inout PersonCursor,
        _ context: StepContext,
        _ program: Program, _ output: inout StepOutput
    ) {
        if isCancelled(rule, keyAtHand, atMs: event.timeMs, person) { return }
        if let newest = newestFiring(rule, keyAtHand, person), event.timeMs < newest.dueMs { return }
        if isForbidden(rule, atMs: event.timeMs, person) {
            let dueMs = rule.dueMs(firstMs: event.timeMs, lastMs: event.timeMs)
            suppress(rule, .reentry, event: event, dueMs: dueMs, person, context, &output)
            return
        }
        begin(rule, event, &person, context, program, &output)
    }

    /// Whether a canceller at or after `atMs` is remembered for a matching key.
    func isCancelled(_ rule: RuleProgram, _ key: Bytes, atMs: Milliseconds, _ person: PersonCursor) -> Bool {
        guard person.place != 0 else { return false }
        if rule.remembersAbsent { return isFollowed(rule, key, startMs: atMs, dueMs: .max, person) }
        let record = store.record(person.place)
        let tag = EntryTag(.canceller, rule.idNumber)
        var next = record.entry(tag)
        while let entry = next {
            let canceller = CancellerEntry(record: record, entry: entry)
            if canceller.timeMs >= atMs, InstanceKey.matches(canceller.key, key) { return true }
            next = record.entry(tag, from: record.next(entry))
        }
        return false
    }

    /// The first event of a silence, or one that breaks a silence which has fired.
    private mutating func startSilence(
        _ rule: RuleProgram, _ event: AppliedEvent, _ person: inout PersonCursor, _ context: StepContext,
        _ program: Program,
        _ output: inout StepOutput
    ) {
        if let endedMs = endedSilenceMs(rule, person), event.timeMs <= endedMs { return }
        if let newest = newestFiring(rule, keyAtHand, person) {
            if event.timeMs <= newest.lastMs { return }
            if event.timeMs < newest.dueMs {
                recall(rule, newest.entry, event, &person, context, &output)
                willChange(&person)
                FiringEntry(record: store.record(person.place), entry: newest.entry).flags.insert(.isUndone)
            }
        }
        begin(rule, event, &person, context, program, &output)
    }

    private mutating func begin(
        _ rule: RuleProgram, _ event: AppliedEvent, _ person: inout PersonCursor, _ context: StepContext,
        _ program: Program,
        _ output: inout StepOutput
    ) {
        makeRoomForInstance(rule, &person, context, program, &output)
        scratch.collect.removeAll()
        output.counts.foldSkips += CollectState.append(
            rule.collect, previous: nil, timeMs: event.timeMs, values: scratch.row(event.row),
            texts: scratch.textRow(event.row),
            to: &scratch.collect)
        if person.place != 0,
            !store.hasRoom(person.place, RunningEntry.fixedBytes + scratch.key.count + scratch.collect.count)
        {
            let dueMs = rule.dueMs(firstMs: event.timeMs, lastMs: event.timeMs)
            suppress(rule, .instanceLimit, event: event, dueMs: dueMs, person, context, &output)
            return
        }
        addRunning(rule, keyAtHand, firstMs: event.timeMs, ordinal: 0, &person)
    }

    /// Adds a running instance with what `scratch.collect` holds.
    mutating func addRunning(
        _ rule: RuleProgram, _ key: Bytes, firstMs: Milliseconds, ordinal: UInt8, _ person: inout PersonCursor
    ) {
        let count = RunningEntry.fixedBytes + key.count + scratch.collect.count
        let entry = append(&person, EntryTag(.running, rule.versionNumber), payload: count)
        RunningEntry.write(
            store.record(person.place).payload(entry), key: key, firstMs: firstMs, lastMs: firstMs, ordinal: ordinal,
            collect: scratch.collect.buffer)
        runningCounts[rule.versionNumber] += 1
        index(person, judgedMs: rule.dueMs(firstMs: firstMs, lastMs: firstMs) + rule.waitMs)
    }

    /// At the bound the instance with the oldest first start ends.
    mutating func makeRoomForInstance(
        _ rule: RuleProgram, _ person: inout PersonCursor, _ context: StepContext, _ program: Program,
        _ output: inout StepOutput
    ) {
        if person.place == 0 || rule.keySlots.isEmpty { return }
        var count = 0
        var oldest: (entry: Int, rule: RuleProgram, firstMs: Milliseconds)?
        let record = store.record(person.place)
        for place in rule.siblings {
            let sibling = program.rules[place]
            let tag = EntryTag(.running, sibling.versionNumber)
            var next = record.entry(tag)
            while let entry = next {
                let running = RunningEntry(record: record, entry: entry)
                count += 1
                if oldest.map({ running.firstMs < $0.firstMs }) ?? true { oldest = (entry, sibling, running.firstMs) }
                next = record.entry(tag, from: record.next(entry))
            }
        }
        guard count >= Self.instancesMax, let oldest else { return }
        let running = RunningEntry(record: record, entry: oldest.entry)
        suppress(
            oldest.rule, .instanceLimit, key: running.key, cause: .timer, ordinal: running.ordinal,
            dueMs: oldest.rule.dueMs(firstMs: running.firstMs, lastMs: running.lastMs), eventMs: running.lastMs, person,
            context, &output)
        end(oldest.rule, oldest.entry, &person)
    }

    /// The newest firing of exactly that key that counts, suppressed ones included.
    func newestFiring(_ rule: RuleProgram, _ key: Bytes, _ person: PersonCursor) -> FiringEntry? {
        newestFiring(rule, key, person) { !$0.flags.contains(.isUndone) }
    }

    /// The newest firing of exactly that key that gave a decision, recalled or not, of which a message may have gone out.
    func newestDecision(_ rule: RuleProgram, _ key: Bytes, _ person: PersonCursor) -> FiringEntry? {
        newestFiring(rule, key, person) { !$0.flags.contains(.isSuppressed) && $0.fate != .unsent }
    }

    private func newestFiring(
        _ rule: RuleProgram, _ key: Bytes, _ person: PersonCursor, _ counts: (FiringEntry) -> Bool
    ) -> FiringEntry? {
        guard person.place != 0 else { return nil }
        let record = store.record(person.place)
        let tag = EntryTag(.firing, rule.idNumber)
        var newest: FiringEntry?
        var next = record.entry(tag)
        while let entry = next {
            let firing = FiringEntry(record: record, entry: entry)
            if counts(firing), InstanceKey.equals(firing.key, key),
                newest.map({ firing.dueMs >= $0.dueMs }) ?? true
            {
                newest = firing
            }
            next = record.entry(tag, from: record.next(entry))
        }
        return newest
    }

    /// Whether `reentry` forbids a start at that time for the key.
    func isForbidden(_ rule: RuleProgram, _ key: Bytes? = nil, atMs: Milliseconds, _ person: PersonCursor) -> Bool {
        if rule.reentry == .always { return false }
        guard
            let newest = newestFiring(
                rule, key ?? keyAtHand, person, { $0.flags.isDisjoint(with: [.isUndone, .isSuppressed]) })
        else {
            return false
        }
        if case .after(let pauseMs) = rule.reentry { return atMs < newest.dueMs + pauseMs }
        return true
    }
}
