/// Exact decimals of money and amounts: 64 bits, six places.
public enum Decimal {
    /// ±9,000,000,000,000: room for one more addition below the end of 64 bits.
    public static let limit: Int64 = 9_000_000_000_000_000_000
    static let places = 6

    /// A JSON number's text as millionths, rounded half-even at the sixth place; nil where it is not a JSON number or
    /// lies beyond the limit.
    public static func parse(_ text: Bytes) -> Int64? {
        let bytes = text.buffer
        var at = 0
        let negative = at < bytes.count && bytes[at] == UInt8(ascii: "-")
        if negative { at += 1 }
        var digits = DecimalDigits()
        let integerStart = at
        while at < bytes.count, digits.take(bytes[at]) { at += 1 }
        guard at > integerStart, at - integerStart == 1 || bytes[integerStart] != UInt8(ascii: "0") else { return nil }
        if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
            at += 1
            let fractionStart = at
            while at < bytes.count, digits.take(bytes[at]) {
                at += 1
                digits.exponent -= 1
            }
            if at == fractionStart { return nil }
        }
        if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
            guard let exponent = parseExponent(bytes, &at) else { return nil }
            digits.exponent += exponent
        }
        guard at == bytes.count, let magnitude = digits.scaled(places: places) else { return nil }
        return negative ? -magnitude : magnitude
    }

    /// The nearest double.
    @inlinable public static func double(_ millionths: Int64) -> Double { Double(millionths) / 1_000_000 }

    /// Saturates at the limit.
    @inlinable public static func add(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        if overflow { return right < 0 ? -limit : limit }
        return Swift.min(Swift.max(sum, -limit), limit)
    }

    /// left × right, rounded half-even; nil beyond the limit.
    public static func multiply(_ left: Int64, _ right: Int64) -> Int64? {
        let product = left.magnitude.multipliedFullWidth(by: right.magnitude)
        guard product.high < 1_000_000 else { return nil }
        let (quotient, remainder) = UInt64(1_000_000).dividingFullWidth(product)
        let rounded = quotient + (remainder > 500_000 || (remainder == 500_000 && quotient & 1 == 1) ? 1 : 0)
        guard rounded <= limit.magnitude else { return nil }
        return (left < 0) != (right < 0) ? -Int64(rounded) : Int64(rounded)
    }

    /// left ÷ count, rounded half-even.
    public static func divide(_ left: Int64, by count: Int64) -> Int64 {
        let (quotient, remainder) = left.magnitude.quotientAndRemainder(dividingBy: count.magnitude)
        let rest = count.magnitude - remainder
        let rounded = quotient + (remainder > rest || (remainder == rest && quotient & 1 == 1) ? 1 : 0)
        return (left < 0) != (count < 0) ? -Int64(rounded) : Int64(rounded)
    }

    /// Without trailing zeros: `12.5`, `60`.
    public static func append(_ millionths: Int64, to output: inout ByteBuffer) {
        if millionths < 0 { output.append(UInt8(ascii: "-")) }
        let magnitude = millionths.magnitude
        output.append(decimal: Int64(magnitude / 1_000_000))
        var fraction = Int(magnitude % 1_000_000)
        if fraction == 0 { return }
        var digits = places
        while fraction % 10 == 0 {
            fraction /= 10
            digits -= 1
        }
        output.append(UInt8(ascii: "."))
        output.append(padded: fraction, digits: digits)
    }

    private static func parseExponent(_ bytes: UnsafeRawBufferPointer, _ at: inout Int) -> Int? {
        at += 1
        let negative = at < bytes.count && bytes[at] == UInt8(ascii: "-")
        if at < bytes.count, negative || bytes[at] == UInt8(ascii: "+") { at += 1 }
        let start = at
        var exponent = 0
        while at < bytes.count, case let digit = bytes[at] &- UInt8(ascii: "0"), digit < 10 {
            exponent = min(exponent * 10 + Int(digit), 100_000)
            at += 1
        }
        if at == start { return nil }
        return negative ? -exponent : exponent
    }
}

/// The significant digits of a number while it is read: 19 of them exactly, the 20th for rounding, the rest as "more
/// follows".
private struct DecimalDigits {
    var value: UInt64 = 0
    var exponent = 0
    private var significant = 0
    private var digitBehind: UInt8?
    private var restIsNonZero = false

    mutating func take(_ byte: UInt8) -> Bool {
        let digit = byte &- UInt8(ascii: "0")
        guard digit < 10 else { return false }
        if significant < 19 {
            value = value * 10 + UInt64(digit)
            if value != 0 { significant += 1 }
        } else {
            exponent += 1
            if digitBehind == nil {
                digitBehind = digit
            } else if digit != 0 {
                restIsNonZero = true
            }
        }
        return true
    }

    func scaled(places: Int) -> Int64? {
        if value == 0 { return 0 }
        var shift = exponent + places
        var result = value
        while shift > 0 {
            let (product, overflow) = result.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            result = product
            shift -= 1
        }
        if shift < 0 {
            result = rounded(result, dropping: -shift)
        } else if let digitBehind, digitBehind > 5 || (digitBehind == 5 && (restIsNonZero || result & 1 == 1)) {
            result += 1
        }
        return result <= Decimal.limit.magnitude ? Int64(result) : nil
    }

    private func rounded(_ value: UInt64, dropping digits: Int) -> UInt64 {
        let restIsNonZero = restIsNonZero || digitBehind.map { $0 != 0 } ?? false
        if digits > 19 { return 0 }
        if digits == 19 {
            return value > 5_000_000_000_000_000_000 || (value == 5_000_000_000_000_000_000 && restIsNonZero) ? 1 : 0
        }
        var power: UInt64 = 1
        for _ in 0..<digits { power *= 10 }
        let quotient = value / power
        let remainder = value % power
        let half = power / 2
        let up = remainder > half || (remainder == half && (restIsNonZero || quotient & 1 == 1))
        return quotient + (up ? 1 : 0)
    }
}
