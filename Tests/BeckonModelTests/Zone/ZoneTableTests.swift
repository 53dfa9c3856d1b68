import BeckonModel
import Testing

@Suite struct `The table of time zones` {
    private let table = ZoneTable.standard

    @Test func `names its version`() {
        #expect(table.version.count == 5 && table.version.hasPrefix("20"))
    }

    @Test func `finds each of its names, and nothing else`() {
        #expect(table.count > 400)
        for index in 0..<table.count {
            let name = table.name(at: index)
            #expect(table.zone(named: name) != nil, "\(name)")
            #expect(table.zone(named: name + "x") == nil, "\(name)")
            if index > 0 { #expect(table.name(at: index - 1).utf8.lexicographicallyPrecedes(name.utf8)) }
        }
        for name in ["", "Europe", "europe/berlin", "Zulu ", "~", "Europe/Berlin/Mitte", "localtime"] {
            #expect(table.zone(named: name) == nil, "\(name)")
        }
    }

    /// Every zone answers at every time, within a day of UTC.
    @Test func `is within a day of UTC from the year 1 to the year 9999`() throws {
        for index in 0..<table.count {
            let zone = try #require(table.zone(named: table.name(at: index)))
            let times = stride(from: Int64(-62_135_596_800), through: 253_402_300_799, by: 450_822_857)
            let strange = times.first { abs(zone.offset(at: $0)) >= 86_400 }
            #expect(strange == nil, "\(table.name(at: index))")
        }
    }

    /// Seconds since 1970 and seconds east of UTC.
    @Test(
        arguments: [
            ("UTC", 0, 0), ("Europe/Berlin", 1_711_846_799, 3_600), ("Europe/Berlin", 1_711_846_800, 7_200),
            ("America/St_Johns", 1_700_000_000, -12_600), ("Asia/Kathmandu", 1_700_000_000, 20_700),
            // Central European time for three winters; the change back kept the clocks.
            ("Europe/Lisbon", 817_828_537, 3_600), ("Europe/Lisbon", 849_450_937, 0),
            // Winter is the change, and summer the standard.
            ("Europe/Dublin", 4_103_697_600, 0), ("Europe/Dublin", 4_087_800_000, 3_600),
            // Ahead of the last change in the data.
            ("Pacific/Auckland", 253_402_300_799, 46_800), ("America/New_York", 253_402_300_799, -18_000),
        ] as [(String, Int64, Int64)])
    func `knows the offset`(name: String, seconds: Int64, offset: Int64) {
        #expect(table.zone(named: name)?.offset(at: seconds) == offset)
    }
}
