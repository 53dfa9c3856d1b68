/// Instants in milliseconds since 1970, read from what events carry.
public enum OracleTime {
    /// 1980-01-01 to 2100-01-01: outside, a clock was never set or the unit is wrong.
    public static let plausible: Range<Int64> = 315_532_800_000..<4_102_444_800_000

    static func milliseconds(_ value: OracleJSON) -> Int64? {
        switch value {
        case .number(let text): return milliseconds(number: text)
        case .string(let bytes): return milliseconds(text: String(decoding: bytes, as: UTF8.self))
        default: return nil
        }
    }

    /// Below 1e11 the number is seconds. What no plausible instant can be comes back as one that is out of range.
    static func milliseconds(number text: String) -> Int64 {
        guard let millionths = OracleDecimal.millionths(text) else { return Int64.max }
        let isSeconds = millionths < 100_000_000_000 * 1_000_000
        let divisor: Int128 = isSeconds ? 1_000 : 1_000_000
        let quotient = millionths / divisor
        return Int64(millionths < 0 && quotient * divisor != millionths ? quotient - 1 : quotient)
    }

    /// `2024-02-29T12:00:00`, then an optional fraction, then an optional `Z`, `+02:00` or `+0200`; UTC without one.
    public static func milliseconds(text: String) -> Int64? {
        guard
            let match = text.wholeMatch(
                of: /(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?([Zz]|[+-]\d\d:?\d\d)?/)
        else { return nil }
        let (_, year, month, day, hour, minute, second, fraction, zone) = match.output
        let fields = [year, month, day, hour, minute, second].compactMap { Int64($0) }
        guard fields.count == 6, let days = days(fields[0], fields[1], fields[2]), fields[3] < 24, fields[4] < 60,
            fields[5] < 60, let offset = offsetMinutes(zone)
        else { return nil }
        let seconds = days * 86_400 + fields[3] * 3_600 + (fields[4] - offset) * 60 + fields[5]
        let padded = ((fraction.map(String.init) ?? "") + "000").prefix(3)
        return seconds * 1_000 + Int64(padded)!
    }

    /// RFC 3339, UTC, with milliseconds.
    public static func text(_ milliseconds: Int64) -> String {
        let days = milliseconds >= 0 ? milliseconds / 86_400_000 : (milliseconds + 1) / 86_400_000 - 1
        let rest = milliseconds - days * 86_400_000
        let (year, month, day) = civil(days)
        func digits(_ value: Int64, _ width: Int) -> String {
            let text = "\(value)"
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))T\(digits(rest / 3_600_000, 2))"
            + ":\(digits(rest / 60_000 % 60, 2)):\(digits(rest / 1_000 % 60, 2)).\(digits(rest % 1_000, 3))Z"
    }

    /// A duration as rules write it.
    public static func duration(_ milliseconds: Int64) -> String {
        for (unit, name) in [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s")] as [(Int64, String)]
        where milliseconds != 0 && milliseconds % unit == 0 {
            return "\(milliseconds / unit)\(name)"
        }
        if milliseconds == 0 { return "0s" }
        let fraction = "\(1_000 + milliseconds % 1_000)".dropFirst()
        return "\(milliseconds / 1_000).\(fraction)s"
    }

    private static func offsetMinutes(_ zone: Substring?) -> Int64? {
        guard let zone, zone.lowercased() != "z" else { return 0 }
        let digits = zone.filter(\.isNumber)
        guard let hours = Int64(digits.prefix(2)), let minutes = Int64(digits.suffix(2)), hours < 24, minutes < 60
        else { return nil }
        return (zone.hasPrefix("-") ? -1 : 1) * (hours * 60 + minutes)
    }

    /// Year, month and day in UTC.
    static func date(_ milliseconds: Int64) -> [Int64] {
        let days = milliseconds >= 0 ? milliseconds / 86_400_000 : (milliseconds + 1) / 86_400_000 - 1
        let (year, month, day) = civil(days)
        return [year, month, day]
    }

    /// Midnight in UTC of a day that there is.
    static func instant(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 { days(year, month, day)! * 86_400_000 }

    private static func length(_ year: Int64, _ month: Int64) -> Int64 {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Int(month - 1)]
    }

    /// Days since 1970-01-01, counted year by year and month by month.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64? {
        guard (1...12).contains(month), day >= 1, day <= length(year, month) else { return nil }
        var days: Int64 = 0
        for earlier in min(year, 1970)..<max(year, 1970) {
            days += length(earlier, 2) + 337
        }
        if year < 1970 { days = -days }
        for earlier in 1..<month { days += length(year, earlier) }
        return days + day - 1
    }

    private static func civil(_ days: Int64) -> (Int64, Int64, Int64) {
        var (year, month, rest): (Int64, Int64, Int64) = (1970, 1, days)
        while rest < 0 {
            year -= 1
            rest += length(year, 2) + 337
        }
        while rest >= length(year, 2) + 337 {
            rest -= length(year, 2) + 337
            year += 1
        }
        while rest >= length(year, month) {
            rest -= length(year, month)
            month += 1
        }
        return (year, month, rest + 1)
    }
}
