/// JSON's strings and numbers as they stand in the text, made into values.
enum JSONScalar {
    /// The unescaped string; the text itself where nothing is escaped. nil for an escape that JSON does not have.
    /// A lone surrogate becomes U+FFFD.
    @inline(__always)
    static func unescape(_ text: Bytes, _ arena: ScratchArena) -> Bytes? {
        hasBackslash(text) ? unescapeSlow(text, arena) : text
    }

    /// Eight bytes at a time: of `x ^ backslash` a byte is zero where one stands. A borrow can only report too much above a true
    /// hit, never a hit where none is.
    @inline(__always)
    private static func hasBackslash(_ text: Bytes) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var at = 0
        while at + 8 <= text.count {
            let differences = text.start.loadUnaligned(fromByteOffset: at, as: UInt64.self) ^ ones &* 0x5C
            if (differences &- ones) & ~differences & ones << 7 != 0 { return true }
            at += 8
        }
        while at < text.count {
            if text.start.load(fromByteOffset: at, as: UInt8.self) == UInt8(ascii: "\\") { return true }
            at += 1
        }
        return false
    }

    private static func unescapeSlow(_ text: Bytes, _ arena: ScratchArena) -> Bytes? {
        let output = arena.allocate(text.count).assumingMemoryBound(to: UInt8.self)
        let input = text.buffer
        var count = 0
        var at = 0
        while at < input.count {
            if input[at] != UInt8(ascii: "\\") {
                output[count] = input[at]
                count += 1
                at += 1
                continue
            }
            guard at + 1 < input.count else { return nil }
            if input[at + 1] == UInt8(ascii: "u") {
                guard let scalar = unicode(input, &at) else { return nil }
                // At most as long as the escape was.
                for byte in UTF8.encode(scalar)! {
                    output[count] = byte
                    count += 1
                }
                continue
            }
            guard let byte = simple(input[at + 1]) else { return nil }
            output[count] = byte
            count += 1
            at += 2
        }
        return Bytes(start: UnsafeRawPointer(output), count: count)
    }

    private static func simple(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
        case UInt8(ascii: "b"): 8
        case UInt8(ascii: "f"): 12
        case UInt8(ascii: "n"): 10
        case UInt8(ascii: "r"): 13
        case UInt8(ascii: "t"): 9
        default: nil
        }
    }

    private static func unicode(_ input: UnsafeRawBufferPointer, _ at: inout Int) -> Unicode.Scalar? {
        guard let unit = hexadecimal(input, at + 2) else { return nil }
        at += 6
        if unit & 0xFC00 == 0xD800, at + 1 < input.count, input[at] == UInt8(ascii: "\\"),
            input[at + 1] == UInt8(ascii: "u"),
            let low = hexadecimal(input, at + 2), low & 0xFC00 == 0xDC00
        {
            at += 6
            return Unicode.Scalar(0x10000 + (unit & 0x3FF) << 10 + (low & 0x3FF))
        }
        return Unicode.Scalar(unit) ?? "\u{FFFD}"
    }

    private static func hexadecimal(_ input: UnsafeRawBufferPointer, _ at: Int) -> UInt32? {
        guard at + 4 <= input.count else { return nil }
        var value: UInt32 = 0
        for index in at..<at + 4 {
            let byte = input[index]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        return value
    }

    enum Number {
        case double(Double)
        case malformed, outOfRange
    }

    /// Exact by Clinger's fast path for up to 19 digits below 2^53 and powers to 10^22, else by the standard library.
    @inline(__always)
    static func number(_ text: Bytes) -> Number {
        let bytes = text.buffer
        var at = 0
        let negative = bytes.count > 0 && bytes[0] == UInt8(ascii: "-")
        if negative { at = 1 }
        let start = at
        var mantissa: UInt64 = 0
        while at < bytes.count, case let digit = bytes[at] &- UInt8(ascii: "0"), digit < 10 {
            mantissa = mantissa &* 10 &+ UInt64(digit)
            at += 1
        }
        var digits = at - start
        guard digits > 0, digits == 1 || bytes[start] != UInt8(ascii: "0") else { return .malformed }
        var exponent = 0
        if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
            at += 1
            let fraction = at
            while at < bytes.count, case let digit = bytes[at] &- UInt8(ascii: "0"), digit < 10 {
                mantissa = mantissa &* 10 &+ UInt64(digit)
                at += 1
            }
            exponent = fraction - at
            digits += at - fraction
            if at == fraction { return .malformed }
        }
        if at == bytes.count, digits <= 19, mantissa < 1 << 53, exponent >= -22 {
            let magnitude = exponent == 0 ? Double(mantissa) : Double(mantissa) / powers[-exponent]
            return .double(negative && magnitude != 0 ? -magnitude : magnitude)
        }
        return slow(bytes, at)
    }

    private static func slow(_ bytes: UnsafeRawBufferPointer, _ end: Int) -> Number {
        var at = end
        if at < bytes.count {
            guard bytes[at] | 0x20 == UInt8(ascii: "e") else { return .malformed }
            at += 1
            if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") { at += 1 }
            let digits = at
            while at < bytes.count, bytes[at] &- UInt8(ascii: "0") < 10 { at += 1 }
            guard at == bytes.count, at > digits else { return .malformed }
        }
        guard let value = Double(String(decoding: bytes, as: UTF8.self)) else { return .malformed }
        if value.isInfinite { return .outOfRange }
        return .double(value == 0 ? 0 : value)
    }

    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21,
        1e22,
    ]
}
