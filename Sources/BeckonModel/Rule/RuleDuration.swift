/// Lengths of time as rules write them.
enum RuleDuration {
    /// 3,660 days.
    static let millisecondsMax: Milliseconds = 3_660 * 86_400_000

    enum Reading: Equatable {
        case milliseconds(Milliseconds)
        case problem(String)
    }

    static let form = "a duration, such as 15m, 48h, 7d, 1.5h or PT15M"

    /// `15m`, `48h`, `7d` (24 h each), `1.5h`, `899.999s`, `250ms`, or ISO 8601 (`PT15M`, `P7D`, `P1W`).
    static func read(_ text: String) -> Reading {
        let bytes = Array(text.utf8)
        guard bytes.count <= 64 else { return .problem("not \(form)") }
        guard let total = bytes.first == UInt8(ascii: "P") ? iso(bytes[1...]) : short(bytes[...]) else {
            return .problem("`\(text)` is not \(form)\(hint(bytes))")
        }
        guard let milliseconds = total.whole else { return .problem("`\(text)` is finer than a millisecond") }
        guard milliseconds <= millisecondsMax else { return .problem("`\(text)` is longer than 3660 days") }
        return .milliseconds(milliseconds)
    }

    private static func hint(_ bytes: [UInt8]) -> String {
        if !bytes.isEmpty, bytes.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: ".") }) {
            return ": its unit is missing"
        }
        if bytes.last == UInt8(ascii: "w") { return ": write weeks as days" }
        return bytes.first == UInt8(ascii: "-") ? ": it cannot be negative" : ""
    }

    /// A decimal number of milliseconds.
    private struct Decimal {
        var digits: Int128
        var scale: Int128

        /// nil when there is a fraction left.
        var whole: Milliseconds? {
            digits % scale == 0 ? Milliseconds(clamping: digits / scale) : nil
        }

        static func + (left: Decimal, right: Decimal) -> Decimal {
            let scale = max(left.scale, right.scale)
            return Decimal(
                digits: left.digits * (scale / left.scale) + right.digits * (scale / right.scale), scale: scale)
        }
    }

    /// Digits with at most nine decimals, up to a unit.
    private static func number(_ bytes: inout ArraySlice<UInt8>) -> Decimal? {
        var number = Decimal(digits: 0, scale: 1)
        var (count, isFraction) = (0, false)
        while let byte = bytes.first {
            if byte == UInt8(ascii: ".") || byte == UInt8(ascii: ","), !isFraction, count > 0 {
                isFraction = true
            } else if byte.isDigit {
                number.digits = number.digits * 10 + Int128(byte - UInt8(ascii: "0"))
                if isFraction { number.scale *= 10 }
                count += 1
            } else {
                break
            }
            guard number.digits < 1_000_000_000_000_000_000, number.scale <= 1_000_000_000 else { return nil }
            bytes.removeFirst()
        }
        return count > 0 && (!isFraction || number.scale > 1) ? number : nil
    }

    private static func short(_ text: ArraySlice<UInt8>) -> Decimal? {
        var bytes = text
        guard var total = number(&bytes) else { return nil }
        switch String(decoding: bytes, as: UTF8.self) {
        case "ms": break
        case "s": total.digits *= 1_000
        case "m": total.digits *= 60_000
        case "h": total.digits *= 3_600_000
        case "d": total.digits *= 86_400_000
        default: return total.digits == 0 && bytes.isEmpty ? total : nil
        }
        return total
    }

    private static func iso(_ text: ArraySlice<UInt8>) -> Decimal? {
        var bytes = text
        var total = Decimal(digits: 0, scale: 1)
        var place = 0
        var isTime = false
        while let first = bytes.first {
            if first == UInt8(ascii: "T"), !isTime {
                isTime = true
                bytes.removeFirst()
            }
            guard var part = number(&bytes), let unit = bytes.popFirst() else { return nil }
            let (factor, order): (Int128, Int)
            switch (unit, isTime) {
            case (UInt8(ascii: "W"), false): (factor, order) = (7 * 86_400_000, 1)
            case (UInt8(ascii: "D"), false): (factor, order) = (86_400_000, 2)
            case (UInt8(ascii: "H"), true): (factor, order) = (3_600_000, 3)
            case (UInt8(ascii: "M"), true): (factor, order) = (60_000, 4)
            case (UInt8(ascii: "S"), true): (factor, order) = (1_000, 5)
            default: return nil
            }
            guard order > place else { return nil }
            place = order
            part.digits *= factor
            total = total + part
        }
        return place > 0 ? total : nil
    }

    /// In the largest unit that it is a whole number of: `15m`, `48h`, `3d`; days from three on.
    static func text(of milliseconds: Milliseconds) -> String {
        if milliseconds >= 3 * 86_400_000, milliseconds % 86_400_000 == 0 { return "\(milliseconds / 86_400_000)d" }
        for (unit, letter) in [(3_600_000, "h"), (60_000, "m"), (1_000, "s")] as [(Milliseconds, String)]
        where milliseconds % unit == 0 {
            return "\(milliseconds / unit)\(letter)"
        }
        return "\(milliseconds)ms"
    }
}
