import BeckonModel

extension PartitionEngine {
    /// A person's own timers, due through a time that her own event has proved, in the order (due, rule, key).
    mutating func fireOwnTimers(
        _ person: inout PersonCursor, through limitMs: Milliseconds, _ context: StepContext, _ program: Program,
        _ output: inout StepOutput
    ) {
        while let next = earliestRunning(person, program, { due, _ in due <= limitMs ? due : nil }) {
            program.rules.with(next.rule) { fire($0, next.entry, &person, context, program, &output) }
            output.counts.timersFired += 1
        }
    }

    /// The running instance that comes first in the order (rank, rule, key), among those to which `rank` gives one, by their due
    /// time and their rule's wait; with its rule's place.
    @inline(__always)
    private func earliestRunning(
        _ person: PersonCursor, _ program: Program,
        _ rank: (_ dueMs: Milliseconds, _ waitMs: Milliseconds) -> Milliseconds?
    ) -> (rule: Int, entry: Int)? {
        let record = store.record(person.place)
        var best: (place: Int, entry: Int, rank: Milliseconds)?
        var entry = record.entriesStart
        let end = record.length
        while entry < end {
            defer { entry = record.next(entry) }
            let tag = record.tag(entry)
            guard tag.kind == .running, let place = program.ruleOfVersion[tag.number] else { continue }
            let running = RunningEntry(record: record, entry: entry)
            let (dueMs, waitMs) = program.rules.with(place) {
                ($0.dueMs(firstMs: running.firstMs, lastMs: running.lastMs), $0.waitMs)
            }
            guard let rank = rank(dueMs, waitMs) else { continue }
            if let known = best {
                if rank > known.rank { continue }
                if rank == known.rank {
                    if place > known.place { continue }
                    if place == known.place,
                        compareBytes(running.key, RunningEntry(record: record, entry: known.entry).key) >= 0
                    {
                        continue
                    }
                }
            }
            best = (place, entry, rank)
        }
        return best.map { ($0.place, $0.entry) }
    }

    /// When the first of a person's timers is judged: due time and the rule's wait. nil where she has none.
    static func nextJudgedMs(_ record: PersonRecord, _ program: Program) -> Milliseconds? {
        var next: Milliseconds?
        var entry = record.entriesStart
        let end = record.length
        while entry < end {
            let tag = record.tag(entry)
            if tag.kind == .running, let place = program.ruleOfVersion[tag.number] {
                let running = RunningEntry(record: record, entry: entry)
                let judged = program.rules.with(place) {
                    $0.dueMs(firstMs: running.firstMs, lastMs: running.lastMs) + $0.waitMs
                }
                next = min(next ?? judged, judged)
            }
            entry = record.next(entry)
        }
        return next
    }

    /// The other timers, due by the clock, in the order (due, person), as far as the step's limit goes.
    mutating func fireDueTimers(_ context: StepContext, _ program: Program, _ output: inout StepOutput) {
        gatherDue(throughMs: nowMs)
        var budget = Int.max
        var last: TimerCutoff?
        if case .budget(let most) = context.step.timers { budget = most }
        if case .upTo(let cutoff?) = context.step.timers { last = cutoff }
        var seenAlready: [ScheduledTimers.Entry] = []
        var fired: TimerCutoff?

        while let entry = firstDue() {
            guard let record = validRecord(entry) else {
                removeFirstDue()
                continue
            }
            if let last, isBehind(entry, record, last) { break }
            if budget <= 0 {
                output.cutoff = fired
                break
            }
            removeFirstDue()
            if hasSeenStep(record) {
                seenAlready.append(entry)
                continue
            }
            record.indexedDueMs = 0
            guard let next = Self.nextJudgedMs(record, program) else { continue }
            if next > entry.dueMs {
                reindex(entry.place, next)
                continue
            }
            // The record may move while its timers fire: the id must stay readable.
            let id = Array(record.id.buffer)
            let count = fireAll(entry, id, context, program, &output)
            budget -= count
            if budget <= 0 { fired = TimerCutoff(dueMs: entry.dueMs, person: id) }
            output.counts.timersFired += count
        }
        for entry in seenAlready { timers.schedule(dueMs: entry.dueMs, place: entry.place) }
    }

    /// All timers of one person that are judged at the same time.
    private mutating func fireAll(
        _ entry: ScheduledTimers.Entry, _ id: [UInt8], _ context: StepContext, _ program: Program,
        _ output: inout StepOutput
    ) -> Int {
        id.withUnsafeBytes { bytes in
            let id = Bytes(start: bytes.baseAddress!, count: bytes.count)
            var person = PersonCursor(id: id, hash: store.hash(id), place: entry.place)
            var count = 0
            while let next = earliestRunning(
                person, program, { due, wait in due + wait <= entry.dueMs ? due + wait : nil })
            {
                program.rules.with(next.rule) { fire($0, next.entry, &person, context, program, &output) }
                count += 1
            }
            didChange(person)
            if let next = Self.nextJudgedMs(store.record(person.place), program) { reindex(person.place, next) }
            return count
        }
    }

    private mutating func reindex(_ place: RecordPlace, _ judgedMs: Milliseconds) {
        let record = store.record(place)
        if record.indexedDueMs != 0, record.indexedDueMs <= judgedMs { return }
        record.indexedDueMs = judgedMs
        if judgedMs <= nowMs {
            addDue(ScheduledTimers.Entry(dueMs: judgedMs, place: place))
        } else {
            timers.schedule(dueMs: judgedMs, place: place)
        }
    }

    /// nil where the entry is stale: the record moved, or is known by another time.
    private func validRecord(_ entry: ScheduledTimers.Entry) -> PersonRecord? {
        guard let record = store.recordIfInUse(entry.place), record.indexedDueMs == entry.dueMs else { return nil }
        return record
    }

    private func isBehind(_ entry: ScheduledTimers.Entry, _ record: PersonRecord, _ cutoff: TimerCutoff) -> Bool {
        if entry.dueMs != cutoff.dueMs { return entry.dueMs > cutoff.dueMs }
        return cutoff.person.withUnsafeBytes {
            compareBytes(record.id, Bytes(start: $0.baseAddress!, count: $0.count)) > 0
        }
    }

    private mutating func gatherDue(throughMs nowMs: Milliseconds) {
        var entries: [ScheduledTimers.Entry] = []
        timers.advance(to: nowMs) { entries.append($0) }
        entries.removeAll { validRecord($0) == nil }
        due.add(entries) { precedes($0, $1) }
    }

    private func firstDue() -> ScheduledTimers.Entry? { due.first { precedes($0, $1) } }
    private func removeFirstDue() { due.removeFirst { precedes($0, $1) } }
    private func addDue(_ entry: ScheduledTimers.Entry) { due.add(entry) { precedes($0, $1) } }

    func precedes(_ left: ScheduledTimers.Entry, _ right: ScheduledTimers.Entry) -> Bool {
        if left.dueMs != right.dueMs { return left.dueMs < right.dueMs }
        return compareBytes(store.record(left.place).id, store.record(right.place).id) < 0
    }
}
