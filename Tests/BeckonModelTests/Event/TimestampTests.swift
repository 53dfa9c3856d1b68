import BeckonModel
import Testing

@Suite struct `Timestamps` {
    private static func parse(_ text: String) -> Int64? {
        Array(text.utf8).withUnsafeBytes { bytes in
            Timestamp.parse(Bytes(start: bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1)!, count: bytes.count))
        }
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2024-02-29T12:00:00.5Z", 1_709_208_000_500),
            ("2024-02-29", 1_709_164_800_000),
            ("2024-02-29T14:00:00+02:00", 1_709_208_000_000), ("2024-02-29t12:00:00.123456789z", 1_709_208_000_123),
            ("2024-02-29 12:00", 1_709_208_000_000), ("2024-02-29T12:00:00,25-0030", 1_709_209_800_250),
            ("2099-12-31T23:59:59.999Z", 4_102_444_799_999), ("1969-12-31T23:59:59.999Z", -1),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000), ("2024-02-29T12:00:00", 1_709_208_000_000),
        ] as [(String, Int64)]) func `reads`(text: String, milliseconds: Int64)
    { #expect(Self.parse(text) == milliseconds) }

    @Test(arguments: [
        "", "yesterday", "2024", "2024-02-30T00:00:00Z", "2023-02-29", "2024-13-01", "2024-00-10", "2024-01-00",
        "2024-01-01T24:00:00Z",
        "2024-01-01T12:60:00Z", "2024-01-01T12:00:61Z", "2024-01-01T12:00:00.Z", "2024-01-01T12:00:00+2",
        "2024-01-01T12:00:00+24:00",
        "2024-01-01T12:00:00Zx", "2024/01/01", "2024-1-1", "+2024-01-01", "2024-01-01T12", "2024-01-01x12:00:00Z",
        "２０２４-01-01",
    ]) func `refuses`(text: String) { #expect(Self.parse(text) == nil) }

    @Test func `writes what it reads, over every day of two centuries`() {
        for day in -36_500..<48_000 as Range<Int64> {
            let instant = day * 86_400_000 + (day &* 7_919 & 0x3FFFFFF)
            #expect(Self.parse(Timestamp.text(instant)) == instant)
        }
    }
}
