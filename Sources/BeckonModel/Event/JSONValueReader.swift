/// Reads JSON (RFC 8259) into a tree, strictly.
struct JSONValueReader {
    private let text: UnsafeBufferPointer<UInt8>
    private let depthMax: Int
    private var place = 0

    /// - Parameter text: must outlive this value.
    init(text: UnsafeBufferPointer<UInt8>, depthMax: Int = JSONValue.depthMax) {
        self.text = text
        self.depthMax = depthMax
    }

    mutating func whole() -> JSONValue? {
        guard let value = value(depth: 0) else { return nil }
        skipBlanks()
        return place == text.count ? value : nil
    }

    /// Of one object, each value as deep by itself as a whole one may be.
    mutating func placedMembers() throws(JSONMemberFault) -> [PlacedJSONMember] {
        var members: [PlacedJSONMember] = []
        members.reserveCapacity(24)
        guard take(UInt8(ascii: "{")) else { throw JSONMemberFault(name: nil) }
        if !take(UInt8(ascii: "}")) {
            repeat {
                skipBlanks()
                guard byte == UInt8(ascii: "\""), let name = string(), take(UInt8(ascii: ":")) else {
                    throw JSONMemberFault(name: nil)
                }
                skipBlanks()
                let start = place
                guard let value = value(depth: 0) else { throw JSONMemberFault(name: name) }
                members.append(PlacedJSONMember(name: name, value: value, place: start..<place))
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "}")) else { throw JSONMemberFault(name: nil) }
        }
        skipBlanks()
        guard place == text.count else { throw JSONMemberFault(name: nil) }
        return members
    }

    private var byte: UInt8? { place < text.count ? text[place] : nil }

    private mutating func skipBlanks() {
        while let byte, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { place += 1 }
    }

    private mutating func take(_ expected: UInt8) -> Bool {
        skipBlanks()
        guard byte == expected else { return false }
        place += 1
        return true
    }

    private mutating func value(depth: Int) -> JSONValue? {
        skipBlanks()
        guard let first = byte, depth <= depthMax else { return nil }
        switch first {
        case UInt8(ascii: "{"): return object(depth: depth)
        case UInt8(ascii: "["): return list(depth: depth)
        case UInt8(ascii: "\""): return string().map { .string($0) }
        case UInt8(ascii: "t"): return word("true", .bool(true))
        case UInt8(ascii: "f"): return word("false", .bool(false))
        case UInt8(ascii: "n"): return word("null", .null)
        default: return number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) -> JSONValue? {
        let end = place + word.utf8CodeUnitCount
        let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard end <= text.count, text[place..<end].elementsEqual(letters) else { return nil }
        place = end
        return value
    }

    private mutating func object(depth: Int) -> JSONValue? {
        place += 1
        var members: [JSONMember] = []
        if take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipBlanks()
            guard byte == UInt8(ascii: "\""), let name = string(), take(UInt8(ascii: ":")),
                let value = value(depth: depth + 1)
            else { return nil }
            members.append(JSONMember(name: name, value: value))
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "}")) ? .object(members) : nil
    }

    private mutating func list(depth: Int) -> JSONValue? {
        place += 1
        var elements: [JSONValue] = []
        if take(UInt8(ascii: "]")) { return .list(elements) }
        repeat {
            guard let value = value(depth: depth + 1) else { return nil }
            elements.append(value)
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "]")) ? .list(elements) : nil
    }

    /// At the opening quote.
    private mutating func string() -> String? {
        place += 1
        let start = place
        skipPlain()
        // Most have nothing escaped, and are what stands there.
        if byte == UInt8(ascii: "\"") {
            defer { place += 1 }
            return String(validating: text[start..<place], as: UTF8.self)
        }
        var bytes = Array(text[start..<place])
        while let next = byte {
            place += 1
            switch next {
            case UInt8(ascii: "\""): return String(validating: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"): guard appendEscaped(to: &bytes) else { return nil }
            case 0..<0x20: return nil
            default: bytes.append(next)
            }
        }
        return nil
    }

    /// Up to what ends a string, or stands for something else in it.
    private mutating func skipPlain() {
        while let byte, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { place += 1 }
    }

    private mutating func appendEscaped(to bytes: inout [UInt8]) -> Bool {
        guard let letter = byte else { return false }
        place += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(letter)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"):
            guard let scalar = escapedScalar() else { return false }
            bytes.append(contentsOf: String(scalar).utf8)
        default: return false
        }
        return true
    }

    /// Behind `\u`; a pair of surrogates is one scalar, one alone is U+FFFD, as in events. nil for what is no escape.
    private mutating func escapedScalar() -> Unicode.Scalar? {
        guard let first = hexadecimal() else { return nil }
        guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) ?? "\u{FFFD}" }
        let behind = place
        if word("\\u", .null) != nil, let second = hexadecimal(), (0xDC00..<0xE000).contains(second) {
            return Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        }
        place = behind
        return "\u{FFFD}"
    }

    private mutating func hexadecimal() -> UInt32? {
        guard place + 4 <= text.count, text[place] != UInt8(ascii: "+"), text[place] != UInt8(ascii: "-") else {
            return nil
        }
        defer { place += 4 }
        return UInt32(String(decoding: text[place..<place + 4], as: UTF8.self), radix: 16)
    }

    private mutating func number() -> JSONValue? {
        let start = place
        if byte == UInt8(ascii: "-") { place += 1 }
        let isZero = byte == UInt8(ascii: "0")
        guard let whole = digits(), !isZero || whole == 1 else { return nil }
        if byte == UInt8(ascii: ".") {
            place += 1
            guard digits() != nil else { return nil }
        }
        if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
            place += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { place += 1 }
            guard digits() != nil else { return nil }
        }
        let text = String(decoding: text[start..<place], as: UTF8.self)
        return Double(text).map { .number($0, text: text) }
    }

    /// How many there were; nil for none.
    private mutating func digits() -> Int? {
        let start = place
        while let byte, byte.isDigit { place += 1 }
        return place > start ? place - start : nil
    }
}
