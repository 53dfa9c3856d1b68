/// JSON written and read as bytes, where no value tree is needed.
public enum JSONText {
    /// The string with its quotes, escaping what JSON demands. Input is valid UTF-8.
    @inlinable
    public static func appendString(_ text: Bytes, to output: inout ByteBuffer) {
        output.append(UInt8(ascii: "\""))
        var start = 0
        let bytes = text.buffer
        for index in 0..<bytes.count
        where bytes[index] < 0x20 || bytes[index] == UInt8(ascii: "\"") || bytes[index] == UInt8(ascii: "\\") {
            output.append(text.start + start, count: index - start)
            appendEscape(bytes[index], to: &output)
            start = index + 1
        }
        output.append(text.start + start, count: bytes.count - start)
        output.append(UInt8(ascii: "\""))
    }

    /// A name with its quotes and its colon.
    static func member(_ name: String) -> [UInt8] {
        var text = ByteBuffer(capacity: name.utf8.count + 8)
        var name = name
        name.withUTF8 {
            if let start = $0.baseAddress { appendString(Bytes(start: start, count: $0.count), to: &text) }
        }
        text.append(UInt8(ascii: ":"))
        return Array(text.buffer)
    }

    @usableFromInline
    static func appendEscape(_ byte: UInt8, to output: inout ByteBuffer) {
        output.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): output.append(byte)
        case 8: output.append(UInt8(ascii: "b"))
        case 9: output.append(UInt8(ascii: "t"))
        case 10: output.append(UInt8(ascii: "n"))
        case 12: output.append(UInt8(ascii: "f"))
        case 13: output.append(UInt8(ascii: "r"))
        default:
            output.append("u00" as StaticString)
            output.append(ContentHash.alphabet[Int(byte >> 4)])
            output.append(ContentHash.alphabet[Int(byte & 15)])
        }
    }

    /// The members of an object that is known to be well formed: each name as it stands between its quotes, and its value's text.
    public static func forEachMember(of object: Bytes, _ body: (_ name: Bytes, _ value: Bytes) -> Void) {
        guard var level = JSONLevel(object) else { return }
        while case .element(let name?, let value) = level.next() { body(name, value) }
    }

    /// A JSON number's text as a double; missing where it is none.
    public static func number(_ text: Bytes) -> Value {
        if case .double(let number) = JSONScalar.number(text) { .double(number) } else { .missing }
    }

    /// The hash as 32 hexadecimal digits, with quotes.
    public static func appendHash(_ hash: ContentHash, to output: inout ByteBuffer) {
        output.append(UInt8(ascii: "\""))
        for word in [hash.high, hash.low] {
            for place in 0..<16 { output.append(ContentHash.alphabet[Int(word >> UInt64(60 - 4 * place) & 15)]) }
        }
        output.append(UInt8(ascii: "\""))
    }
}
