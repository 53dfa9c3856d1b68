import BeckonModel

/// A moment as clocks of some place show it.
struct LocalTime {
    let date: CalendarDate
    /// Since midnight.
    let second: Int
    let nanosecond: Int
    /// East of UTC.
    let offsetSeconds: Int
    let clock: Clock

    /// Whose time it is.
    enum Clock {
        case utc
        /// As the text said, by its distance from UTC.
        case fixed
        /// Of a zone with a name.
        case zone
    }

    var hour: Int { second / 3_600 }
    var minute: Int { second / 60 % 60 }

    /// Since 1970.
    var epochSeconds: Int64 { date.daysSince1970 * 86_400 + Int64(second - offsetSeconds) }

    /// - Parameter localSeconds: since 1970 by the clock of the place.
    init(localSeconds: Int64, nanosecond: Int, offsetSeconds: Int, clock: Clock) {
        let days = localSeconds.floored(by: 86_400)
        date = CalendarDate(daysSince1970: days)
        second = Int(localSeconds - days * 86_400)
        self.nanosecond = nanosecond
        self.offsetSeconds = offsetSeconds
        self.clock = clock
    }

    /// An instant; without a zone in UTC.
    init(epochSeconds: Int64, nanosecond: Int = 0, zone: Zone?) {
        let offset = zone?.offset(at: epochSeconds) ?? 0
        self.init(
            localSeconds: epochSeconds + offset, nanosecond: nanosecond, offsetSeconds: Int(offset),
            clock: zone == nil ? .utc : .zone)
    }

    /// What the `date` filter takes: `now`, `today`, seconds since 1970, or a date as people write it; nil for all else.
    init?(_ value: TemplateValue, nowMs: Milliseconds, zone: Zone?) {
        switch value {
        case .integer(let seconds):
            guard seconds.magnitude <= Self.secondsMax else { return nil }
            self.init(epochSeconds: Int64(seconds), zone: zone)
        case .string(let text), .markup(let text):
            let now = LocalTime(nowMs: nowMs, zone: zone)
            let word = text.lowercased()
            if word == "now" || word == "today" {
                self = now
            } else if !text.isEmpty, text.utf8.allSatisfy(\.isDigitByte) {
                guard let seconds = Int(text), seconds.magnitude <= Self.secondsMax else { return nil }
                self.init(epochSeconds: Int64(seconds), zone: zone)
            } else {
                guard text.utf8.count <= Self.textBytesMax, let time = DateText.read(text, now: now, zone: zone) else {
                    return nil
                }
                self = time
            }
        default: return nil
        }
    }

    /// Up to the year 9999.
    private static let secondsMax: UInt = 253_402_300_799
    /// Of a date.
    private static let textBytesMax = 128

    init(nowMs: Milliseconds, zone: Zone?) {
        let seconds = nowMs.floored(by: 1_000)
        self.init(epochSeconds: seconds, nanosecond: Int(nowMs - seconds * 1_000) * 1_000_000, zone: zone)
    }
}
