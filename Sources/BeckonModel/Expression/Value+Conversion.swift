/// `int()`, `double()`, `string()` and the like.
extension Value {
    /// Toward zero; texts in decimal; timestamps in seconds since 1970.
    var convertedToInt: Value {
        switch self {
        case .int: self
        case .uint(let value): Int64(exactly: value).map { .int($0) } ?? .failed(.overflow)
        case .double(let value): value >= -0x1p63 && value < 0x1p63 ? .int(Int64(value)) : .failed(.overflow)
        case .string(let text): text.number(Int64.self).map { .int($0) } ?? .failed(.invalidArgument)
        case .timestamp(let seconds, _): .int(seconds)
        default: .failed(.noSuchOverload)
        }
    }

    var convertedToUInt: Value {
        switch self {
        case .uint: self
        case .int(let value): UInt64(exactly: value).map { .uint($0) } ?? .failed(.overflow)
        case .double(let value): value > -1 && value < 0x1p64 ? .uint(UInt64(value)) : .failed(.overflow)
        case .string(let text): text.number(UInt64.self).map { .uint($0) } ?? .failed(.invalidArgument)
        default: .failed(.noSuchOverload)
        }
    }

    var convertedToDouble: Value {
        switch self {
        case .double: self
        case .int(let value): .double(Double(value))
        case .uint(let value): .double(Double(value))
        case .string(let text): text.number.map { .double($0) } ?? .failed(.invalidArgument)
        default: .failed(.noSuchOverload)
        }
    }

    var convertedToDuration: Value {
        switch self {
        case .duration: self
        case .string(let text): ExactDuration(text: text.buffer).map(Value.init) ?? .failed(.invalidArgument)
        default: .failed(.noSuchOverload)
        }
    }

    var convertedToTimestamp: Value {
        switch self {
        case .timestamp: self
        case .int(let seconds): ExactTimestamp(seconds: seconds, nanoseconds: 0).map(Value.init) ?? .failed(.overflow)
        case .string(let text): ExactTimestamp(text: text.buffer).map(Value.init) ?? .failed(.invalidArgument)
        default: .failed(.noSuchOverload)
        }
    }

    func convertedToString(scratch: inout EvaluationScratch) -> Value {
        switch self {
        case .string: return self
        case .list, .json, .null, .missing, .failed: return .failed(.noSuchOverload)
        case .double(let value) where !value.isFinite:
            return scratch.text((value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "+Infinity").utf8)
        case .bool, .int, .uint, .double, .duration, .timestamp:
            var writer = JSONWriter()
            writer.appendBare(self)
            return scratch.text(writer.bytes)
        }
    }
}

/// Texts and lists.
extension Value {
    /// Of a text its Unicode code points, of a list its elements.
    var size: Value {
        switch self {
        case .string(let text): .int(Int64(text.buffer.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }))
        case .list(let list): .int(Int64(list.count))
        default: .failed(.noSuchOverload)
        }
    }

    static func search(
        _ operation: ExpressionInstruction.Operation, _ text: Value, _ part: Value, scratch: inout EvaluationScratch
    ) -> Value {
        guard case .string(let text) = text, case .string(let part) = part else { return .failed(.noSuchOverload) }
        guard part.count <= text.count else { return .bool(false) }
        switch operation {
        case .startsWith: return .bool(Bytes(start: text.start, count: part.count) == part)
        case .endsWith: return .bool(Bytes(start: text.start + (text.count - part.count), count: part.count) == part)
        default: return text.contains(part, scratch: &scratch)
        }
    }
}

extension Bytes {
    fileprivate func contains(_ part: Bytes, scratch: inout EvaluationScratch) -> Value {
        guard part.count > 0 else { return .bool(true) }
        let (text, wanted) = (buffer, part.buffer)
        for start in 0...count - part.count where text[start] == wanted[0] {
            var matched = 1
            while matched < part.count, text[start + matched] == wanted[matched] { matched += 1 }
            if matched == part.count { return .bool(true) }
            guard scratch.spend(matched) else { return .failed(.stepsExceeded) }
        }
        return .bool(false)
    }

    /// nil for anything but a decimal number that fits.
    fileprivate func number<Number: FixedWidthInteger>(_: Number.Type) -> Number? {
        guard count <= 20, buffer.first != UInt8(ascii: "+") else { return nil }
        return Number(String(decoding: buffer, as: UTF8.self))
    }

    /// nil for anything but a decimal number; hexadecimal floats and words are none.
    fileprivate var number: Double? {
        guard count > 0, count <= 400, buffer.allSatisfy({ $0.isDigit || "+-.eE".utf8.contains($0) }) else {
            return nil
        }
        return Double(String(decoding: buffer, as: UTF8.self))
    }
}
