import BeckonModel
import CMemory

extension PartitionEngine {
    /// Records in groups of 32, three passes each: decode and ask for the person's slot; ask for her record; apply. So the
    /// cache misses of a group overlap.
    mutating func applyRecords(
        _ batch: borrowing RecordBatch, _ context: StepContext, _ program: Program, _ output: inout StepOutput
    ) {
        if context.step.ranges.isEmpty { return }
        scratch.earliestOwnDueMs = earliestDueMs.map { $0 - program.waitMsMax } ?? .max
        var merge = RecordMerge(context.step, batch.records)
        let group = scratch.group
        let decoder = scratch.decoder!
        let nowhere = UnsafeRawPointer(scratch.values)
        let mark = output.mark
        while true {
            var count = 0
            while count < Scratch.groupMax, let next = merge.next() {
                if let mark { beckon_mark_set(mark, Int32(truncatingIfNeeded: next.input), next.record.offset) }
                let decoded =
                    context.skips(next.input, next.record.offset)
                    ? DecodedEvent(.poison) : decode(next.record, count, decoder)
                let hash = store.hash(Bytes(start: next.record.key ?? nowhere, count: Int(next.record.keyCount)))
                store.prefetchSlot(hash)
                group[count] = GroupedRecord(
                    record: next.record, input: next.input, decoded: decoded, hash: hash, keyMs: next.keyMs)
                count += 1
            }
            if count == 0 { break }
            for row in 0..<count where group[row].decoded.rejection == nil { store.prefetchRecord(group[row].hash) }
            for row in 0..<count {
                if let mark {
                    beckon_mark_set(mark, Int32(truncatingIfNeeded: group[row].input), group[row].record.offset)
                }
                apply(group[row], row, context, program, &output)
            }
            decoder.removeAll()
        }
        if let mark { beckon_mark_set(mark, -1, 0) }
    }

    @inline(__always)
    private func decode(_ record: InputRecord, _ row: Int, _ decoder: EventDecoder) -> DecodedEvent {
        if record.timestampMs < Timestamp.earliestMs || record.timestampMs >= Timestamp.endMs {
            return DecodedEvent(.timestampRange)
        }
        if record.value == nil { return DecodedEvent(.tombstone) }
        if !PersonID.isValid(record.key, Int(record.keyCount)) { return DecodedEvent(.key) }
        return decoder.decode(
            record.value, count: Int(record.valueCount), values: scratch.row(row), texts: scratch.textRow(row))
    }

    @inline(__always)
    private mutating func apply(
        _ record: GroupedRecord, _ row: Int, _ context: StepContext, _ program: Program, _ output: inout StepOutput
    ) {
        output.counts.events += 1
        if let reason = record.decoded.rejection {
            writeDeadLetter(record, reason, &output)
            return
        }
        #if DEBUG
            Self.plantedCrash(record.record)
        #endif
        if record.record.timestampMs > context.step.wallMs { output.counts.futureRecords += 1 }
        var timeMs = record.keyMs
        if let own = record.decoded.timestampMs {
            timeMs = own
            if own > record.keyMs + 300_000 {
                timeMs = record.keyMs + 300_000
                output.counts.clampedEvents += 1
            }
        }
        let clockMs = max(context.nowBeforeMs, min(context.step.nowMs, record.keyMs))
        let isNamed = record.decoded.event >= 0
        if !isNamed { output.counts.unnamedEvents += 1 }
        let isRelevant = isNamed || (record.decoded.isOwn && !program.ownActions.isEmpty)
        let firesMs = min(timeMs, clockMs)
        if !isRelevant, firesMs < scratch.earliestOwnDueMs { return }

        let id = Bytes(start: record.record.key!, count: Int(record.record.keyCount))
        var person = PersonCursor(id: id, hash: record.hash, place: store.find(id, record.hash) ?? 0)
        if person.place == 0, !isRelevant { return }
        if person.place != 0, hasSeenStep(store.record(person.place)) { return }
        if person.place != 0, firesMs >= scratch.earliestOwnDueMs {
            fireOwnTimers(&person, through: firesMs, context, program, &output)
        }
        if isRelevant {
            let event = AppliedEvent(
                row: row, number: record.decoded.event, isOwn: record.decoded.isOwn, timeMs: timeMs, clockMs: clockMs,
                input: record.input, offset: record.record.offset, recordMs: record.keyMs)
            apply(event, to: &person, context, program, &output)
        }
        didChange(person)
    }

