/// An instant as expressions have it.
public struct ExactTimestamp: Sendable, Hashable {
    /// Since 1970-01-01T00:00:00Z; from the year 1 to the year 9999.
    public let seconds: Int64
    /// 0 to 999,999,999.
    public let nanoseconds: Int32

    static let secondsMin: Int64 = -62_135_596_800
    static let secondsMax: Int64 = 253_402_300_799

    /// nil before the year 1 and after the year 9999.
    init?(seconds: Int64, nanoseconds: Int64) {
        var (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        if rest < 0 {
            whole -= 1
            rest += 1_000_000_000
        }
        let (sum, overflow) = seconds.addingReportingOverflow(whole)
        guard !overflow, sum >= Self.secondsMin, sum <= Self.secondsMax else { return nil }
        self.seconds = sum
        self.nanoseconds = Int32(rest)
    }

    /// RFC 3339: `2026-03-01T12:00:00.5Z`, `2026-03-01T12:00:00+01:00`. nil for anything else.
    init?(text: UnsafeRawBufferPointer) {
        var reader = DigitReader(text: text)
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), reader.take("T") || reader.take("t"), let hour = reader.number(2),
            reader.take(":"), let minute = reader.number(2), reader.take(":"), let second = reader.number(2),
            let nanoseconds = reader.fraction(), let offset = reader.zone(), reader.isAtEnd,
            (1...12).contains(month), day >= 1, day <= CalendarDate.days(month: month, year: year), hour <= 23,
            minute <= 59, second <= 59
        else { return nil }
        let days = CalendarDate(year: year, month: month, day: day).daysSince1970
        self.init(
            seconds: days * 86_400 + Int64(hour * 3_600 + minute * 60 + second - offset), nanoseconds: nanoseconds)
    }
}

/// Digits and signs in fixed places.
private struct DigitReader {
    let text: UnsafeRawBufferPointer
    var position = 0

    init(text: UnsafeRawBufferPointer) {
        self.text = text
    }

    var isAtEnd: Bool { position == text.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func number(_ digits: Int) -> Int? {
        guard position + digits <= text.count else { return nil }
        var value = 0
        for index in position..<position + digits {
            guard text[index].isDigit else { return nil }
            value = value * 10 + Int(text[index] - UInt8(ascii: "0"))
        }
        position += digits
        return value
    }

    /// Nanoseconds; 0 when there is no fraction, nil when it has no digit or more than nine.
    mutating func fraction() -> Int64? {
        guard take(".") else { return 0 }
        var value: Int64 = 0
        var digits = 0
        while position < text.count, text[position].isDigit {
            value = value * 10 + Int64(text[position] - UInt8(ascii: "0"))
            digits += 1
            position += 1
            if digits > 9 { return nil }
        }
        guard digits > 0 else { return nil }
        for _ in digits..<9 { value *= 10 }
        return value
    }

    /// Seconds east of UTC.
    mutating func zone() -> Int? {
        if take("Z") || take("z") { return 0 }
        let isWest = take("-")
        guard isWest || take("+"), let hours = number(2), take(":"), let minutes = number(2), hours <= 23, minutes <= 59
        else { return nil }
        return (isWest ? -1 : 1) * (hours * 3_600 + minutes * 60)
    }
}
