import BeckonModel
import Testing

@Suite struct `Writing JSON` {
    func written(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test(arguments: [
        (60.0, "60"), (-0.0, "0"), (0.1, "0.1"), (1e15, "1000000000000000"), (1e16, "1e+16"),
        (.leastNonzeroMagnitude, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"), (-2.5, "-2.5"), (.infinity, "null"), (.nan, "null"),
        (9007199254740993.0, "9007199254740992"),
    ])
    func `takes the shortest digits`(number: Double, text: String) {
        #expect(written { $0.append(.double(number)) } == text)
    }

    @Test(arguments: [(0, "0"), (Int64.min, "-9223372036854775808"), (Int64.max, "9223372036854775807")])
    func `writes whole numbers`(number: Int64, text: String) {
        #expect(written { $0.append(number) } == text)
    }

    @Test func `escapes what must be`() {
        #expect(
            written { $0.append(string: "a\"\\\n\r\t\u{8}\u{C}\u{1}\u{7F}é/") } == #""a\"\\\n\r\t\b\f\u0001"#
                + "\u{7F}é/\"")
        #expect(written { $0.append(string: "") } == "\"\"")
    }

    @Test(
        arguments: [
            (0, "\"1970-01-01T00:00:00.000Z\""), (-1, "\"1969-12-31T23:59:59.999Z\""),
            (1_709_164_800_123, "\"2024-02-29T00:00:00.123Z\""), (253_402_300_799_999, "\"9999-12-31T23:59:59.999Z\""),
            (-62_135_596_800_000, "\"0001-01-01T00:00:00.000Z\""),
        ] as [(Milliseconds, String)])
    func `writes instants`(instant: Milliseconds, text: String) {
        #expect(written { $0.append(instant: instant) } == text)
    }

    @Test func `is empty after clear`() {
        #expect(
            written {
                $0.append(string: "x")
                $0.clear()
            } == "")
    }
}
