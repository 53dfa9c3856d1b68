import BeckonModel
import CMemory

/// What became of decisions: it closes the firings that are remembered of them.
extension PartitionEngine {
    /// Before all other records of the step, in the order of their offsets: they have no time, and wait for nobody's.
    mutating func applyOutcomes(
        _ batch: borrowing RecordBatch, _ context: StepContext, _ output: inout StepOutput
    ) {
        guard let outcomesInput else { return }
        var start = 0
        for range in context.step.ranges {
            if range.input == outcomesInput {
                let records = UnsafeBufferPointer(rebasing: batch.records[start..<start + range.count])
                apply(records, outcomesInput, context, &output)
            }
            start += range.count
        }
    }

    /// In groups as events are, so that the cache misses of a group overlap.
    private mutating func apply(
        _ records: UnsafeBufferPointer<InputRecord>, _ input: Int, _ context: StepContext, _ output: inout StepOutput
    ) {
        let hashes = scratch.outcomeHashes
        let nowhere = UnsafeRawPointer(hashes)
        var start = 0
        while start < records.count {
            let count = min(Scratch.groupMax, records.count - start)
            for row in 0..<count {
                let record = records[start + row]
                hashes[row] = store.hash(Bytes(start: record.key ?? nowhere, count: Int(record.keyCount)))
                store.prefetchSlot(hashes[row])
            }
            for row in 0..<count { store.prefetchRecord(hashes[row]) }
            for row in 0..<count {
                let record = records[start + row]
                if let mark = output.mark { beckon_mark_set(mark, Int32(truncatingIfNeeded: input), record.offset) }
                let outcome = context.skips(input, record.offset) ? DecodedOutcome(.poison) : decode(record)
                apply(outcome, record, of: input, hashes[row], &output)
            }
            scratch.outcomeDecoder.removeAll()
            start += count
        }
    }

    private mutating func apply(
        _ outcome: DecodedOutcome, _ record: InputRecord, of input: Int, _ hash: UInt32, _ output: inout StepOutput
    ) {
        if let reason = outcome.rejection {
            writeDeadLetter(record, of: input, reason, &output)
            return
        }
        #if DEBUG
            Self.plantedCrash(record)
        #endif
        output.counts.note(outcome.type)
        guard let decision = outcome.decision else { return }
        let id = Bytes(start: record.key!, count: Int(record.keyCount))
        guard let place = store.find(id, hash), !hasSeenStep(store.record(place)),
            let firing = Self.firing(of: decision, store.record(place)), firing.fate.rawValue < outcome.fate.rawValue
        else { return }
        var person = PersonCursor(id: id, hash: hash, place: place)
        willChange(&person)
        firing.fate = outcome.fate
        didChange(person)
    }

    private func decode(_ record: InputRecord) -> DecodedOutcome {
        if record.value == nil { return DecodedOutcome(.tombstone) }
        if !PersonID.isValid(record.key, Int(record.keyCount)) { return DecodedOutcome(.key) }
        return scratch.outcomeDecoder.decode(record.value, count: Int(record.valueCount))
    }

    /// Whatever rule it is of: an id is given out once.
    private static func firing(of decision: ContentHash, _ record: PersonRecord) -> FiringEntry? {
        var entry = record.entriesStart
        let end = record.length
        while entry < end {
            if record.tag(entry).kind == .firing {
                let firing = FiringEntry(record: record, entry: entry)
                if firing.decision == decision, !firing.flags.contains(.isSuppressed) { return firing }
            }
            entry = record.next(entry)
        }
        return nil
    }
}
