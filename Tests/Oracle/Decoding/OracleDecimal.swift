/// Exact decimals made from the text of JSON numbers.
enum OracleDecimal {
    /// Beyond it a sum adds nothing, and at it a total saturates: millionths.
    static let millionthsMax: Int128 = 9_000_000_000_000_000_000

    /// Millionths, rounded half-even; nil beyond ±9,000,000,000,000.
    static func millionths(_ text: String) -> Int128? {
        let number = Parts(text)
        let shift = number.exponent + 6
        guard !number.digits.isEmpty else { return 0 }
        guard number.digits.count + shift <= 20 else { return nil }
        let magnitude = shift >= 0 ? number.scaled(by: shift) : number.rounded(droppingDigits: -shift)
        guard magnitude <= millionthsMax else { return nil }
        return number.isNegative ? -magnitude : magnitude
    }

    /// The nearest double to a number of millionths.
    static func double(millionths: Int128) -> Double { Double("\(millionths)e-6")! }

    /// To the nearest whole number, from the middle to the even one.
    static func quotient(_ number: Int128, _ count: Int128) -> Int128 {
        let below = number / count - (number % count < 0 ? 1 : 0)
        let twice = 2 * (number - below * count)
        return twice > count || (twice == count && below % 2 != 0) ? below + 1 : below
    }

    /// The exact product as JSON text; nil where it has too many digits to matter here.
    static func product(_ left: String, _ right: String) -> String? {
        let (one, two) = (Parts(left), Parts(right))
        guard one.digits.count <= 18, two.digits.count <= 18 else { return nil }
        let magnitude = one.scaled(by: 0) * two.scaled(by: 0)
        if magnitude == 0 { return "0" }
        let sign = one.isNegative != two.isNegative ? "-" : ""
        return "\(sign)\(magnitude)e\(one.exponent + two.exponent)"
    }

    /// ± digits × 10^exponent, without leading zeros.
    private struct Parts {
        let isNegative: Bool
        let digits: [UInt8]
        let exponent: Int

        init(_ text: String) {
            isNegative = text.hasPrefix("-")
            let halves = text.lowercased().split(separator: "e", maxSplits: 1)
            let mantissa = halves[0].drop { $0 == "-" }.split(separator: ".", maxSplits: 1)
            let fraction = mantissa.count > 1 ? mantissa[1] : ""
            digits = Array((mantissa[0] + fraction).utf8.map { $0 - 48 }.drop { $0 == 0 })
            let written = halves.count > 1 ? Int(halves[1]) ?? (halves[1].hasPrefix("-") ? -1_000_000 : 1_000_000) : 0
            exponent = max(-1_000_000, min(1_000_000, written)) - fraction.count
        }

        func scaled(by places: Int) -> Int128 {
            var value: Int128 = 0
            for digit in digits { value = value * 10 + Int128(digit) }
            for _ in 0..<places { value *= 10 }
            return value
        }

        func rounded(droppingDigits count: Int) -> Int128 {
            guard count <= digits.count else { return 0 }
            var value: Int128 = 0
            for digit in digits.dropLast(count) { value = value * 10 + Int128(digit) }
            let rest = digits.suffix(count)
            let isAboveHalf = rest.first! > 5 || (rest.first! == 5 && rest.dropFirst().contains { $0 != 0 })
            let isHalf = rest.first! == 5 && !isAboveHalf
            return isAboveHalf || (isHalf && value % 2 == 1) ? value + 1 : value
        }
    }
}
