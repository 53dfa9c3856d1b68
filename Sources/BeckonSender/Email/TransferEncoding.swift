import Foundation

/// How a part's text goes through servers that know lines of ASCII alone (RFC 2045): the shorter one.
enum TransferEncoding: String {
    case quotedPrintable = "quoted-printable"
    case base64

    static let lineBytesMax = 76

    /// Line ends of any kind become CR LF; all else is kept, byte for byte. The last line has an end of its own only if the text has one.
    static func encode(_ text: String) -> (encoding: TransferEncoding, bytes: [UInt8]) {
        let lines = lines(text)
        var plainCount = 0
        var escapedCount = 0
        for line in lines {
            for byte in line { if isPlain(byte) { plainCount += 1 } else { escapedCount += 1 } }
        }
        // An escaped byte takes three; in base64 three take four.
        if 3 * (plainCount + 3 * escapedCount) <= 4 * (plainCount + escapedCount) {
            return (.quotedPrintable, quotedPrintable(lines))
        }
        return (.base64, base64(lines))
    }

    private static func lines(_ text: String) -> [ArraySlice<UInt8>] {
        let bytes = Array(text.utf8)
        var lines: [ArraySlice<UInt8>] = []
        var start = 0
        var at = 0
        while at < bytes.count {
            let byte = bytes[at]
            guard byte == 0x0D || byte == 0x0A else {
                at += 1
                continue
            }
            lines.append(bytes[start..<at])
            at += byte == 0x0D && at + 1 < bytes.count && bytes[at + 1] == 0x0A ? 2 : 1
            start = at
        }
        lines.append(bytes[start...])
        return lines
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x20...0x7E).contains(byte) && byte != UInt8(ascii: "=") || byte == 0x09
    }

    private static func quotedPrintable(_ lines: [ArraySlice<UInt8>]) -> [UInt8] {
        var output: [UInt8] = []
        for (number, line) in lines.enumerated() {
            if number > 0 { output += [0x0D, 0x0A] }
            var column = 0
            for index in line.indices {
                let byte = line[index]
                // Servers take blanks at a line's end away.
                let isLastBlank = index == line.endIndex - 1 && (byte == 0x20 || byte == 0x09)
                let isEscaped = !isPlain(byte) || isLastBlank
                // Room for a soft end, but not behind the line's last byte.
                let width = (isEscaped ? 3 : 1) + (index == line.endIndex - 1 ? 0 : 1)
                if column + width > lineBytesMax {
                    output += [UInt8(ascii: "="), 0x0D, 0x0A]
                    column = 0
                }
                if isEscaped {
                    output += [UInt8(ascii: "="), hex(byte >> 4), hex(byte & 15)]
                    column += 3
                } else {
                    output.append(byte)
                    column += 1
                }
            }
        }
        return output
    }

    private static func hex(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10
    }

    private static func base64(_ lines: [ArraySlice<UInt8>]) -> [UInt8] {
        let text = Data(lines.joined(separator: [0x0D, 0x0A]))
        return Array(
            text.base64EncodedData(options: [.lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed])
        )
    }
}
