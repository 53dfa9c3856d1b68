import BeckonModel

/// The value of the newest event, or for `first` of the oldest: time 48 bits · kind 8 bits · length 16 bits · text. Kind 0 is
/// nothing yet. A trait may have two kinds more: it was taken away, or is an object or array.
struct LastValue {
    static let headerBytes = 9
    static let textBytesMax = 256
    private static let goneKind: UInt8 = 5
    private static let jsonKind: UInt8 = 6

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
        case Self.jsonKind: .json(text)
        default: .missing
        }
    }

    /// Writes the value if it is one that is kept, and not older than what is there; for the first, if it is older.
    static func appendIfKept(
        _ value: Value, _ text: Bytes, _ timeMs: Milliseconds, besides kept: Milliseconds?, isFirst: Bool,
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
        if let kept, isFirst ? timeMs >= kept : timeMs < kept { return .unchanged }
        appendHeader(timeMs, kind, count, to: &output)
        if count > 0 { output.append(text.start, count: count) }
        return .kept
    }

    /// Writes a trait, if it is one that is kept and not older than what is there; null takes it away.
    static func appendTraitIfKept(
        _ value: Value, _ text: Bytes, _ timeMs: Milliseconds, besides kept: Milliseconds?, to output: inout ByteBuffer
    ) -> Outcome {
        let kind: UInt8
        switch value {
        case .missing, .failed: return .unchanged
        case .null: kind = goneKind
        case .string: kind = 1
        case .double: kind = 2
        case .bool(let flag): kind = flag ? 3 : 4
        default: kind = jsonKind
        }
        let hasText = kind == 1 || kind == 2 || kind == jsonKind
        if hasText, text.count > Trait.valueBytesMax { return .skipped }
        if let kept, timeMs < kept { return .unchanged }
        appendHeader(timeMs, kind, hasText ? text.count : 0, to: &output)
        if hasText { output.append(text.start, count: text.count) }
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
