/// Writes JSON text into a growing array of bytes.
///
/// The caller puts the brackets and commas; each `append` writes one whole value or string. Numbers are the shortest
/// that read back the same; whole doubles have no fraction; NaN, infinities and values that are not there are null.
public struct JSONWriter: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func reserve(_ count: Int) {
        bytes.reserveCapacity(count)
    }

    /// Forgets what was written and keeps the memory.
    public mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
    }

    /// JSON text as it is, or punctuation.
    public mutating func append(raw text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// JSON text as it is.
    public mutating func append(raw text: some Collection<UInt8>) {
        bytes.append(contentsOf: text)
    }

    /// A string with its quotes, escaped where JSON asks for it. The bytes are valid UTF-8.
    public mutating func append(string text: UnsafeRawBufferPointer) {
        bytes.append(UInt8(ascii: "\""))
        var start = 0
        for (index, byte) in text.enumerated()
        where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
            bytes.append(contentsOf: text[start..<index])
            appendEscape(byte)
            start = index + 1
        }
        bytes.append(contentsOf: text[start...])
        bytes.append(UInt8(ascii: "\""))
    }

    public mutating func append(string text: String) {
        var text = text
        text.withUTF8 { append(string: UnsafeRawBufferPointer($0)) }
    }

    private mutating func appendEscape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        default:
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(Self.hexadecimal[Int(byte >> 4)])
            bytes.append(Self.hexadecimal[Int(byte & 15)])
        }
    }

    private static let hexadecimal = Array("0123456789abcdef".utf8)
}

// MARK: Values

extension JSONWriter {
    public mutating func append(_ value: Value) {
        switch value {
        case .missing, .failed, .null: append(raw: "null")
        case .double(let number) where !number.isFinite: append(raw: "null")
        case .string(let text): append(string: text.buffer)
        case .json(let text): append(raw: text.buffer)
        case .list(let list): append(list)
        case .map(let map): append(map)
        case .bytes(let bytes):
            self.bytes.append(UInt8(ascii: "\""))
            append(base64: bytes.buffer)
            self.bytes.append(UInt8(ascii: "\""))
        case .type(let type): append(string: type.name)
        case .duration, .timestamp:
            bytes.append(UInt8(ascii: "\""))
            appendBare(value)
            bytes.append(UInt8(ascii: "\""))
        case .bool, .int, .uint, .double: appendBare(value)
        }
    }

