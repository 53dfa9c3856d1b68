/// Decimals as Liquid prints them.
enum DecimalText {
    /// The fewest digits that name the number: `2.5`, `3.0`, `1.0e+16`, `1.0e-05`.
    static func text(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        let parts = ExactDecimal(number)
        let sign = number.sign == .minus ? "-" : ""
        guard let parts, parts.digits != 0 else { return sign + "0.0" }
        var digits = Array(String(parts.digits.magnitude).utf8)
        var exponent = parts.exponent
        while digits.count > 1, digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            exponent += 1
        }
        /// Of the decimal point, counted from the first digit.
        let point = digits.count + exponent
        let text = { (digits: ArraySlice<UInt8>) in String(decoding: digits, as: UTF8.self) }
        if point > 15 || point < -3 {
            let fraction = digits.count > 1 ? text(digits[1...]) : "0"
            let power = (point - 1).magnitude
            return "\(sign)\(text(digits[..<1])).\(fraction)e\(point > 0 ? "+" : "-")\(power < 10 ? "0" : "")\(power)"
        }
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + text(digits[...]) }
        if point >= digits.count {
            return sign + text(digits[...]) + String(repeating: "0", count: point - digits.count) + ".0"
        }
        return sign + text(digits[..<point]) + "." + text(digits[point...])
    }
}
