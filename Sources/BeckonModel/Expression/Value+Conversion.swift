/// `int()`, `double()`, `string()` and the like.
extension Value {
    /// Toward zero; texts in decimal; timestamps in seconds since 1970.
    var convertedToInt: Value {
        switch self {
        case .int: self
        case .uint(let value): Int64(exactly: value).map { .int($0) } ?? .failed(.overflow)
        // The ends are left out, as the specification says: what was rounded to them may lie beyond.
        case .double(let value): value > -0x1p63 && value < 0x1p63 ? .int(Int64(value)) : .failed(.overflow)
        case .string(let text): text.number(Int64.self).map { .int($0) } ?? .failed(.invalidArgument)
        case .timestamp(let seconds, _): .int(seconds)
        default: .failed(.noSuchOverload)
        }
    }

    var convertedToUInt: Value {
        switch self {
        case .uint: self
        case .int(let value): UInt64(exactly: value).map { .uint($0) } ?? .failed(.overflow)
        case .double(let value): value >= 0 && value < 0x1p64 ? .uint(UInt64(value)) : .failed(.overflow)
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

    var convertedToBool: Value {
        guard case .string(let text) = self else {
            if case .bool = self { return self }
            return .failed(.noSuchOverload)
        }
        if text.isOneOf("1", "t", "true", "TRUE", "True") { return .bool(true) }
        if text.isOneOf("0", "f", "false", "FALSE", "False") { return .bool(false) }
        return .failed(.invalidArgument)
    }

    var convertedToBytes: Value {
        switch self {
        case .bytes: self
        case .string(let text): .bytes(text)
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
        case .bytes(let bytes):
            guard scratch.spend(bytes: bytes.count) else { return .failed(.stepsExceeded) }
            return bytes.isUTF8 ? .string(bytes) : .failed(.invalidUTF8)
        case .double(let value) where !value.isFinite:
            return scratch.text((value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity").utf8)
        case .double(let value) where value == 0 && value.sign == .minus: return scratch.text("-0".utf8)
        case .timestamp(let seconds, let nanoseconds):
            var writer = JSONWriter()
            writer.append(exactly: seconds, nanoseconds)
            return scratch.text(writer.bytes)
        case .bool, .int, .uint, .double, .duration:
            var writer = JSONWriter()
            writer.appendBare(self)
            return scratch.text(writer.bytes)
        case .list, .map, .json, .type, .null, .missing, .failed: return .failed(.noSuchOverload)
        }
    }
}

extension Bytes {
    fileprivate func isOneOf(_ words: StaticString...) -> Bool {
        words.contains { isWord($0) }
    }

    func isWord(_ word: StaticString) -> Bool {
        self == Bytes(start: word.utf8Start, count: word.utf8CodeUnitCount)
    }

    /// nil for anything but a decimal number that fits.
    fileprivate func number<Number: FixedWidthInteger>(_: Number.Type) -> Number? {
        guard count <= 20, buffer.first != UInt8(ascii: "+") else { return nil }
        return Number(String(decoding: buffer, as: UTF8.self))
    }

    /// nil for anything but a decimal number that fits, `NaN` or `Infinity`; hexadecimal floats are none.
    fileprivate var number: Double? {
        guard count > 0, count <= 400 else { return nil }
        let isWord = isOneOf("NaN", "Infinity", "+Infinity", "-Infinity")
        guard isWord || buffer.allSatisfy({ $0.isDigit || "+-.eE".utf8.contains($0) }) else { return nil }
        guard let number = Double(String(decoding: buffer, as: UTF8.self)), isWord || number.isFinite else {
            return nil
        }
        return number
    }

    /// Whether the bytes are a text.
    var isUTF8: Bool {
        if buffer.allSatisfy({ $0 < 0x80 }) { return true }
        var decoder = UTF8()
        var bytes = buffer.makeIterator()
        while true {
            switch decoder.decode(&bytes) {
            case .scalarValue: continue
            case .emptyInput: return true
            case .error: return false
            }
        }
    }
}
