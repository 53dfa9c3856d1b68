import BeckonModel
import Testing

@Suite struct `Exact decimals` {
    private static func parse(_ text: String) -> Int64? {
        Array(text.utf8).withUnsafeBytes { bytes in
            Decimal.parse(Bytes(start: bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1)!, count: bytes.count))
        }
    }

    /// Digit by digit, as one would on paper.
    private static func slowly(negative: Bool, digits: [UInt8], exponent: Int) -> Int64? {
        let significant = Array(digits.drop { $0 == 0 })
        if significant.isEmpty { return 0 }
        let point = significant.count + exponent + 6
        if point > 19 { return nil }
        var whole: Int128 = 0
        for place in 0..<max(0, point) {
            whole = whole * 10 + Int128(place < significant.count ? significant[place] : 0)
        }
        let rest = point >= 0 ? significant.dropFirst(point) : (Array(repeating: 0, count: -point) + significant)[...]
        if let first = rest.first {
            let more = rest.dropFirst().contains { $0 != 0 }
            if first > 5 || (first == 5 && (more || whole % 2 == 1)) { whole += 1 }
        }
        return whole <= Int128(Decimal.limit) ? Int64(negative ? -whole : whole) : nil
    }

    @Test func `is what the slow way gives`() {
        var state: UInt64 = 42
        func below(_ bound: UInt64) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % bound)
        }
        for _ in 0..<40_000 {
            let negative = below(3) == 0
            let integer = below(4) == 0 ? [0] : [1 + UInt8(below(9))] + (0..<below(16)).map { _ in UInt8(below(10)) }
            let fraction = (0..<below(12)).map { _ in below(3) == 0 ? UInt8(5 * below(2)) : UInt8(below(10)) }
            let exponent = below(3) == 0 ? below(30) - 15 : 0
            var text = (negative ? "-" : "") + integer.map { "\($0)" }.joined()
            if !fraction.isEmpty { text += "." + fraction.map { "\($0)" }.joined() }
            if exponent != 0 { text += "e\(exponent)" }
            let expected = Self.slowly(
                negative: negative, digits: integer + fraction, exponent: exponent - fraction.count)
            #expect(Self.parse(text) == expected, "\(text)")
        }
    }

    @Test(
        arguments: [
            ("0.0000005", 0), ("0.0000015", 2), ("0.00000050000000000000000000001", 1), ("1e-7", 0),
            ("-12.25", -12_250_000),
            ("9000000000000", Decimal.limit), ("9000000000000.0000001", Decimal.limit), ("1E+2", 100_000_000),
            ("-0", 0),
        ] as [(String, Int64)]) func `rounds half to even at the sixth place`(text: String, millionths: Int64)
    {
        #expect(Self.parse(text) == millionths)
    }

    @Test(arguments: ["", "-", "01", "1.", ".5", "1e", "1e+", "+1", "0x1", "NaN", "9000000000001", "1e999", "1 "])
    func `refuses`(text: String) { #expect(Self.parse(text) == nil) }

    @Test func `sums saturate`() {
        #expect(Decimal.add(Decimal.limit, 1) == Decimal.limit)
        #expect(Decimal.add(-Decimal.limit, -Decimal.limit) == -Decimal.limit)
        #expect(Decimal.multiply(Decimal.limit, 2_000_000) == nil)
        #expect(Decimal.multiply(19_900_000, -3_000_000) == -59_700_000)
    }

    @Test(arguments: [
        (10, 4, 2), (14, 4, 4), (-10, 4, -2), (-14, 4, -4), (-11, 4, -3), (300_000, 3, 100_000), (7, 7, 1),
    ])
    func `divides half to even`(sum: Int64, count: Int64, average: Int64) {
        #expect(Decimal.divide(sum, by: count) == average)
    }
}
