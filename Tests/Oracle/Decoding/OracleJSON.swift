/// A JSON value that keeps what comparison needs: the text of numbers, the bytes of strings, the order of members.
public indirect enum OracleJSON: Sendable, Hashable {
    case null
    case bool(Bool)
    /// As it stands in the text.
    case number(String)
    /// Unescaped UTF-8: bytes, because Swift's strings compare by canonical equivalence.
    case string([UInt8])
    case array([OracleJSON])
    case object([Member])

    public struct Member: Sendable, Hashable {
        public let name: [UInt8]
        public var value: OracleJSON

        public init(name: [UInt8], value: OracleJSON) {
            self.name = name
            self.value = value
        }
    }

    /// The member of that name; of two, the later one.
    public subscript(name: String) -> OracleJSON? {
        guard case .object(let members) = self else { return nil }
        let bytes = Array(name.utf8)
        return members.last { $0.name == bytes }?.value
    }

    /// The value at the end of a path of members.
    public func value(at path: some Sequence<String>) -> OracleJSON? {
        var value: OracleJSON? = self
        for name in path { value = value?[name] }
        return value
    }

    /// Text in which equal values are equal: no spaces, numbers as the nearest double, members sorted.
    public var canonicalText: String {
        switch self {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .number(let text): return Self.canonicalNumber(Double(text) ?? .nan)
        case .string(let bytes): return Self.quoted(bytes)
        case .array(let values): return "[" + values.map(\.canonicalText).joined(separator: ",") + "]"
        case .object(let members):
            let sorted = members.sorted { $0.name.lexicographicallyPrecedes($1.name) }
            let texts = sorted.map { Self.quoted($0.name) + ":" + $0.value.canonicalText }
            return "{" + texts.joined(separator: ",") + "}"
        }
    }

    /// The same for any JSON text, such as the engine's; nil where it is none.
    public static func canonicalText(of text: String) -> String? {
        (try? OracleJSONReader.read(Array(text.utf8)))?.canonicalText
    }

    static func canonicalNumber(_ value: Double) -> String {
        if value == 0 { return "0" }
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    static func quoted(_ bytes: [UInt8]) -> String {
        var text = "\""
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
