/// The members of a JSON object as they stand in the text, for reading a few of them. Of a key that stands twice the
/// last one counts.
struct JSONFields {
    private let bytes: [UInt8]
    private var places: [(key: String, value: Range<Int>)] = []

    static let membersMax = 1_000

    /// nil where the text is no object, as far as its own brackets, quotes and commas say.
    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        var cursor = JSONCursor(bytes)
        guard cursor.take(UInt8(ascii: "{")) else { return nil }
        if cursor.take(UInt8(ascii: "}")) {
            if cursor.isAtEnd { return } else { return nil }
        }
        repeat {
            guard places.count < Self.membersMax, let key = cursor.skipString(), cursor.take(UInt8(ascii: ":")),
                let value = cursor.skipValue()
            else { return nil }
            places.append((Self.unescaped(bytes[key]), value))
        } while cursor.take(UInt8(ascii: ","))
        guard cursor.take(UInt8(ascii: "}")), cursor.isAtEnd else { return nil }
    }

    /// The value's text; nil where there is none, or null.
    func raw(_ key: String) -> String? {
        guard let place = places.last(where: { $0.key == key })?.value else { return nil }
        let text = String(decoding: bytes[place], as: UTF8.self)
        return text == "null" ? nil : text
    }

    /// The string without quotes and escapes; nil where there is no string.
    func string(_ key: String) -> String? {
        guard let place = places.last(where: { $0.key == key })?.value, bytes[place.lowerBound] == UInt8(ascii: "\"")
        else { return nil }
        return Self.unescaped(bytes[place])
    }

    func integer(_ key: String) -> Int64? { raw(key).flatMap { Int64($0) } }

    /// Of a string with its quotes. An escape that JSON does not have becomes U+FFFD.
    private static func unescaped(_ text: ArraySlice<UInt8>) -> String {
        let inner = text.dropFirst().dropLast()
        guard inner.contains(UInt8(ascii: "\\")) else { return String(decoding: inner, as: UTF8.self) }
        var units: [UInt16] = []
        var rest = String(decoding: inner, as: UTF8.self).utf16[...]
        while let unit = rest.popFirst() {
            guard unit == 0x5C, let escape = rest.popFirst() else {
                units.append(unit)
                continue
            }
            if escape == 0x75 {
                units.append(UInt16(String(rest.prefix(4)) ?? "", radix: 16) ?? 0xFFFD)
                rest = rest.dropFirst(4)
            } else {
                units.append(simple[escape] ?? 0xFFFD)
            }
        }
        return String(decoding: units, as: UTF16.self)
    }

    private static let simple: [UInt16: UInt16] = [
        0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 8, 0x66: 12, 0x6E: 10, 0x72: 13, 0x74: 9,
    ]
}

/// Walks over JSON text without making anything of it.
struct JSONCursor {
    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Whether nothing but white space is left.
    var isAtEnd: Bool {
        var copy = self
        copy.skipSpace()
        return copy.at == bytes.count
    }

    /// Takes this byte if it is next, white space aside.
    mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard at < bytes.count, bytes[at] == byte else { return false }
        at += 1
        return true
    }

    /// The string that is next, with its quotes.
    mutating func skipString() -> Range<Int>? {
        skipSpace()
        let start = at
        guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { return nil }
        at += 1
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") { at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1 }
        guard at < bytes.count else { return nil }
        at += 1
        return start..<at
    }

    /// The value that is next, whatever it is.
    mutating func skipValue() -> Range<Int>? {
        skipSpace()
        let start = at
        var depth = 0
        repeat {
            skipSpace()
            guard at < bytes.count else { return nil }
            switch bytes[at] {
            case UInt8(ascii: "\""): if skipString() == nil { return nil }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                at += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return nil }
                depth -= 1
                at += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                if depth == 0 { return nil }
                at += 1
            default: skipWord()
            }
        } while depth > 0
        return start..<at
    }

    private mutating func skipWord() {
        while at < bytes.count, !",:]}[{\" \t\r\n".utf8.contains(bytes[at]) { at += 1 }
    }

    private mutating func skipSpace() {
        while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
    }
}
