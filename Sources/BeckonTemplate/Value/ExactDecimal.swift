/// A decimal number, digits × 10^exponent: what sums of money are made with.
///
/// Exact up to 34 digits; beyond, the last ones are cut off.
struct ExactDecimal {
    var digits: Int128
    var exponent: Int

    private static let digitsMax: Int128 = 10_000_000_000_000_000_000_000_000_000_000_000

    init(digits: Int128, exponent: Int) {
        self.digits = digits
        self.exponent = exponent
    }

    /// The decimal with the fewest digits that names the number; nil for infinity and NaN.
    init?(_ number: Double) {
        guard number.isFinite else { return nil }
        self.init(text: number.description)
    }

    /// `-12.50`, `1e-05`; nil for anything else.
    init?(text: String) {
        var bytes = text.utf8[...]
        let isNegative = bytes.first == UInt8(ascii: "-")
        if isNegative { bytes = bytes.dropFirst() }
        var digits: Int128 = 0
        var exponent = 0
        var isBehindPoint = false
        var count = 0
        while let byte = bytes.first {
            if byte.isDigitByte {
                count += 1
                if digits < Self.digitsMax {
                    digits = digits * 10 + Int128(byte - UInt8(ascii: "0"))
                    if isBehindPoint { exponent -= 1 }
                } else if !isBehindPoint {
                    exponent += 1
                }
            } else if byte == UInt8(ascii: "."), !isBehindPoint, count > 0 {
                isBehindPoint = true
            } else {
                break
            }
            bytes = bytes.dropFirst()
        }
        guard count > 0 else { return nil }
        if let letter = bytes.first {
            guard letter == UInt8(ascii: "e"), let power = Int(Substring(bytes.dropFirst())),
                power.magnitude <= 10_000
            else { return nil }
            exponent += power
        }
        self.init(digits: isNegative ? -digits : digits, exponent: exponent)
    }

    /// The nearest.
    var double: Double { Double("\(digits)e\(exponent)") ?? 0 }

    var isNegative: Bool { digits < 0 }

    /// So few digits that two such numbers can be multiplied.
    private var shortened: ExactDecimal {
        var number = self
        while number.digits.magnitude >= 1_000_000_000_000_000_000 {
            number.digits /= 10
            number.exponent += 1
        }
        return number
    }

    static func + (left: ExactDecimal, right: ExactDecimal) -> ExactDecimal {
        if left.digits == 0 { return right }
        if right.digits == 0 { return left }
        guard let (first, second, exponent) = aligned(left, right) else {
            return left.exponent > right.exponent ? left : right
        }
        return ExactDecimal(digits: first + second, exponent: exponent)
    }

    static prefix func - (number: ExactDecimal) -> ExactDecimal {
        ExactDecimal(digits: -number.digits, exponent: number.exponent)
    }

    static func * (left: ExactDecimal, right: ExactDecimal) -> ExactDecimal {
        let (first, second) = (left.shortened, right.shortened)
        return ExactDecimal(digits: first.digits * second.digits, exponent: first.exponent + second.exponent)
    }

    /// To at least 18 digits. The divisor is not 0.
    static func / (left: ExactDecimal, right: ExactDecimal) -> ExactDecimal {
        var first = left.shortened
        let second = right.shortened
        while first.digits != 0, first.digits.magnitude < digitsMax.magnitude {
            first.digits *= 10
            first.exponent -= 1
        }
        return ExactDecimal(digits: first.digits / second.digits, exponent: first.exponent - second.exponent)
    }

    /// The rest of a division that is rounded down: it has the sign of the divisor, which is not 0.
    static func % (left: ExactDecimal, right: ExactDecimal) -> ExactDecimal {
        guard let (first, second, exponent) = aligned(left, right) else {
            return left.exponent > right.exponent ? ExactDecimal(digits: 0, exponent: 0) : left
        }
        var rest = first % second
        if rest != 0, (rest < 0) != (second < 0) { rest += second }
        return ExactDecimal(digits: rest, exponent: exponent)
    }

    static func < (left: ExactDecimal, right: ExactDecimal) -> Bool { (left + -right).digits < 0 }

    /// With the same exponent; nil where one is too small to matter beside the other.
    private static func aligned(_ left: ExactDecimal, _ right: ExactDecimal) -> (Int128, Int128, Int)? {
        var (first, second) = (left, right)
        while first.exponent > second.exponent {
            guard first.digits.magnitude < digitsMax.magnitude else { return nil }
            first.digits *= 10
            first.exponent -= 1
        }
        while second.exponent > first.exponent {
            guard second.digits.magnitude < digitsMax.magnitude else { return nil }
            second.digits *= 10
            second.exponent -= 1
        }
        return (first.digits, second.digits, first.exponent)
    }
}

// MARK: Rounding

extension ExactDecimal {
    enum Rounding {
        case down, up
        /// To the nearest; what lies between, away from zero.
        case half
    }

    /// With at most so many places behind the point; a negative number rounds before it.
    func rounded(_ rounding: Rounding, places: Int = 0) -> ExactDecimal {
        guard exponent < -places else { return self }
        let dropped = -places - exponent
        guard dropped <= 36 else {
            switch rounding {
            case .down where digits < 0: return ExactDecimal(digits: -1, exponent: -places)
            case .up where digits > 0: return ExactDecimal(digits: 1, exponent: -places)
            default: return ExactDecimal(digits: 0, exponent: -places)
            }
        }
        var power: Int128 = 1
        for _ in 0..<dropped { power *= 10 }
        var (quotient, rest) = digits.quotientAndRemainder(dividingBy: power)
        switch rounding {
        case .down: if rest < 0 { quotient -= 1 }
        case .up: if rest > 0 { quotient += 1 }
        case .half:
            if rest.magnitude >= power.magnitude - rest.magnitude, rest != 0 { quotient += digits < 0 ? -1 : 1 }
        }
        rest = 0
        return ExactDecimal(digits: quotient, exponent: -places)
    }

    /// nil beyond 64 bits.
    var integer: Int? {
        var number = rounded(.down)
        while number.exponent > 0 {
            guard number.digits.magnitude < Self.digitsMax.magnitude else { return nil }
            if number.digits == 0 { return 0 }
            number.digits *= 10
            number.exponent -= 1
        }
        return Int(exactly: number.digits)
    }
}
