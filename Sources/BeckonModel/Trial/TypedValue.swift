/// Values with their types in JSON, as `beckon eval` reads and writes them.
///
/// *Wire form*: an object with one member: `{"int":"-5"}` `{"uint":"5"}` `{"double":1.5 | "NaN" | "Infinity" | "-Infinity"}`
/// `{"string":"…"}` `{"bytes":"base64"}` `{"bool":true}` `{"null":true}` `{"list":[V…]}` `{"map":[[V,V]…]}`
/// `{"timestamp":"RFC 3339"}` `{"duration":"1.5s"}` `{"type":"int"}`.
struct TypedValue {
    /// Why a text is no value.
    struct Problem: Error {
        let message: String
    }

    /// Lists and maps within each other.
    private static let depthMax = 128

    /// Where what is read is kept.
    var memory = EvaluationScratch(limits: .trial)

    mutating func clear() { memory.begin(temporariesCount: 0) }

    // MARK: Reading

    mutating func read(_ text: Bytes, depth: Int = 0) -> Result<Value, Problem> {
        guard depth <= Self.depthMax else { return Self.problem("values nested more than \(Self.depthMax) deep") }
        guard var level = JSONLevel(text), level.isObject, case .element(let name?, let content) = level.next(),
            case .end = level.next()
        else {
            return Self.problem(
                "a value is an object with one member, such as {\"int\":\"5\"}, not \(Self.beginning(text))")
        }
        let kind = String(decoding: name.buffer, as: UTF8.self)
        switch kind {
        case "list":
            return elements(content, depth: depth).map { .list(ValueList(start: $0.baseAddress, count: $0.count)) }
        case "map": return map(content, depth: depth)
        default:
            let value = Value.read(json: content, scratch: &memory)
            guard let value = scalar(kind, value) else {
                return Self.problem("not a value: {\"\(kind)\":\(Self.beginning(content))}")
            }
            return .success(value)
        }
    }

    /// A value in its typed form, or else as JSON has it: numbers are doubles.
    mutating func readLeniently(_ text: Bytes) -> Result<Value, Problem> {
        if case .success(let value) = read(text) { return .success(value) }
        guard text.jsonDepth <= Self.depthMax else {
            return Self.problem("values nested more than \(Self.depthMax) deep")
        }
        let value = Value.read(json: text, scratch: &memory)
        guard case .failed(let error) = value else { return .success(value) }
        return Self.problem("\(Self.beginning(text)): \(error.reason.described)")
    }

    private static func problem<Success>(_ message: String) -> Result<Success, Problem> {
        .failure(Problem(message: message))
    }

    private static func beginning(_ text: Bytes) -> String {
        String(decoding: text.buffer.prefix(60), as: UTF8.self) + (text.count > 60 ? "…" : "")
    }

    /// nil when the content does not fit the kind.
    private mutating func scalar(_ kind: String, _ content: Value) -> Value? {
        switch (kind, content) {
        case ("string", .string), ("bool", .bool), ("double", .double): return content
        case ("null", .bool(true)), ("null", .null): return .null
        case ("int", .string): return content.convertedToInt.present
        case ("uint", .string): return content.convertedToUInt.present
        case ("double", .string): return content.convertedToDouble.present
        case ("timestamp", .string): return content.convertedToTimestamp.present
        case ("duration", .string): return content.convertedToDuration.present
        case ("type", .string(let name)):
            return ValueType.byName[String(decoding: name.buffer, as: UTF8.self)].map { .type($0) }
        case ("bytes", .string(let text)):
            guard let bytes = Base64.decoded(text.buffer) else { return nil }
            return memory.text(bytes).convertedToBytes.present
        default: return nil
        }
    }

    private mutating func elements(_ text: Bytes, depth: Int) -> Result<UnsafeBufferPointer<Value>, Problem> {
        guard let texts = Self.elementTexts(text) else { return Self.problem("not an array: \(Self.beginning(text))") }
        guard let values = memory.reserveValues(texts.count) else { return Self.problem("too much memory") }
        for (index, text) in texts.enumerated() {
            switch read(text, depth: depth + 1) {
            case .success(let value): values[index] = value
            case .failure(let problem): return .failure(problem)
            }
        }
        return .success(UnsafeBufferPointer(start: values, count: texts.count))
    }

    private mutating func map(_ text: Bytes, depth: Int) -> Result<Value, Problem> {
        guard let entries = Self.elementTexts(text), let values = memory.reserveValues(2 * entries.count) else {
            return Self.problem("not an array of pairs: \(Self.beginning(text))")
        }
        var builder = MapBuilder(entries: values)
        for entry in entries {
            switch elements(entry, depth: depth) {
            case .success(let pair) where pair.count == 2:
                if let error = builder.add(pair[0], pair[1], scratch: &memory) {
                    return Self.problem(error.reason.described)
                }
            case .success: return Self.problem("not a pair: \(Self.beginning(entry))")
            case .failure(let problem): return .failure(problem)
            }
        }
        return .success(builder.map)
    }

    private static func elementTexts(_ text: Bytes) -> [Bytes]? {
        guard var level = JSONLevel(text), !level.isObject else { return nil }
        var texts: [Bytes] = []
        while true {
            switch level.next() {
            case .element(_, let text): texts.append(text)
            case .end: return texts
            case .malformed: return nil
            }
        }
    }
}

extension Value {
    fileprivate var present: Value? { isAbsent ? nil : self }
}
