/// RFC 3339 instants, read and written without Foundation (a calendar of days, no zones but offsets).
public enum Timestamp {
    /// From 1980-01-01: earlier ones come from clocks that were never set.
    public static let earliestMs: Milliseconds = 315_532_800_000
    /// Up to 2100-01-01: later ones are milliseconds taken for seconds, or worse.
    public static let endMs: Milliseconds = 4_102_444_800_000

    /// `2026-11-24T16:11:55.123+02:00`: date, `T`, `t` or blank, hours and minutes, optionally seconds and a fraction
    /// (milliseconds are kept, the rest is cut off), then `Z`, `z`, an offset, or nothing, which is UTC. A date alone is its midnight.
    /// Returns nil for anything else, and for days that no calendar has. A leap second counts as the next second.
    public static func parse(_ text: Bytes) -> Milliseconds? {
        let bytes = text.start
        let count = text.count
        guard count >= 10, let year = digits(bytes, 0, 4), byte(bytes, 4) == UInt8(ascii: "-"),
            let month = digits(bytes, 5, 2), byte(bytes, 7) == UInt8(ascii: "-"), let day = digits(bytes, 8, 2),
            (1...12).contains(month), day >= 1, day <= daysIn(month: month, year: year)
        else { return nil }
        let midnight = daysSinceEpoch(year: year, month: month, day: day) * 86_400_000
        if count == 10 { return Milliseconds(midnight) }

        let separator = byte(bytes, 10) | 0x20
        guard count >= 16, separator == UInt8(ascii: "t") || separator == UInt8(ascii: " "),
            let hour = digits(bytes, 11, 2), hour < 24, byte(bytes, 13) == UInt8(ascii: ":"),
            let minute = digits(bytes, 14, 2), minute < 60
        else { return nil }
        var at = 16
        var milliseconds = (hour * 60 + minute) * 60_000
        if at < count, byte(bytes, at) == UInt8(ascii: ":") {
            guard count >= 19, let second = digits(bytes, 17, 2), second <= 60 else { return nil }
            milliseconds += second * 1000
            at = 19
            if at < count, byte(bytes, at) == UInt8(ascii: ".") || byte(bytes, at) == UInt8(ascii: ",") {
                at += 1
                var weight = 100
                let first = at
                while at < count, case let digit = byte(bytes, at) &- UInt8(ascii: "0"), digit < 10 {
                    milliseconds += Int(digit) * weight
                    weight /= 10
                    at += 1
                }
                if at == first { return nil }
            }
        }
        guard let offset = offsetMinutes(bytes, at, count) else { return nil }
        return Milliseconds(midnight + milliseconds - offset * 60_000)
    }

    /// `2026-11-24T16:11:55.123Z`, for the years 0 to 9999.
    public static func append(_ instantMs: Milliseconds, to output: inout ByteBuffer) {
        var days = Int(instantMs / 86_400_000)
        var rest = Int(instantMs % 86_400_000)
        if rest < 0 {
            rest += 86_400_000
            days -= 1
        }
        let (year, month, day) = date(daysSinceEpoch: days)
        let text = output.extend(24)
        write(pair: year / 100, text, 0)
        write(pair: year % 100, text, 2)
        text.storeBytes(of: UInt8(ascii: "-"), toByteOffset: 4, as: UInt8.self)
        write(pair: month, text, 5)
        text.storeBytes(of: UInt8(ascii: "-"), toByteOffset: 7, as: UInt8.self)
        write(pair: day, text, 8)
        text.storeBytes(of: UInt8(ascii: "T"), toByteOffset: 10, as: UInt8.self)
        write(pair: rest / 3_600_000, text, 11)
        text.storeBytes(of: UInt8(ascii: ":"), toByteOffset: 13, as: UInt8.self)
        write(pair: rest / 60_000 % 60, text, 14)
        text.storeBytes(of: UInt8(ascii: ":"), toByteOffset: 16, as: UInt8.self)
        write(pair: rest / 1000 % 60, text, 17)
        text.storeBytes(of: UInt8(ascii: "."), toByteOffset: 19, as: UInt8.self)
        write(pair: rest % 1000 / 10, text, 20)
        text.storeBytes(of: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10), toByteOffset: 22, as: UInt8.self)
        text.storeBytes(of: UInt8(ascii: "Z"), toByteOffset: 23, as: UInt8.self)
    }

    @inline(__always)
    private static func write(pair value: Int, _ text: UnsafeMutableRawPointer, _ at: Int) {
        let digits = UInt16(truncatingIfNeeded: value / 10) | UInt16(truncatingIfNeeded: value % 10) << 8
        text.storeBytes(of: (digits | 0x3030).littleEndian, toByteOffset: at, as: UInt16.self)
    }

    public static func text(_ instantMs: Milliseconds) -> String {
        var buffer = ByteBuffer(capacity: 32)
        append(instantMs, to: &buffer)
        return String(decoding: buffer.buffer, as: UTF8.self)
    }

    /// Howard Hinnant's civil calendar algorithms (chrono-compatible low-level date algorithms).
    static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func date(daysSinceEpoch: Int) -> (year: Int, month: Int, day: Int) {
        let days = daysSinceEpoch + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    private static func daysIn(month: Int, year: Int) -> Int {
        if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
        return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
    }

    private static func offsetMinutes(_ bytes: UnsafeRawPointer, _ at: Int, _ count: Int) -> Int? {
        if at == count { return 0 }
        let sign = byte(bytes, at)
        if sign | 0x20 == UInt8(ascii: "z") { return at + 1 == count ? 0 : nil }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
            let hours = at + 3 <= count ? digits(bytes, at + 1, 2) : nil,
            hours < 24
        else { return nil }
        var at = at + 3
        if at < count, byte(bytes, at) == UInt8(ascii: ":") { at += 1 }
        var minutes = 0
        if at < count {
            guard at + 2 == count, let parsed = digits(bytes, at, 2), parsed < 60 else { return nil }
            minutes = parsed
        }
        return (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -1 : 1)
    }

    @inline(__always)
    private static func byte(_ bytes: UnsafeRawPointer, _ at: Int) -> UInt8 {
        bytes.load(fromByteOffset: at, as: UInt8.self)
    }

    @inline(__always)
    private static func digits(_ bytes: UnsafeRawPointer, _ at: Int, _ count: Int) -> Int? {
        var value = 0
        for index in at..<at + count {
            let digit = byte(bytes, index) &- UInt8(ascii: "0")
            if digit > 9 { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }
}
