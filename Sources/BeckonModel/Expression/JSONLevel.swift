/// Walks over one level of JSON text that is known to be well formed; what lies deeper is stepped over.
///
/// Text that is not well formed gives nil somewhere, never a read beyond its end.
struct JSONLevel {
    private let text: UnsafeRawBufferPointer
    private var at = 0
    private var isFirst = true
    let isObject: Bool

    /// nil unless it is an object or array.
    init?(_ text: Bytes) {
        self.text = text.buffer
        guard let first = self.text.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return nil }
        isObject = first == UInt8(ascii: "{")
        at = 1
    }

    /// After `end`: what follows the closing bracket.
    var rest: Bytes? {
        text.baseAddress.map { Bytes(start: $0 + at + 1, count: text.count - at - 1) }
    }

    enum Item {
        /// The key's text between its quotes, nil in an array, and the value's text.
        case element(key: Bytes?, value: Bytes)
        case end, malformed
    }

    mutating func next() -> Item {
        skipSpace()
        guard at < text.count else { return .malformed }
        if text[at] == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) { return .end }
        if !isFirst {
            guard text[at] == UInt8(ascii: ",") else { return .malformed }
            at += 1
            skipSpace()
        }
        isFirst = false
        var key: Bytes?
        if isObject {
            guard let string = string() else { return .malformed }
            key = Bytes(start: string.start + 1, count: string.count - 2)
            skipSpace()
            guard at < text.count, text[at] == UInt8(ascii: ":") else { return .malformed }
            at += 1
            skipSpace()
        }
        guard let value = value() else { return .malformed }
        return .element(key: key, value: value)
    }

    private mutating func skipSpace() {
        while at < text.count, text[at] <= 0x20 { at += 1 }
    }

    /// With its quotes.
    private mutating func string() -> Bytes? {
        let start = at
        guard at < text.count, text[at] == UInt8(ascii: "\"") else { return nil }
        at += 1
        while at < text.count, text[at] != UInt8(ascii: "\"") { at += text[at] == UInt8(ascii: "\\") ? 2 : 1 }
        guard at < text.count else { return nil }
        at += 1
        return bytes(from: start)
    }

    private mutating func value() -> Bytes? {
        guard at < text.count else { return nil }
        let start = at
        switch text[at] {
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            var depth = 0
            repeat {
                guard at < text.count else { return nil }
                switch text[at] {
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
                case UInt8(ascii: "\""):
                    guard string() != nil else { return nil }
                    continue
                default: break
                }
                at += 1
            } while depth > 0
            return bytes(from: start)
        default:
            while at < text.count, text[at] > 0x20, !",]}".utf8.contains(text[at]) { at += 1 }
            return at > start ? bytes(from: start) : nil
        }
    }

    private func bytes(from start: Int) -> Bytes? {
        text.baseAddress.map { Bytes(start: $0 + start, count: at - start) }
    }
}

extension Bytes {
    var isJSONObject: Bool { count > 0 && buffer[0] == UInt8(ascii: "{") }

    /// How many brackets of a JSON text are open at most.
    var jsonDepth: Int {
        var (depth, deepest, isInString, isEscaped) = (0, 0, false, false)
        for byte in buffer {
            if isInString {
                isInString = isEscaped || byte != UInt8(ascii: "\"")
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                deepest = max(deepest, depth)
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
        }
        return deepest
    }
}

extension Value {
    /// A value of well-formed JSON text without space around it; objects and arrays stay text.
    static func read(json text: Bytes, scratch: inout EvaluationScratch) -> Value {
        guard let first = text.buffer.first else { return .failed(.invalidArgument) }
        switch first {
        case UInt8(ascii: "{"), UInt8(ascii: "["): return .json(text)
        case UInt8(ascii: "\""):
            guard text.count >= 2 else { return .failed(.invalidArgument) }
            switch scratch.unescaped(Bytes(start: text.start + 1, count: text.count - 2)) {
            case .success(let string): return .string(string)
            case .failure(let error): return .failed(error)
            }
        case UInt8(ascii: "t"): return text.isWord("true") ? .bool(true) : .failed(.invalidArgument)
        case UInt8(ascii: "f"): return text.isWord("false") ? .bool(false) : .failed(.invalidArgument)
        case UInt8(ascii: "n"): return text.isWord("null") ? .null : .failed(.invalidArgument)
        default:
            switch JSONScalar.number(text) {
            case .double(let number): return .double(number)
            case .outOfRange: return .failed(.overflow)
            case .malformed: return .failed(.invalidArgument)
            }
        }
    }

    /// Itself, or the list or map that a JSON text is, its elements unopened.
    func opened(_ scratch: inout EvaluationScratch) -> Value {
        guard case .json(let text) = self else { return self }
        guard scratch.spend(bytes: text.count) else { return .failed(.stepsExceeded) }
        guard var counting = JSONLevel(text), var level = JSONLevel(text) else { return .failed(.invalidArgument) }
        var count = 0
        counting: while true {
            switch counting.next() {
            case .element: count += 1
            case .end: break counting
            case .malformed: return .failed(.invalidArgument)
            }
        }
        guard let values = scratch.reserveValues(level.isObject ? 2 * count : count) else {
            return .failed(.memoryExceeded)
        }
        var builder = MapBuilder(entries: values)
        var index = 0
        while case .element(let key, let text) = level.next() {
            let value = Value.read(json: text, scratch: &scratch)
            if value.isAbsent { return value }
            if let key {
                switch scratch.unescaped(key) {
                case .failure(let error): return .failed(error)
                case .success(let name):
                    // Of a key that is there twice, the last one counts.
                    if let failure = builder.set(.string(name), value, scratch: &scratch) { return .failed(failure) }
                }
            } else {
                values[index] = value
                index += 1
            }
        }
        return level.isObject ? builder.map : .list(ValueList(start: values, count: count))
    }

    /// A member of a JSON object without opening the others: the last of that name; missing when there is none.
    static func member(of text: Bytes, named name: Bytes, scratch: inout EvaluationScratch) -> Value {
        guard scratch.spend(bytes: text.count) else { return .failed(.stepsExceeded) }
        guard var level = JSONLevel(text) else { return .failed(.invalidArgument) }
        var found: Bytes?
        while true {
            switch level.next() {
            case .element(let key?, let value):
                if key == name {
                    found = value
                } else if key.count > name.count, key.buffer.contains(UInt8(ascii: "\\")) {
                    switch scratch.unescaped(key) {
                    case .success(let unescaped): if unescaped == name { found = value }
                    case .failure(let error): return .failed(error)
                    }
                }
            case .element: return .failed(.noSuchOverload)
            case .end:
                guard let found else { return .missing }
                return read(json: found, scratch: &scratch)
            case .malformed: return .failed(.invalidArgument)
            }
        }
    }
}
