/// One time zone: how far its clocks are from UTC at any instant.
///
/// Safety of `@unchecked Sendable`: it points into constant data of the program.
public struct Zone: @unchecked Sendable, BitwiseCopyable {
    let record: UnsafeRawPointer

    /// Added to a time to make it positive in five bytes.
    private static let bias: Int64 = 1 << 39

    private func byte(_ at: Int) -> Int { Int(record.load(fromByteOffset: at, as: UInt8.self)) }
    private func int32(_ at: Int) -> Int64 { Int64(record.loadUnaligned(fromByteOffset: at, as: Int32.self)) }

    /// Seconds east of UTC at an instant in seconds since 1970.
    ///
    /// - Complexity: logarithmic in the zone's transitions, about 250 at most.
    public func offset(at seconds: Int64) -> Int64 {
        let kinds = byte(0)
        let (low, count, times) = transitions(through: seconds)
        if low == count { return closingOffset(times + 6 * count, at: seconds) }
        let kind = low == 0 ? byte(1 + 4 * kinds) : byte(times + 5 * count + low - 1)
        return int32(1 + 4 * kind)
    }

    /// The first change of the clocks, or of their name, behind an instant; nil where there is none.
    func nextChange(after seconds: Int64) -> Int64? {
        let (low, count, times) = transitions(through: seconds)
        if low < count { return time(times + 5 * low) }
        let at = times + 6 * count
        guard byte(at) == 2 else { return nil }
        let (standard, summer) = (int32(at + 1), int32(at + 5))
        let year = CalendarDate(daysSince1970: (seconds + standard).floored(by: 86_400)).year
        let changes = (year - 1...year + 1).flatMap {
            [change(at + 9, in: $0) - standard, change(at + 16, in: $0) - summer]
        }
        return changes.filter { $0 > seconds }.min()
    }

    /// How many transitions lie at or before an instant, how many there are, and where their times stand.
    private func transitions(through seconds: Int64) -> (passed: Int, count: Int, times: Int) {
        let kinds = byte(0)
        let count = Int(record.loadUnaligned(fromByteOffset: 2 + 4 * kinds, as: UInt16.self))
        let times = 4 + 4 * kinds
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if time(times + 5 * middle) <= seconds { low = middle + 1 } else { high = middle }
        }
        return (low, count, times)
    }

    private func time(_ at: Int) -> Int64 {
        let low = Int64(record.loadUnaligned(fromByteOffset: at, as: UInt32.self))
        return low + Int64(byte(at + 4)) << 32 - Self.bias
    }

    /// After the last transition: one offset, or a change to summer and back each year.
    private func closingOffset(_ at: Int, at seconds: Int64) -> Int64 {
        let standard = int32(at + 1)
        guard byte(at) == 2 else { return standard }
        let summer = int32(at + 5)
        let year = CalendarDate(daysSince1970: (seconds + standard).floored(by: 86_400)).year
        let begin = change(at + 9, in: year) - standard
        let end = change(at + 16, in: year) - summer
        let isSummer =
            begin < end ? begin <= seconds && seconds < end : !(end <= seconds && seconds < begin)
        return isSummer ? summer : standard
    }

    /// The local second of the change in a year: the week-th weekday of a month, the fifth being the last.
    private func change(_ at: Int, in year: Int) -> Int64 {
        let (month, week, weekday) = (byte(at), byte(at + 1), byte(at + 2))
        let first = CalendarDate(year: year, month: month, day: 1)
        var day = 1 + (weekday - first.weekday + 7) % 7 + 7 * (week - 1)
        if day > CalendarDate.days(month: month, year: year) { day -= 7 }
        return (first.daysSince1970 + Int64(day - 1)) * 86_400 + int32(at + 3)
    }
}

extension CalendarDate {
    /// 0 is Sunday.
    package var weekday: Int {
        let days = (daysSince1970 + 4) % 7
        return Int(days < 0 ? days + 7 : days)
    }

    /// 0 is the first of January.
    package var dayOfYear: Int { Int(daysSince1970 - CalendarDate(year: year, month: 1, day: 1).daysSince1970) }
}

extension Int64 {
    /// Division rounded down.
    package func floored(by divisor: Int64) -> Int64 {
        self >= 0 ? self / divisor : (self + 1) / divisor - 1
    }
}
