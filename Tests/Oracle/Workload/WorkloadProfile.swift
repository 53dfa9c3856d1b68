/// What makes one workload's rules and events meet: the same few names, and how wild the times are.
struct WorkloadProfile: Sendable {
    /// Canonical; rules and events use these alone, the first most: it likes to start absences.
    let names: [String]
    /// Most events are late, by about as much as a due time or the rules' `allow`.
    let isStormy: Bool
    /// One person, and hardly any key parts.
    let isNarrow: Bool
    /// Much goes by the calendar, and everything happens about a midnight somewhere.
    let isCalendar: Bool
    /// Rules read traits, and people tell of themselves.
    let isAboutPeople: Bool
    /// Before the first record.
    let start: Int64
    /// Where the people are.
    let zones: [String]

    /// Midnights: when clocks change that day or night, at the beginning of a month, of a week; each with its zone.
    private static let midnights = [
        ("2026-03-28T23:00:00Z", "Europe/Berlin"), ("2026-10-24T22:00:00Z", "Europe/Berlin"),
        ("2026-01-31T23:00:00Z", "Europe/Berlin"), ("2026-03-01T23:00:00Z", "Europe/Berlin"),
        ("2026-03-08T05:00:00Z", "America/New_York"), ("2026-11-01T04:00:00Z", "America/New_York"),
        ("2026-03-28T22:00:00Z", "Asia/Beirut"), ("2026-10-24T21:30:00Z", "Asia/Beirut"),
        ("2026-03-08T03:30:00Z", "America/St_Johns"), ("2026-03-29T00:00:00Z", "Europe/Lisbon"),
        ("2026-04-30T15:00:00Z", "Asia/Tokyo"), ("2026-08-31T18:30:00Z", "Asia/Kolkata"),
        ("2026-12-31T10:00:00Z", "Pacific/Kiritimati"), ("2027-01-01T00:00:00Z", "UTC"),
    ]

    init(random: inout SplitMix64) {
        var left = EventGenerator.names
        names = (0..<random.pick([2, 3, 3, 4, 7])).map { _ in left.remove(at: random.below(left.count)) }
        isStormy = random.chance(50)
        isNarrow = random.chance(50)
        isCalendar = random.chance(30)
        isAboutPeople = random.chance(40)
        let (midnight, zone) = random.pick(Self.midnights)
        let before = Int64(random.pick([2, 10, 30, 60])) * EventGenerator.minute
        start = isCalendar ? OracleTime.milliseconds(text: midnight)! - before : EventGenerator.start
        let elsewhere = OracleZone.all.map(\.name)
        zones = [zone, random.pick([zone, random.pick(elsewhere)]), random.pick([zone, random.pick(elsewhere)])]
    }
}
