import BeckonKafka
import BeckonModel

/// A CloudEvent in Kafka's binary mode (attributes are headers `ce_…`, the value is its data), written as the structured
/// one that the engine reads. What it gives follows from the record alone, so that a replay reads the same.
///
/// Source: CloudEvents, Kafka protocol binding 1.0, section 3.2.
public struct CloudEventEnvelope {
    /// What rules or readers of dead letters can use; the others are left out.
    private static let attributes = ["specversion", "id", "source", "type", "subject", "time"]

    private var bytes: [UInt8] = []

    /// The event in memory that the caller gives back; nil for a record that is no such CloudEvent. A record without
    /// headers costs one call.
    static func structured(_ message: Message) -> UnsafeRawBufferPointer? {
        guard let json = json(of: message) else { return nil }
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: json.count, alignment: 1)
        copy.copyBytes(from: json)
        return UnsafeRawBufferPointer(copy)
    }

    /// The structured event, for whoever reads events as the worker does; nil for a record that is no such CloudEvent.
    public static func json(of message: Message) -> [UInt8]? {
        message.header("ce_specversion") == nil ? nil : CloudEventEnvelope(message).json
    }

    private init(_ message: Message) {
        self.init(attributes: Self.attributes.map { ($0, message.header("ce_" + $0)) }, data: message.value)
    }

    init(attributes: [(name: String, value: UnsafeRawBufferPointer?)], data: UnsafeRawBufferPointer?) {
        let isWhole = data.map(Self.isOneObject) ?? true
        // Data that is no JSON object must not become a readable event by what surrounds it.
        if !isWhole { bytes += Array("!".utf8) }
        bytes.append(UInt8(ascii: "{"))
        for (name, value) in attributes {
            guard let value else { continue }
            if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
            bytes += Array("\"\(name)\":".utf8)
            append(quoted: value)
        }
        if let data {
            bytes += Array(",\"data\":".utf8)
            bytes += data
        }
        bytes.append(UInt8(ascii: "}"))
    }

    var json: [UInt8] { bytes }

    private mutating func append(quoted text: UnsafeRawBufferPointer) {
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20: bytes += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Whether the braces of an object open with the first byte and close with the last, spaces aside. What is between
    /// them, the decoder judges.
    private static func isOneObject(_ data: UnsafeRawBufferPointer) -> Bool {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }
        guard let first = data.firstIndex(where: { !isSpace($0) }), data[first] == UInt8(ascii: "{"),
            let last = data.lastIndex(where: { !isSpace($0) })
        else { return false }
        var depth = 0
        var isInText = false
        var isEscaped = false
        for place in first...last {
            let byte = data[place]
            if isEscaped {
                isEscaped = false
            } else if isInText {
                if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInText = false
                }
            } else if byte == UInt8(ascii: "\"") {
                isInText = true
            } else if byte == UInt8(ascii: "{") {
                depth += 1
            } else if byte == UInt8(ascii: "}") {
                depth -= 1
                if depth == 0, place != last { return false }
            }
        }
        return depth == 0 && !isInText
    }
}
