/// Which events count at an instant t: those of the window up to it.
public enum Window: Sendable, Equatable, BitwiseCopyable {
    /// (t − length, t], in milliseconds.
    case sliding(Milliseconds)
    /// From the beginning of the day, week or month in which t lies, by the clocks of the person's zone.
    case calendar(CalendarPeriod)

    /// Whether what it means depends on the zone table.
    public var isCalendar: Bool {
        if case .calendar = self { true } else { false }
    }
}

extension Window {
    /// `within 7 days`, `in a day`.
    var described: String {
        switch self {
        case .sliding(let length): "within \(RuleDuration.text(of: length))"
        case .calendar(let period): "in a \(period.rawValue)"
        }
    }
}

extension Rule {
    /// Whether its trigger goes by the calendar of a person.
    public var readsZones: Bool {
        if case .count(let count) = trigger { count.window.isCalendar } else { false }
    }
}
