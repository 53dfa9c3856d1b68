/// Reads JSON as RFC 8259 has it, strictly, one byte after the other.
struct OracleJSONReader {
    enum Failure: Error { case notJSON, tooDeep }

    /// Objects and arrays inside one another, the outermost counted.
    static let depthMax = 64

    private let bytes: [UInt8]
    private var position = 0
    private var deepest = 0

    /// Throws `notJSON` before `tooDeep`: what is no JSON at all is not said to be deep.
    static func read(_ bytes: [UInt8]) throws(Failure) -> OracleJSON {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .notJSON }
        var reader = OracleJSONReader(bytes: bytes)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.position == bytes.count else { throw .notJSON }
        guard reader.deepest <= depthMax else { throw .tooDeep }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private var head: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = head, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
    }

    private mutating func take(_ character: Character) -> Bool {
        guard head == character.asciiValue else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(Failure) -> OracleJSON {
        skipSpace()
        switch head {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func word(_ text: String, _ value: OracleJSON) throws(Failure) -> OracleJSON {
        guard bytes[position...].starts(with: text.utf8) else { throw .notJSON }
        position += text.utf8.count
        return value
    }

    private mutating func object(depth: Int) throws(Failure) -> OracleJSON {
        try enter(depth)
        position += 1
        var members: [OracleJSON.Member] = []
        skipSpace()
        if take("}") { return .object(members) }
        repeat {
            skipSpace()
            guard head == UInt8(ascii: "\"") else { throw .notJSON }
            let name = try string()
            skipSpace()
            guard take(":") else { throw .notJSON }
            members.append(OracleJSON.Member(name: name, value: try value(depth: depth)))
            skipSpace()
        } while take(",")
        guard take("}") else { throw .notJSON }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(Failure) -> OracleJSON {
        try enter(depth)
        position += 1
        var values: [OracleJSON] = []
        skipSpace()
        if take("]") { return .array(values) }
        repeat {
            values.append(try value(depth: depth))
            skipSpace()
        } while take(",")
        guard take("]") else { throw .notJSON }
        return .array(values)
    }

    /// The recursion itself is bounded far above the limit that an event has.
    private mutating func enter(_ depth: Int) throws(Failure) {
        deepest = max(deepest, depth)
        if depth > 1_000 { throw .tooDeep }
    }

    private mutating func number() throws(Failure) -> String {
        let start = position
        _ = take("-")
        if !take("0") { try digits() }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func digits() throws(Failure) {
        let start = position
        while let byte = head, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else { throw .notJSON }
    }

    private mutating func string() throws(Failure) -> [UInt8] {
        position += 1
        var text: [UInt8] = []
        while let byte = head {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return text
            case UInt8(ascii: "\\"): text += try escape()
            case 0..<0x20: throw .notJSON
            default: text.append(byte)
            }
        }
        throw .notJSON
    }

    private mutating func escape() throws(Failure) -> [UInt8] {
        guard let byte = head else { throw .notJSON }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(String(try scalar()).utf8)
        default: throw .notJSON
        }
    }

    private mutating func scalar() throws(Failure) -> Character {
        let first = try unit()
        if let scalar = Unicode.Scalar(first) { return Character(scalar) }
        guard first < 0xDC00, take("\\"), take("u") else { throw .notJSON }
        let second = try unit()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw .notJSON }
        return Character(scalar)
    }

    private mutating func unit() throws(Failure) -> UInt32 {
        guard position + 4 <= bytes.count else { throw .notJSON }
        let text = String(decoding: bytes[position..<position + 4], as: UTF8.self)
        guard text.allSatisfy(\.isHexDigit), let unit = UInt32(text, radix: 16) else { throw .notJSON }
        position += 4
        return unit
    }
}
