import BeckonModel

/// What an instance has collected: for each fold of `collect` in order, `count` and `sum` 64 bits; `last` a time of 48
/// bits, a kind of 8 bits, a length of 16 bits and the text.
enum CollectState {
    /// The state after one start, `previous` being the state before it or nil. Returns how many values could not be kept.
    static func append(
        _ program: [CollectProgram], previous: UnsafeRawBufferPointer?, timeMs: Milliseconds,
        values: UnsafePointer<Value>,
        texts: UnsafePointer<Bytes>, to output: inout ByteBuffer
    ) -> Int {
        var at = 0
        var skipped = 0
        for fold in program {
            switch fold.kind {
            case .count:
                output.append(littleEndian: number(previous, &at) + 1)
            case .sum:
                let sum = number(previous, &at)
                switch values[fold.slot] {
                case .double:
                    guard let amount = Decimal.parse(texts[fold.slot]) else { fallthrough }
                    output.append(littleEndian: Decimal.add(sum, amount))
                case .missing, .null: output.append(littleEndian: sum)
                default:
                    skipped += 1
                    output.append(littleEndian: sum)
                }
            case .last:
                let kept = previous.map { LastValue($0, &at) }
                switch LastValue.appendIfKept(
                    values[fold.slot], texts[fold.slot], timeMs, newerThan: kept?.timeMs, to: &output)
                {
                case .kept: break
                case .unchanged: LastValue.append(kept, to: &output)
                case .skipped:
                    skipped += 1
                    LastValue.append(kept, to: &output)
                }
            }
        }
        return skipped
    }

    /// Fills the row's instance slots.
    static func load(
        _ program: [CollectProgram], _ state: UnsafeRawBufferPointer, into slots: UnsafeMutablePointer<Value>
    ) {
        var at = 0
        for (index, fold) in program.enumerated() {
            switch fold.kind {
            case .count: slots[index] = .int(number(state, &at))
            case .sum: slots[index] = .double(Decimal.double(number(state, &at)))
            case .last: slots[index] = LastValue(state, &at).value
            }
        }
    }

    /// The length of one state at the beginning of `bytes`.
    static func count(_ program: [CollectProgram], _ bytes: UnsafeRawBufferPointer) -> Int {
        var at = 0
        for fold in program {
            switch fold.kind {
            case .count, .sum: at += 8
            case .last: _ = LastValue(bytes, &at)
            }
        }
        return at
    }

    @inline(__always)
    private static func number(_ state: UnsafeRawBufferPointer?, _ at: inout Int) -> Int64 {
        guard let state else { return 0 }
        defer { at += 8 }
        return state.loadUnaligned(fromByteOffset: at, as: Int64.self)
    }
}

/// The value of the newest event: time 48 bits · kind 8 bits · length 16 bits · text. Kind 0 is nothing yet.
struct LastValue {
    static let headerBytes = 9
    static let textBytesMax = 256

    enum Outcome { case kept, unchanged, skipped }

    let timeMs: Milliseconds?
    let kind: UInt8
    let text: Bytes

    init(_ state: UnsafeRawBufferPointer, _ at: inout Int) {
        let base = UnsafeMutableRawPointer(mutating: state.baseAddress!) + at
        kind = base.load(fromByteOffset: 6, as: UInt8.self)
        timeMs = kind == 0 ? nil : PersonRecord(base).load48(0)
        text = Bytes(
            start: UnsafeRawPointer(base) + Self.headerBytes,
            count: Int(base.loadUnaligned(fromByteOffset: 7, as: UInt16.self)))
        at += Self.headerBytes + text.count
    }

    var value: Value {
        switch kind {
        case 1: .string(text)
        case 2: if case .double(let number) = JSONText.number(text) { .double(number) } else { .missing }
        case 3: .bool(true)
        case 4: .bool(false)
        default: .missing
        }
    }

    /// Writes the value if it is one that is kept and not older than what is there.
    static func appendIfKept(
        _ value: Value, _ text: Bytes, _ timeMs: Milliseconds, newerThan kept: Milliseconds?,
        to output: inout ByteBuffer
    ) -> Outcome {
        let kind: UInt8
        var count = 0
        switch value {
        case .missing, .null, .failed: return .unchanged
        case .string(let string):
            if string.count > textBytesMax { return .skipped }
            kind = 1
            count = string.count
        case .double:
            if text.count > textBytesMax { return .skipped }
            kind = 2
            count = text.count
        case .bool(let flag): kind = flag ? 3 : 4
        default: return .skipped
        }
        if let kept, timeMs < kept { return .unchanged }
        appendHeader(timeMs, kind, count, to: &output)
        if count > 0 { output.append(text.start, count: count) }
        return .kept
    }

    static func append(_ kept: LastValue?, to output: inout ByteBuffer) {
        appendHeader(kept?.timeMs ?? 0, kept?.kind ?? 0, kept?.text.count ?? 0, to: &output)
        if let kept { output.append(kept.text) }
    }

    private static func appendHeader(_ timeMs: Milliseconds, _ kind: UInt8, _ count: Int, to output: inout ByteBuffer) {
        output.append(littleEndian: UInt32(truncatingIfNeeded: timeMs))
        output.append(littleEndian: UInt16(truncatingIfNeeded: timeMs >> 32))
        output.append(kind)
        output.append(littleEndian: UInt16(count))
    }
}
