/// The names under which the objects of an array in an event hold fields, by the field's place; of one field the name that
/// comes first wins.
public struct ElementFields: Sendable {
    let names: [[[UInt8]]]

    public init(_ names: [[String]]) { self.names = names.map { $0.map { Array($0.utf8) } } }

    public var count: Int { names.count }
}

/// Objects inside an event's arrays, such as the products of an order.
extension EventDecoder {
    /// Reads the objects of an array that this decoder has given as JSON text, one after the other: their fields into the
    /// row, as `decode` does, then `body`. Elements that are no objects are stepped over.
    public func readElements(
        _ array: Bytes, _ fields: ElementFields, values: UnsafeMutablePointer<Value>,
        texts: UnsafeMutablePointer<Bytes>, _ body: () -> Void
    ) {
        var cursor = JSONCursor(array)
        guard cursor.take(UInt8(ascii: "[")) else { return }
        while let first = cursor.peek, first != UInt8(ascii: "]") {
            if first == UInt8(ascii: "{") {
                readObject(&cursor, fields, values, texts)
                body()
            } else {
                _ = cursor.value()
            }
            if !cursor.take(UInt8(ascii: ",")) { return }
        }
    }

    /// Hands each member of an object that this decoder has given as JSON text to `body`: its name as it stands, the text of
    /// its value, and how many bytes that has, of a string without quotes and escapes.
    public func readMembers(_ object: Bytes, _ body: (_ name: Bytes, _ value: Bytes, _ valueBytes: Int) -> Void) {
        JSONText.forEachMember(of: object) { name, value in
            if case .string(let text) = scalar(value).0 { return body(name, value, text.count) }
            body(name, value, value.count)
        }
    }

    private func readObject(
        _ cursor: inout JSONCursor, _ fields: ElementFields, _ values: UnsafeMutablePointer<Value>,
        _ texts: UnsafeMutablePointer<Bytes>
    ) {
        var ranks = [Int](repeating: .max, count: fields.count)
        for field in 0..<fields.count { values[field] = .missing }
        _ = cursor.take(UInt8(ascii: "{"))
        while cursor.peek == UInt8(ascii: "\"") {
            let key = cursor.value()
            _ = cursor.take(UInt8(ascii: ":"))
            let value = cursor.value()
            let name = UnsafeRawBufferPointer(rebasing: key.buffer[1..<key.count - 1])
            for field in 0..<fields.count {
                guard let rank = fields.names[field].firstIndex(where: { $0.elementsEqual(name) }), rank <= ranks[field]
                else { continue }
                ranks[field] = rank
                (values[field], texts[field]) = scalar(value)
            }
            if !cursor.take(UInt8(ascii: ",")) { break }
        }
        _ = cursor.take(UInt8(ascii: "}"))
    }

    private func scalar(_ text: Bytes) -> (Value, Bytes) {
        switch text.buffer[0] {
        case UInt8(ascii: "\""):
            let inner = Bytes(start: text.start + 1, count: text.count - 2)
            guard let unescaped = JSONScalar.unescape(inner, arena) else { return (.failed(.invalidArgument), text) }
            return (.string(unescaped), unescaped)
        case UInt8(ascii: "{"), UInt8(ascii: "["): return (.json(text), text)
        case UInt8(ascii: "t"): return (.bool(true), text)
        case UInt8(ascii: "f"): return (.bool(false), text)
        case UInt8(ascii: "n"): return (.null, text)
        default: return (JSONText.number(text), text)
        }
    }
}

/// A place in JSON text that is known to be valid.
private struct JSONCursor {
    private let text: UnsafeRawBufferPointer
    private var at = 0

    init(_ text: Bytes) { self.text = text.buffer }

    /// The next character that is not blank; nil at the end.
    var peek: UInt8? {
        mutating get {
            while at < text.count, text[at] <= UInt8(ascii: " ") { at += 1 }
            return at < text.count ? text[at] : nil
        }
    }

    mutating func take(_ character: UInt8) -> Bool {
        guard peek == character else { return false }
        at += 1
        return true
    }

    /// Steps over a value; returns its text.
    mutating func value() -> Bytes {
        _ = peek
        let start = at
        var depth = 0
        repeat {
            switch text[at] {
            case UInt8(ascii: "\""):
                at += 1
                while text[at] != UInt8(ascii: "\"") { at += text[at] == UInt8(ascii: "\\") ? 2 : 1 }
                at += 1
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                at += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                at += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"), 0...UInt8(ascii: " "): at += 1
            default: scalar()
            }
        } while depth > 0 && at < text.count
        return Bytes(start: text.baseAddress! + start, count: at - start)
    }

    private mutating func scalar() {
        while at < text.count {
            switch text[at] {
            case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), 0...UInt8(ascii: " "): return
            default: at += 1
            }
        }
    }
}
