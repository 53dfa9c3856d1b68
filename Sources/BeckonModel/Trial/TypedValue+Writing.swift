extension JSONWriter {
    /// A value with its type. What is still JSON text is opened in the scratch memory.
    ///
    /// - Throws: why there is no value, or why JSON text cannot be opened.
    mutating func append(typed value: Value, scratch: inout EvaluationScratch) throws(EvaluationError) {
        switch value {
        case .json:
            try append(typed: value.opened(&scratch), scratch: &scratch)
            return
        case .failed(let error): throw error
        case .missing: throw .noSuchKey
        case .null: append(raw: "{\"null\":true")
        case .bool(let flag): append(raw: flag ? "{\"bool\":true" : "{\"bool\":false")
        case .int(let number): append(member: "int", text: String(number))
        case .uint(let number): append(member: "uint", text: String(number))
        case .double(let number): append(double: number)
        case .string(let text):
            append(raw: "{\"string\":")
            append(string: text.buffer)
        case .bytes(let bytes):
            append(raw: "{\"bytes\":\"")
            append(base64: bytes.buffer)
            append(raw: "\"")
        case .type(let type): append(member: "type", text: type.name)
        case .duration:
            append(raw: "{\"duration\":")
            append(value)
        case .timestamp(let seconds, let nanoseconds):
            append(raw: "{\"timestamp\":\"")
            append(exactly: seconds, nanoseconds)
            append(raw: "\"")
        case .list(let list): try append(typed: list, scratch: &scratch)
        case .map(let map): try append(typed: map, scratch: &scratch)
        }
        append(raw: "}")
    }

    private mutating func append(member name: StaticString, text: String) {
        append(raw: "{\"")
        append(raw: name)
        append(raw: "\":")
        append(string: text)
    }

    private mutating func append(double number: Double) {
        append(raw: "{\"double\":")
        if number.isNaN {
            append(raw: "\"NaN\"")
        } else if number.isInfinite {
            append(raw: number < 0 ? "\"-Infinity\"" : "\"Infinity\"")
        } else if number == 0, number.sign == .minus {
            append(raw: "-0.0")
        } else {
            append(number)
        }
    }

    private mutating func append(typed list: ValueList, scratch: inout EvaluationScratch) throws(EvaluationError) {
        append(raw: "{\"list\":[")
        for (index, element) in list.values.enumerated() {
            if index > 0 { append(raw: ",") }
            try append(typed: element, scratch: &scratch)
        }
        append(raw: "]")
    }

    private mutating func append(typed map: ValueMap, scratch: inout EvaluationScratch) throws(EvaluationError) {
        append(raw: "{\"map\":[")
        for index in 0..<map.count {
            if index > 0 { append(raw: ",") }
            append(raw: "[")
            try append(typed: map.key(index), scratch: &scratch)
            append(raw: ",")
            try append(typed: map.value(index), scratch: &scratch)
            append(raw: "]")
        }
        append(raw: "]")
    }
}
