import Testing

@testable import BeckonModel

@Suite struct `Calendar periods` {
    private func start(_ period: CalendarPeriod, _ instant: String, in zone: String) throws -> String {
        let ms = try #require(
            Array(instant.utf8).withUnsafeBytes {
                Timestamp.parse(Bytes(start: $0.baseAddress!, count: $0.count))
            })
        return Timestamp.text(period.start(at: ms, in: try #require(ZoneTable.standard.zone(named: zone))))
    }

    @Test(
        arguments: [
            (.day, "2026-07-01T12:00:00Z", "UTC", "2026-07-01T00:00:00.000Z"),
            (.day, "2026-07-01T21:59:59.999Z", "Europe/Berlin", "2026-06-30T22:00:00.000Z"),
            (.day, "2026-07-01T22:00:00Z", "Europe/Berlin", "2026-07-01T22:00:00.000Z"),
            // 23 hours, and 25.
            (.day, "2026-03-29T21:59:59Z", "Europe/Berlin", "2026-03-28T23:00:00.000Z"),
            (.day, "2026-10-25T22:59:59Z", "Europe/Berlin", "2026-10-24T22:00:00.000Z"),
            // Monday to Sunday, over the change of the clocks and of the year.
            (.week, "2026-03-29T21:59:59Z", "Europe/Berlin", "2026-03-22T23:00:00.000Z"),
            (.week, "2026-03-29T22:00:00Z", "Europe/Berlin", "2026-03-29T22:00:00.000Z"),
            (.week, "2027-01-01T12:00:00Z", "UTC", "2026-12-28T00:00:00.000Z"),
            (.month, "2024-02-29T23:00:00Z", "UTC", "2024-02-01T00:00:00.000Z"),
            (.month, "2026-11-01T03:59:59Z", "America/New_York", "2026-10-01T04:00:00.000Z"),
            (.month, "2026-11-30T23:00:00Z", "America/New_York", "2026-11-01T04:00:00.000Z"),
            // The clocks jump from midnight to one o'clock: the day begins with the jump.
            (.day, "2026-03-29T12:00:00Z", "Asia/Beirut", "2026-03-28T22:00:00.000Z"),
            // From midnight back to 23 o'clock: the day before goes on for an hour.
            (.day, "2026-10-24T21:30:00Z", "Asia/Beirut", "2026-10-23T21:00:00.000Z"),
            (.day, "2026-10-24T22:00:00Z", "Asia/Beirut", "2026-10-24T22:00:00.000Z"),
            // From one minute past midnight back to 23:01: what has begun once has begun.
            (.day, "2010-11-07T12:00:00Z", "America/St_Johns", "2010-11-07T02:30:00.000Z"),
            (.day, "2010-11-07T03:00:00Z", "America/St_Johns", "2010-11-06T02:30:00.000Z"),
            // A day that was left out.
            (.day, "2011-12-31T00:00:00Z", "Pacific/Apia", "2011-12-30T10:00:00.000Z"),
            (.day, "1979-12-31T12:00:00Z", "Pacific/Kiritimati", "1979-12-31T10:00:00.000Z"),
            // Behind the last change that the table knows.
            (.day, "2099-07-01T12:00:00Z", "America/New_York", "2099-07-01T04:00:00.000Z"),
        ] as [(CalendarPeriod, String, String, String)])
    func `begin`(period: CalendarPeriod, instant: String, zone: String, begin: String) throws {
        #expect(try start(period, instant, in: zone) == begin)
    }

    /// By the definition itself, at odd instants of a century of every zone.
    @Test func `begin with the first instant at which the clocks show their first day`() throws {
        for index in 0..<ZoneTable.standard.count {
            let zone = try #require(ZoneTable.standard.zone(named: ZoneTable.standard.name(at: index)))
            for seconds in stride(from: Int64(index) * 7_919, to: 4_102_444_800, by: 151_234_567) {
                let begin = CalendarPeriod.day.start(at: seconds * 1_000, in: zone) / 1_000
                let day = (seconds + zone.offset(at: seconds)).floored(by: 86_400) * 86_400
                let shows = { (second: Int64) in second + zone.offset(at: second) >= day }
                let isFirst = !stride(from: begin - 1, to: begin - 100_000, by: -900).contains(where: shows)
                #expect(begin <= seconds && shows(begin) && isFirst, "\(ZoneTable.standard.name(at: index)) \(seconds)")
                for period in CalendarPeriod.allCases {
                    let start = period.start(at: seconds * 1_000, in: zone)
                    #expect(period.earliestStart(at: seconds * 1_000) <= start && start <= begin * 1_000)
                }
            }
        }
    }
}
