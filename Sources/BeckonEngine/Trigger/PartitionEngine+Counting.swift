import BeckonModel
import CXXHash

/// Counts in a window, and running totals.
extension PartitionEngine {
    /// Sessions without an id end with so long a gap.
    static let sessionGapMs: Milliseconds = 30 * 60_000

    /// Counts an event for the key at hand in the window that ends with the newest; returns the time of the window's oldest
    /// entry when the count has gone from below the number to it.
    mutating func count(
        _ rule: RuleProgram, _ counting: CountProgram, _ event: AppliedEvent, _ person: inout PersonCursor,
        _ program: Program, _ output: inout StepOutput
    ) -> Milliseconds? {
        guard let hash = distinctHash(counting, event, &output),
            !isCancelled(rule, keyAtHand, atMs: event.timeMs, person)
        else { return nil }
        let known = progressEntry(rule, person)
        var entries: [CountEntry] = []
        var newestMs = event.timeMs
        if let known {
            let progress = ProgressEntry(record: store.record(person.place), entry: known)
            CountEntry.load(progress, counting.distinct, into: &entries)
            newestMs = max(newestMs, progress.newestMs)
        }
        let beforeMs = self.beforeMs(counting.window, endingMs: newestMs, person, program)
        if event.timeMs <= beforeMs { return nil }
        entries.removeAll { $0.timeMs <= beforeMs }
        let before = entries.count
        Self.take(event.timeMs, hash, counting.distinct, into: &entries)
        let after = entries.count
        if entries.count > counting.entriesMax {
            // What settles the number is not lost; a session may be.
            if counting.distinct == .session { output.counts.note(.sessions) }
            entries.remove(at: entries.indices.min { entries[$0].timeMs < entries[$1].timeMs }!)
        }
        keep(entries, counting.distinct, known, rule, newestMs: newestMs, &person, &output)
        guard before < counting.atLeast, after >= counting.atLeast else { return nil }
        return entries.map(\.timeMs).min()
    }

    /// nil where the event has nothing to tell apart.
    private func distinctHash(_ counting: CountProgram, _ event: AppliedEvent, _ output: inout StepOutput) -> UInt64? {
        if counting.distinct == .none { return 0 }
        let value = scratch.row(event.row)[counting.slot]
        let text = scratch.textRow(event.row)[counting.slot]
        if counting.distinct == .session {
            switch value {
            case .string, .double, .bool: return max(1, beckon_hash64(text.start, text.count, 1))
            default: return 0
            }
        }
        let hash = DistinctValue.hash(value)
        if hash == nil, case .json = value { output.counts.foldSkips += 1 }
        return hash
    }

    private static func take(
        _ timeMs: Milliseconds, _ hash: UInt64, _ distinct: CountProgram.Distinct, into entries: inout [CountEntry]
    ) {
        switch distinct {
        case .none: entries.append(CountEntry(timeMs: timeMs))
        case .values:
            if let known = entries.firstIndex(where: { $0.hash == hash }) {
                entries[known].timeMs = max(entries[known].timeMs, timeMs)
            } else {
                entries.append(CountEntry(timeMs: timeMs, hash: hash))
            }
        case .session:
            // Those that the event belongs to become one: of sessions without an id it may close the gap between two.
            var session = CountEntry(timeMs: timeMs, hash: hash, lastMs: timeMs)
            entries.removeAll { entry in
                guard entry.hash == hash,
                    hash != 0 || (timeMs - entry.lastMs < sessionGapMs && entry.timeMs - timeMs < sessionGapMs)
                else { return false }
                session.timeMs = min(session.timeMs, entry.timeMs)
                session.lastMs = max(session.lastMs, entry.lastMs)
                return true
            }
            entries.append(session)
        }
    }

    private mutating func keep(
        _ entries: [CountEntry], _ distinct: CountProgram.Distinct, _ known: Int?, _ rule: RuleProgram,
        newestMs: Milliseconds, _ person: inout PersonCursor, _ output: inout StepOutput
    ) {
        let count = entries.count * CountEntry.bytes(distinct)
        var entry = known
        if let known {
            let payload = ProgressEntry.fixedBytes + keyAtHand.count + count
            if payload > store.record(person.place).payloadLength(known), !store.hasRoom(person.place, payload) {
                output.counts.note(.record)
                return
            }
            resize(&person, known, payload: payload)
        } else {
            entry = addProgress(rule, body: count, newestMs: newestMs, &person, &output)
        }
        guard let entry else { return }
        let progress = ProgressEntry(record: store.record(person.place), entry: entry)
        progress.newestMs = newestMs
        CountEntry.store(entries, distinct, into: progress)
    }

    /// What came at or before the emptying event goes; a session that went on after it counts from its last event. Returns
    /// whether nothing is left.
    mutating func empty(
        _ counting: CountProgram, _ progress: ProgressEntry, _ timeMs: Milliseconds, _ person: inout PersonCursor
    ) -> Bool {
        var entries: [CountEntry] = []
        CountEntry.load(progress, counting.distinct, into: &entries)
        guard entries.contains(where: { $0.timeMs <= timeMs }) else { return entries.isEmpty }
        entries.removeAll { max($0.timeMs, $0.lastMs) <= timeMs }
        for place in entries.indices where entries[place].timeMs <= timeMs {
            entries[place].timeMs = entries[place].lastMs
        }
        if entries.isEmpty { return true }
        willChange(&person)
        let count =
            progress.bodyStart - progress.entry - PersonRecord.entryHeaderBytes
            + entries.count * CountEntry.bytes(counting.distinct)
        resize(&person, progress.entry, payload: count)
        CountEntry.store(
            entries, counting.distinct,
            into: ProgressEntry(record: store.record(person.place), entry: progress.entry))
        return false
    }

    /// Adds to the total of the key at hand; returns the event's time when the total has come from below the number to it.
    mutating func addToTotal(
        _ rule: RuleProgram, reaches: Int64, slot: Int, _ event: AppliedEvent, _ person: inout PersonCursor,
        _ output: inout StepOutput
    ) -> Milliseconds? {
        switch scratch.row(event.row)[slot] {
        case .missing, .null: return nil
        case .double: break
        default:
            output.counts.foldSkips += 1
            return nil
        }
        guard let amount = Decimal.parse(scratch.textRow(event.row)[slot]) else {
            output.counts.foldSkips += 1
            return nil
        }
        if isCancelled(rule, keyAtHand, atMs: event.timeMs, person) { return nil }
        guard
            let entry = progressEntry(rule, person)
                ?? addProgress(rule, body: 8, newestMs: event.timeMs, &person, &output)
        else { return nil }
        willChange(&person)
        let progress = ProgressEntry(record: store.record(person.place), entry: entry)
        let total = progress.record.base + progress.bodyStart
        let before = total.loadUnaligned(as: Int64.self)
        let after = Decimal.add(before, amount)
        total.storeBytes(of: after, as: Int64.self)
        progress.newestMs = max(progress.newestMs, event.timeMs)
        return before < reaches && after >= reaches ? event.timeMs : nil
    }
}

/// Values told apart by a hash of 64 bits: texts by their bytes, numbers by what they are worth.
enum DistinctValue {
    /// nil for what is no text, number or boolean.
    static func hash(_ value: Value) -> UInt64? {
        switch value {
        case .string(let text): return beckon_hash64(text.start, text.count, 1)
        case .double(let number):
            var bits = number.bitPattern
            return beckon_hash64(&bits, 8, 2)
        case .bool(let flag):
            var byte: UInt8 = flag ? 1 : 0
            return beckon_hash64(&byte, 1, 3)
        default: return nil
        }
    }
}
