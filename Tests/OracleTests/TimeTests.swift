import Oracle
import Testing

@Suite struct `Time text` {
    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2024-02-29T12:00:00.1239+02:00", 1_709_200_800_123),
            ("2024-02-29t12:00:00-0530", 1_709_227_800_000), ("1969-12-31T23:59:59.999Z", -1),
        ] as [(String, Int64)])
    func `reads`(text: String, milliseconds: Int64) {
        #expect(OracleTime.milliseconds(text: text) == milliseconds)
    }

    @Test(arguments: ["2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-01", "2024-01-01T24:00:00Z", "now"])
    func `refuses`(text: String) {
        #expect(OracleTime.milliseconds(text: text) == nil)
    }

    @Test func `writes what it reads`() {
        for milliseconds in stride(
            from: OracleTime.plausible.lowerBound, to: OracleTime.plausible.upperBound, by: 6_000_000_007)
        {
            #expect(OracleTime.milliseconds(text: OracleTime.text(milliseconds)) == milliseconds)
        }
    }
}