    private mutating func append(_ list: ValueList) {
        bytes.append(UInt8(ascii: "["))
        for index in 0..<list.count {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            if let start = list.start { append(start[index]) }
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// Keys that are no texts become texts, as JSON has no others.
    private mutating func append(_ map: ValueMap) {
        bytes.append(UInt8(ascii: "{"))
        for index in 0..<map.count {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            if case .string(let key) = map.key(index) {
                append(string: key.buffer)
            } else {
                bytes.append(UInt8(ascii: "\""))
                appendBare(map.key(index))
                bytes.append(UInt8(ascii: "\""))
            }
            bytes.append(UInt8(ascii: ":"))
            append(map.value(index))
        }
        bytes.append(UInt8(ascii: "}"))
    }

    /// Without quotes, with padding (RFC 4648, section 4).
    mutating func append(base64 content: UnsafeRawBufferPointer) {
        var index = 0
        while index < content.count {
            let rest = min(3, content.count - index)
            var group: UInt32 = 0
            for place in 0..<3 { group = group << 8 | (place < rest ? UInt32(content[index + place]) : 0) }
            for place in 0..<4 {
                let sextet = Int(group >> UInt32(18 - 6 * place) & 63)
                bytes.append(place <= rest ? Self.base64[sextet] : UInt8(ascii: "="))
            }
            index += 3
        }
    }

    private static let base64 = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Without quotes; for values whose text needs no escapes.
    mutating func appendBare(_ value: Value) {
        switch value {
        case .bool(let isTrue): append(raw: isTrue ? "true" : "false")
        case .int(let number): append(number)
        case .uint(let number): appendDigits(number)
        case .double(let number): append(number)
        case .duration(let seconds, let nanoseconds): appendDuration(seconds, nanoseconds)
        case .timestamp(let seconds, let nanoseconds): appendTimestamp(seconds, nanoseconds)
        case .missing, .failed, .null, .string, .bytes, .json, .list, .map, .type:
            preconditionFailure("not a bare value")
        }
    }

    public mutating func append(_ number: Int64) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        appendDigits(number.magnitude)
    }

    /// Finite. The shortest digits that read back the same; whole numbers below 2^53 without a fraction.
    public mutating func append(_ number: Double) {
        if number.magnitude < 0x1p53, number == Double(Int64(number)) {
            append(Int64(number))
            return
        }
        var digits = number.description.utf8[...]
        if digits.count > 2, digits.suffix(2).elementsEqual(".0".utf8) { digits = digits.dropLast(2) }
        bytes.append(contentsOf: digits)
    }

    private mutating func appendDigits(_ number: UInt64, width: Int = 1) {
        var rest = number
        let start = bytes.count
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0 || bytes.count - start < width
        bytes[start...].reverse()
    }

    /// As CEL writes durations: seconds with as many decimals as it takes, as in `1.5s`.
    private mutating func appendDuration(_ seconds: Int64, _ nanoseconds: Int32) {
        if seconds < 0 || nanoseconds < 0 { bytes.append(UInt8(ascii: "-")) }
        appendDigits(seconds.magnitude)
        if nanoseconds != 0 {
            bytes.append(UInt8(ascii: "."))
            appendDigits(UInt64(nanoseconds.magnitude), width: 9)
            while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
        }
        bytes.append(UInt8(ascii: "s"))
    }

    /// RFC 3339 in UTC with milliseconds.
    private mutating func appendTimestamp(_ seconds: Int64, _ nanoseconds: Int32) {
        appendSecond(seconds)
        bytes.append(UInt8(ascii: "."))
        appendDigits(UInt64(nanoseconds / 1_000_000), width: 3)
        bytes.append(UInt8(ascii: "Z"))
    }

    /// RFC 3339 in UTC with as many decimals as it takes, without quotes: as CEL writes timestamps.
    mutating func append(exactly seconds: Int64, _ nanoseconds: Int32) {
        appendSecond(seconds)
        if nanoseconds != 0 {
            bytes.append(UInt8(ascii: "."))
            appendDigits(UInt64(nanoseconds), width: 9)
            while bytes.last == UInt8(ascii: "0") { bytes.removeLast() }
        }
        bytes.append(UInt8(ascii: "Z"))
    }

    private mutating func appendSecond(_ seconds: Int64) {
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let date = CalendarDate(daysSince1970: days)
        let time = UInt64(seconds - days * 86_400)
        appendDigits(UInt64(date.year), width: 4)
        bytes.append(UInt8(ascii: "-"))
        appendDigits(UInt64(date.month), width: 2)
        bytes.append(UInt8(ascii: "-"))
        appendDigits(UInt64(date.day), width: 2)
        bytes.append(UInt8(ascii: "T"))
        appendDigits(time / 3_600, width: 2)
        bytes.append(UInt8(ascii: ":"))
        appendDigits(time / 60 % 60, width: 2)
        bytes.append(UInt8(ascii: ":"))
        appendDigits(time % 60, width: 2)
    }

    /// An instant as RFC 3339 in UTC with milliseconds, in quotes; from the year 1 to the year 9999.
    public mutating func append(instant: Milliseconds) {
        let seconds = instant >= 0 ? instant / 1_000 : (instant - 999) / 1_000
        append(.timestamp(seconds: seconds, nanoseconds: Int32(instant - seconds * 1_000) * 1_000_000))
    }
}