    /// Within one event: folds, then cancellers, exits and goals, then starts; rules in the order of their ids.
    private mutating func apply(
        _ event: AppliedEvent, to person: inout PersonCursor, _ context: StepContext, _ program: Program,
        _ output: inout StepOutput
    ) {
        let row = scratch.row(event.row)
        row[program.layout.eventTime] = .instant(event.timeMs)
        row[program.layout.now] = .instant(event.timeMs)
        if let zones = program.zones { noteZone(zones, event, &person, &output) }
        var isLate = false
        if event.number >= 0 {
            let actions = program.events.baseAddress! + Int(event.number)
            row[program.layout.eventName] = .string(program.catalog.nameBytes(event.number))
            if !actions.pointee.folds.isEmpty { applyFolds(actions.pointee.folds, event, &person, program, &output) }
            if let seen = actions.pointee.seenNumber { noteSeen(seen, event.timeMs, &person) }
            actions.pointee.ends.visit { action in
                if isTooLate(action, event, program, &isLate) { return }
                applyEnds(action, event, &person, context, program, &output)
            }
            actions.pointee.starts.visit { action in
                if isTooLate(action, event, program, &isLate) { return }
                applyStart(action, event, &person, context, program, &output)
            }
        }
        if event.isOwn {
            program.ownActions.visit { action in
                if isTooLate(action, event, program, &isLate) { return }
                applyStart(action, event, &person, context, program, &output)
            }
        }
        if isLate { output.counts.lateEvents += 1 }
    }

    @inline(__always)
    private func isTooLate(_ action: RuleAction, _ event: AppliedEvent, _ program: Program, _ isLate: inout Bool)
        -> Bool
    {
        if event.timeMs >= event.clockMs { return false }
        let tooLate = program.rules.with(action.rule) { $0.allowMs } < event.clockMs - event.timeMs
        if tooLate { isLate = true }
        return tooLate
    }

    private mutating func writeDeadLetter(
        _ record: GroupedRecord, _ reason: DeadLetterReason, _ output: inout StepOutput
    ) {
        output.counts.deadLetters[Int(reason.rawValue)] += 1
        if output.isSuppressed { return }
        let keyStart = output.bytes.count
        if let key = record.record.key { output.bytes.append(key, count: Int(record.record.keyCount)) }
        let valueStart = output.bytes.count
        let kept = min(Int(record.record.valueCount), EventDecoder.eventBytesMax)
        if let value = record.record.value { output.bytes.append(value, count: kept) }
        output.records.append(
            OutputRecord(
                topic: .deadLetters, keyStart: keyStart, keyCount: valueStart - keyStart, valueStart: valueStart,
                valueCount: kept,
                deadLetter: DeadLetterOrigin(
                    reason: reason, input: record.input, offset: record.record.offset,
                    timestampMs: record.record.timestampMs,
                    originalCount: record.record.value == nil ? -1 : Int(record.record.valueCount))))
    }
}

/// An event on its way through a person's rules.
struct AppliedEvent {
    /// Of the group: where its values are.
    let row: Int
    /// −1 for an event that no rule names.
    let number: Int32
    let isOwn: Bool
    let timeMs: Milliseconds
    /// The record's clock, by which lateness is judged.
    let clockMs: Milliseconds
    let input: Int
    let offset: Int64
    let recordMs: Milliseconds
}
