/// One line in the making. Control characters are escaped in both formats, so that no value can forge a line.
struct LogLine {
    /// Of one value, in bytes; the rest is cut.
    static let valueBytesMax = 1_024

    private let format: LogFormat
    private var bytes: [UInt8] = []

    init(_ format: LogFormat) {
        self.format = format
        bytes.reserveCapacity(256)
    }

    mutating func begin(time: String, level: LogLevel, message: String) {
        switch format {
        case .text:
            append(time + " " + level.rawValue + String(repeating: " ", count: 9 - level.rawValue.utf8.count))
            append(message)
        case .json:
            append("{\"time\":\"\(time)\",\"level\":\"\(level.rawValue)\",\"message\":")
            appendQuoted(message)
        }
    }

    mutating func add(_ key: String, _ value: LogScalar) {
        switch format {
        case .text: append(" \(key)=")
        case .json:
            append(",")
            appendQuoted(key)
            append(":")
        }
        switch value {
        case .integer(let number): append(String(number))
        case .number(let number): append("\(number)")
        case .boolean(let flag): append(flag ? "true" : "false")
        case .text(let text):
            if format == .json || needsQuotes(text) { appendQuoted(text) } else { append(text) }
        }
    }

    consuming func finish() -> [UInt8] {
        append(format == .json ? "}\n" : "\n")
        return bytes
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private func needsQuotes(_ text: String) -> Bool {
        text.isEmpty || text.utf8.count > Self.valueBytesMax
            || text.unicodeScalars.contains { $0 == " " || $0 == "\"" || $0 == "=" || $0 == "\\" || Self.isControl($0) }
    }

    private mutating func appendQuoted(_ text: String) {
        let start = bytes.count
        append("\"")
        for scalar in text.unicodeScalars {
            if bytes.count - start > Self.valueBytesMax {
                append("…")
                break
            }
            appendEscaped(scalar)
        }
        append("\"")
    }

    private mutating func appendEscaped(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": append("\\\"")
        case "\\": append("\\\\")
        case "\n": append("\\n")
        case "\r": append("\\r")
        case "\t": append("\\t")
        case _ where Self.isControl(scalar):
            let digits = String(scalar.value, radix: 16)
            append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
        default: append(String(scalar))
        }
    }

    /// What a terminal acts on, and the separators at which some readers break lines.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
    }
}
