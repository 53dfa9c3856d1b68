/// Bytes as a word of a history's line.
enum HistoryBytes {
    private static let digits = Array("0123456789abcdef".utf8)

    static func text(_ bytes: [UInt8]?) -> String {
        guard let bytes else { return "-" }
        if bytes == [UInt8(ascii: "-")] { return "%2d" }
        var text: [UInt8] = []
        for byte in bytes {
            if byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "%") {
                text.append(byte)
            } else {
                text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    static func read(_ text: Substring) -> [UInt8]? {
        if text == "-" { return nil }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            bytes += readHexadecimal(Substring(decoding: rest.prefix(2), as: UTF8.self))
            rest = rest.dropFirst(2)
        }
        return bytes
    }

    static func hexadecimal(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    static func readHexadecimal(_ text: Substring) -> [UInt8] {
        let values = text.utf8.map { byte in UInt8(digits.firstIndex(of: byte) ?? 0) }
        return stride(from: 0, to: values.count - 1, by: 2).map { values[$0] << 4 | values[$0 + 1] }
    }
}
