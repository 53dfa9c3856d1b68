/// A day, week or month of the calendar, as the clocks of a zone show it.
public enum CalendarPeriod: String, Sendable, CaseIterable, BitwiseCopyable {
    case day
    /// From Monday on.
    case week
    case month

    /// The first day of the period that holds a day; both in days since 1970.
    private func firstDay(of day: Int64) -> Int64 {
        let date = CalendarDate(daysSince1970: day)
        switch self {
        case .day: return day
        case .week: return day - Int64((date.weekday + 6) % 7)
        case .month: return day - Int64(date.day - 1)
        }
    }

    /// Not after the beginning, in any zone, of any period that holds that instant or a later one: what lies before can be
    /// forgotten without knowing the zone. Milliseconds since 1970.
    public func earliestStart(at instantMs: Milliseconds) -> Milliseconds {
        // No zone's clocks are a day ahead of UTC, or behind.
        (firstDay(of: instantMs.floored(by: 86_400_000) - 1) - 1) * 86_400_000
    }
}

extension CalendarPeriod {
    /// When the period begins that holds an instant: the first instant at which the clocks show its first day, or, where they
    /// jump over that day's beginning, the jump. Milliseconds since 1970.
    public func start(at instantMs: Milliseconds, in zone: Zone) -> Milliseconds {
        let seconds = instantMs.floored(by: 1_000)
        let localDay = (seconds + zone.offset(at: seconds)).floored(by: 86_400)
        return zone.firstSecond(showing: firstDay(of: localDay) * 86_400) * 1_000
    }
}

extension Zone {
    /// The first second since 1970 at which the clocks show a local second or a later one.
    fileprivate func firstSecond(showing local: Int64) -> Int64 {
        // Two days before no clock shows it yet.
        var from = local - 2 * 86_400
        while true {
            let reached = local - offset(at: from)
            guard let change = nextChange(after: from), change <= reached else { return reached }
            if change + offset(at: change) >= local { return change }
            from = change
        }
    }
}
