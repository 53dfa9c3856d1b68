/// A length of time as expressions have it: seconds and nanoseconds of the same sign.
public struct ExactDuration: Sendable, Hashable {
    /// With the nanoseconds within 64 bits of nanoseconds: some 292 years.
    public let seconds: Int64
    /// Within ±999,999,999.
    public let nanoseconds: Int32

    /// nil beyond 64 bits of nanoseconds.
    init?(seconds: Int64, nanoseconds: Int64) {
        var (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        let (sum, overflow) = seconds.addingReportingOverflow(whole)
        guard !overflow else { return nil }
        whole = sum
        if whole > 0, rest < 0 {
            whole -= 1
            rest += 1_000_000_000
        } else if whole < 0, rest > 0 {
            whole += 1
            rest -= 1_000_000_000
        }
        guard Int64(exactly: Int128(whole) * 1_000_000_000 + Int128(rest)) != nil else { return nil }
        self.seconds = whole
        self.nanoseconds = Int32(rest)
    }

    /// `72h`, `1h30m`, `-1.5s`, `250ms`: the units are h, m, s, ms, us and ns. nil for anything else.
    init?(text: UnsafeRawBufferPointer) {
        var position = 0
        var isNegative = false
        if let sign = text.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            position = 1
        }
        if text.count == position + 1, text[position] == UInt8(ascii: "0") {
            self.init(seconds: 0, nanoseconds: 0)
            return
        }
        guard position < text.count, text.count <= 128 else { return nil }
        var total: Int128 = 0
        while position < text.count {
            guard let part = Self.part(of: text, from: &position) else { return nil }
            total += part
            guard total <= 1 << 64 else { return nil }
        }
        let (seconds, rest) = (isNegative ? -total : total).quotientAndRemainder(dividingBy: 1_000_000_000)
        self.init(seconds: Int64(seconds), nanoseconds: Int64(rest))
    }

    /// Nanoseconds of one number with its unit; what lies below a nanosecond is dropped.
    private static func part(of text: UnsafeRawBufferPointer, from position: inout Int) -> Int128? {
        var mantissa: Int128 = 0
        var scale: Int128 = 1
        var digits = 0
        var isFraction = false
        while position < text.count {
            let byte = text[position]
            if byte == UInt8(ascii: "."), !isFraction {
                isFraction = true
            } else if byte.isDigit {
                digits += 1
                if mantissa < 1_000_000_000_000_000_000_000 {
                    mantissa = mantissa * 10 + Int128(byte - UInt8(ascii: "0"))
                    if isFraction { scale *= 10 }
                } else if !isFraction {
                    return nil
                }
            } else {
                break
            }
            position += 1
        }
        guard digits > 0, let unit = unit(of: text, from: &position) else { return nil }
        let (product, overflow) = mantissa.multipliedReportingOverflow(by: unit)
        return overflow ? nil : product / scale
    }

    private static func unit(of text: UnsafeRawBufferPointer, from position: inout Int) -> Int128? {
        guard position < text.count else { return nil }
        let next = position + 1 < text.count ? text[position + 1] : 0
        let hasSecondLetter = next == UInt8(ascii: "s")
        let (unit, length): (Int128, Int)
        switch text[position] {
        case UInt8(ascii: "h"): (unit, length) = (3_600_000_000_000, 1)
        case UInt8(ascii: "m"): (unit, length) = hasSecondLetter ? (1_000_000, 2) : (60_000_000_000, 1)
        case UInt8(ascii: "s"): (unit, length) = (1_000_000_000, 1)
        case UInt8(ascii: "u") where hasSecondLetter: (unit, length) = (1_000, 2)
        case UInt8(ascii: "n") where hasSecondLetter: (unit, length) = (1, 2)
        default: return nil
        }
        position += length
        return unit
    }
}
