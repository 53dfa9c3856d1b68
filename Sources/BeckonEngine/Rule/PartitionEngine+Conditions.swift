import BeckonModel

extension PartitionEngine {
    /// Whether an event counts, its fields being in its row.
    @inline(__always)
    mutating func passes(
        _ filter: EventFilter, _ event: AppliedEvent, _ person: PersonCursor, _ program: Program,
        _ output: inout StepOutput
    ) -> Bool {
        switch filter {
        case .never: return false
        case .always: return true
        case .anyOf(let conditions):
            return conditions.contains {
                isTrue($0, scratch.row(event.row), person, atMs: event.timeMs, program, &output)
            }
        }
    }

    /// A condition that is missing something or fails is false, and counted.
    mutating func isTrue(
        _ condition: Condition, _ row: UnsafeMutablePointer<Value>, _ person: PersonCursor, atMs: Milliseconds,
        _ program: Program,
        _ output: inout StepOutput
    ) -> Bool {
        switch evaluate(condition, row, person, atMs: atMs, program) {
        case .bool(let flag): return flag
        default:
            output.counts.conditionsWithoutValue += 1
            return false
        }
    }

    /// Fills the row with what the expression reads of the person, and evaluates it.
    @inline(__always)
    mutating func evaluate(
        _ condition: Condition, _ row: UnsafeMutablePointer<Value>, _ person: PersonCursor, atMs: Milliseconds,
        _ program: Program
    ) -> Value {
        if condition.readsItems { evaluateItems(condition.folds, row, person, program) }
        for read in condition.folds where read.member == nil {
            row[read.slot] = value(program.folds[read.fold], person, atMs: atMs, program)
        }
        for seen in condition.seen {
            row[program.layout.seen(seen)] = idle(program.seenNumbers[seen], person, atMs: atMs)
        }
        return condition.code.evaluate(row, scratch: &scratch.evaluation)
    }

    /// All members of collections at once: their texts lie in one buffer, which moves while it grows.
    private mutating func evaluateItems(
        _ reads: UnsafeBufferPointer<FoldRead>, _ row: UnsafeMutablePointer<Value>, _ person: PersonCursor,
        _ program: Program
    ) {
        scratch.itemsJSON.removeAll()
        var ends: [Int] = []
        for read in reads where read.member == .items {
            appendItems(program.folds[read.fold], read, row, person, program)
            ends.append(scratch.itemsJSON.count)
        }
        var start = 0
        var place = 0
        for read in reads {
            switch read.member {
            case nil: break
            case .value: row[read.slot] = itemsValue(program.folds[read.fold], read, row, person, program)
            case .items:
                row[read.slot] = .json(
                    Bytes(start: UnsafeRawPointer(scratch.itemsJSON.start) + start, count: ends[place] - start))
                start = ends[place]
                place += 1
            }
        }
    }

    private func idle(_ number: UInt32, _ person: PersonCursor, atMs: Milliseconds) -> Value {
        guard person.place != 0, let entry = store.record(person.place).entry(EntryTag(.seen, number)) else {
            return .missing
        }
        let elapsed = atMs - store.record(person.place).load48(entry + PersonRecord.entryHeaderBytes)
        return .duration(seconds: elapsed / 1000, nanoseconds: Int32(elapsed % 1000) * 1_000_000)
    }
}
