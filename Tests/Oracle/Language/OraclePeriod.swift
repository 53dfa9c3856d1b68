/// A calendar window, in the oracle's own words.
public enum OraclePeriod: String, Sendable, Hashable, CaseIterable { case day, week, month }

/// A few zones, from what their governments have said: it holds from 2012 on. Others are unknown to the oracle.
struct OracleZone: Hashable {
    enum Summer { case none, european, american, lebanese }

    let name: String
    /// Minutes ahead of UTC in winter.
    private let winter: Int64
    private let summer: Summer

    private static let minute: Int64 = 60_000

    static let all = [
        OracleZone("UTC", 0, .none), OracleZone("Europe/Berlin", 60, .european),
        OracleZone("Europe/Lisbon", 0, .european),
        OracleZone("America/New_York", -300, .american), OracleZone("America/St_Johns", -210, .american),
        OracleZone("Asia/Beirut", 120, .lebanese), OracleZone("Asia/Tokyo", 540, .none),
        OracleZone("Asia/Kolkata", 330, .none), OracleZone("Pacific/Kiritimati", 840, .none),
    ]

    private init(_ name: String, _ winter: Int64, _ summer: Summer) {
        (self.name, self.winter, self.summer) = (name, winter, summer)
    }

    static func named(_ name: String) -> OracleZone? { all.first { $0.name == name } }

    /// What its clocks show at an instant, as milliseconds since they showed 1970.
    private func local(_ instant: Int64) -> Int64 {
        instant + (winter + (isSummer(instant) ? 60 : 0)) * Self.minute
    }

    private func isSummer(_ instant: Int64) -> Bool {
        let year = OracleTime.date(instant)[0]
        switch summer {
        case .none: return false
        case .european:
            // The last Sundays of March and October, at 1:00 UTC.
            let hour = 60 * Self.minute
            return instant >= OracleTime.lastSunday(year, 3) + hour && instant < OracleTime.lastSunday(year, 10) + hour
        case .american:
            // The second Sunday of March and the first of November, at 2:00 as the clocks show it.
            let begin = OracleTime.sunday(year, 3, from: 8) + (120 - winter) * Self.minute
            let end = OracleTime.sunday(year, 11, from: 1) + (60 - winter) * Self.minute
            return instant >= begin && instant < end
        case .lebanese:
            // The last Sundays of March and October, at midnight as the clocks show it.
            let begin = OracleTime.lastSunday(year, 3) - winter * Self.minute
            let end = OracleTime.lastSunday(year, 10) - (winter + 60) * Self.minute
            return instant >= begin && instant < end
        }
    }

    /// The first instant at which the clocks show the period's first day. All clocks of the list go by half hours.
    func beginning(of period: OraclePeriod, holding instant: Int64) -> Int64 {
        let date = OracleTime.date(local(instant))
        var first = OracleTime.instant(date[0], date[1], period == .month ? 1 : date[2])
        if period == .week {
            // 1970-01-05 was a Monday.
            while (first / 86_400_000 - 4) % 7 != 0 { first -= 86_400_000 }
        }
        var candidate = first - 16 * 60 * Self.minute
        while local(candidate) < first { candidate += 30 * Self.minute }
        return candidate
    }
}

extension OracleTime {
    /// Midnight in UTC of the first Sunday at or after a day.
    fileprivate static func sunday(_ year: Int64, _ month: Int64, from day: Int64) -> Int64 {
        var midnight = instant(year, month, day)
        // 1970-01-04 was a Sunday.
        while (midnight / 86_400_000 - 3) % 7 != 0 { midnight += 86_400_000 }
        return midnight
    }

    fileprivate static func lastSunday(_ year: Int64, _ month: Int64) -> Int64 { sunday(year, month, from: 25) }
}
