/// Finds where a text stops being UTF-8, and places in it.
enum UTF8Check {
    /// nil when all of it is UTF-8.
    static func firstInvalid(in text: [UInt8]) -> YAMLPosition? {
        var index = 0
        while index < text.count {
            guard let length = length(of: text, at: index) else {
                return text.withUnsafeBufferPointer { position(of: index, in: $0) }
            }
            index += length
        }
        return nil
    }

    /// Line and column of a byte.
    static func position(of offset: Int, in text: UnsafeBufferPointer<UInt8>) -> YAMLPosition {
        var (line, column) = (1, 1)
        for byte in text.prefix(offset) {
            if byte == 0x0A {
                (line, column) = (line + 1, 1)
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return YAMLPosition(line: line, column: column)
    }

    /// Bytes of the code point that begins there; nil for none (also for overlong forms and surrogates).
    private static func length(of text: [UInt8], at index: Int) -> Int? {
        let first = text[index]
        if first < 0x80 { return 1 }
        let (length, smallest): (Int, UInt32)
        switch first {
        case 0xC2...0xDF: (length, smallest) = (2, 0x80)
        case 0xE0...0xEF: (length, smallest) = (3, 0x800)
        case 0xF0...0xF4: (length, smallest) = (4, 0x10000)
        default: return nil
        }
        guard index + length <= text.count else { return nil }
        var value = UInt32(first) & (0x7F >> UInt32(length))
        for byte in text[index + 1..<index + length] {
            guard byte & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        return value >= smallest && UnicodeScalar(value) != nil ? length : nil
    }
}
