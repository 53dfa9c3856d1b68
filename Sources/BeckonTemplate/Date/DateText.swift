import BeckonModel

/// Reads dates and times as people and machines write them: `2016-03-14T08:30:00+01:00`, `March 14, 2016`,
/// `14 Mar 2016 8:30 pm`, `14.03.2016`.
///
/// What is not said counts as now down to the smallest part that is said, and as its beginning below.
struct DateText {
    private enum Word: Equatable {
        case number(Int, digits: Int)
        case letters(String)
        case sign(UInt8)
    }

    private var words: [Word] = []
    private var year: Int?
    private var month: Int?
    private var day: Int?
    private var second: Int?
    private var nanosecond = 0
    private var offsetSeconds: Int?

    static func read(_ text: String, now: LocalTime, zone: Zone?) -> LocalTime? {
        var reader = DateText()
        guard reader.split(text), reader.takeTime(), reader.takeDate() else { return nil }
        return reader.time(now: now, zone: zone)
    }

    // MARK: Words

    private mutating func split(_ text: String) -> Bool {
        var bytes = Array(text.lowercased().utf8)[...]
        while let first = bytes.first {
            if first.isDigitByte {
                let digits = bytes.prefix(while: \.isDigitByte)
                guard digits.count <= 14, let number = Int(String(decoding: digits, as: UTF8.self)) else {
                    return false
                }
                words.append(.number(number, digits: digits.count))
                bytes = bytes.dropFirst(digits.count)
            } else if first.isNameStart {
                let letters = bytes.prefix(while: \.isNameStart)
                words.append(.letters(String(decoding: letters, as: UTF8.self)))
                bytes = bytes.dropFirst(letters.count)
            } else {
                words.append(.sign(first.isBlankByte ? UInt8(ascii: " ") : first))
                bytes = bytes.dropFirst()
            }
        }
        return true
    }

    private func number(_ place: Int, digits: ClosedRange<Int>) -> Int? {
        guard words.indices.contains(place), case .number(let number, let count) = words[place],
            digits.contains(count)
        else { return nil }
        return number
    }

    private func isSign(_ place: Int, _ sign: String) -> Bool {
        words.indices.contains(place) && words[place] == .sign(sign.utf8.first ?? 0)
    }

    private func letters(_ place: Int) -> String? {
        guard words.indices.contains(place), case .letters(let text) = words[place] else { return nil }
        return text
    }

    // MARK: Time

    /// `8:30`, `08:30:15.5`, `8 pm`, with a zone behind. What is taken is removed.
    private mutating func takeTime() -> Bool {
        if let start = words.indices.first(where: { letters($0) == "t" && number($0 + 1, digits: 6...6) != nil }),
            let time = number(start + 1, digits: 6...6)
        {
            // 20160314T083015
            guard time / 10_000 < 24, time / 100 % 100 < 60, time % 100 < 60 else { return false }
            second = time / 10_000 * 3_600 + time / 100 % 100 * 60 + time % 100
            var end = start + 2
            takeZone(&end)
            words.removeSubrange(start..<end)
            return true
        }
        guard
            let start = words.indices.first(where: {
                number($0, digits: 1...2) != nil
                    && (isSign($0 + 1, ":") && number($0 + 2, digits: 2...2) != nil || isHalf(behind: $0))
            }), let hour = number(start, digits: 1...2)
        else { return true }
        var end = start + 1
        var seconds = hour * 3_600
        if isSign(end, ":"), let minute = number(end + 1, digits: 2...2) {
            guard minute < 60 else { return false }
            seconds += minute * 60
            end += 2
            if isSign(end, ":"), let second = number(end + 1, digits: 2...2) {
                guard second <= 60 else { return false }
                seconds += second
                end += 2
                if isSign(end, ".") || isSign(end, ","), case .number(let fraction, let digits)? = word(end + 1) {
                    guard digits <= 9 else { return false }
                    nanosecond = (0..<(9 - digits)).reduce(fraction) { number, _ in number * 10 }
                    end += 2
                }
            }
        }
        guard hour <= 24, hour < 24 || seconds == 86_400 else { return false }
        if let half = takeHalf(&end) {
            guard (1...12).contains(hour) else { return false }
            seconds += (half == "pm" ? 12 : 0) * 3_600 - (hour == 12 ? 12 : 0) * 3_600
        }
        second = seconds
        takeZone(&end)
        let begin = letters(start - 1) == "t" ? start - 1 : start
        words.replaceSubrange(begin..<end, with: [.sign(UInt8(ascii: " "))])
        return true
    }

    private func word(_ place: Int) -> Word? { words.indices.contains(place) ? words[place] : nil }

    private func isHalf(behind place: Int) -> Bool {
        let at = isSign(place + 1, " ") ? place + 2 : place + 1
        return letters(at) == "am" || letters(at) == "pm"
    }

    private func takeHalf(_ end: inout Int) -> String? {
        let at = isSign(end, " ") ? end + 1 : end
        guard let half = letters(at), half == "am" || half == "pm" else { return nil }
        end = at + 1
        return half
    }

    private static let zones = [
        "z": 0, "utc": 0, "gmt": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8,
        "pdt": -7, "cet": 1, "cest": 2, "bst": 1, "wet": 0, "west": 1, "eet": 2, "eest": 3, "jst": 9, "msk": 3,
    ]

    private mutating func takeZone(_ end: inout Int) {
        var at = isSign(end, " ") ? end + 1 : end
        if let name = letters(at), let hours = Self.zones[name] {
            offsetSeconds = hours * 3_600
            end = at + 1
            return
        }
        let sign = isSign(at, "+") ? 1 : isSign(at, "-") ? -1 : 0
        guard sign != 0, case .number(let number, let digits)? = word(at + 1) else { return }
        var minutes = digits == 4 ? number / 100 * 60 + number % 100 : number * 60
        at += 2
        if digits <= 2, isSign(at, ":"), let rest = self.number(at + 1, digits: 2...2) {
            minutes += rest
            at += 2
        }
        guard digits == 4 || digits <= 2, minutes < 24 * 60 else { return }
        offsetSeconds = sign * minutes * 60
        end = at
    }

    // MARK: Date

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    private static let longMonths = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]
    private static let weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    private static func month(_ word: String) -> Int? {
        let place = longMonths.firstIndex(of: word) ?? (word == "sept" ? 8 : months.firstIndex(of: word))
        return place.map { $0 + 1 }
    }

    private static func isWeekday(_ word: String) -> Bool {
        weekdays.contains { word.hasPrefix($0) && ($0.utf8.count == word.utf8.count || word.hasSuffix("day")) }
    }

    private mutating func takeDate() -> Bool {
        var numbers: [(value: Int, digits: Int)] = []
        var separator: UInt8?
        var isMonthFirst = false
        for word in words {
            switch word {
            case .number(let value, let digits): numbers.append((value, digits))
            case .sign(let sign):
                if numbers.count == 1, separator == nil { separator = sign }
                guard " ,-/.'".utf8.contains(sign) else { return false }
            case .letters(let letters):
                if let month = Self.month(letters) {
                    guard self.month == nil else { return false }
                    self.month = month
                    isMonthFirst = numbers.isEmpty
                } else if !Self.isWeekday(letters), !["st", "nd", "rd", "th", "of"].contains(letters) {
                    return false
                }
            }
        }
        if month != nil { return takeNamed(numbers, isMonthFirst: isMonthFirst) }
        return takeNumbers(numbers, separator)
    }

    /// A month by its name, and numbers around it.
    private mutating func takeNamed(_ numbers: [(value: Int, digits: Int)], isMonthFirst: Bool) -> Bool {
        guard numbers.count <= 2 else { return false }
        if numbers.count == 2, numbers[0].digits > 2 {
            // 2016 March 14
            (year, day) = (numbers[0].value, numbers[1].value)
        } else if numbers.count == 1, numbers[0].digits > 2 {
            year = numbers[0].value
        } else {
            day = numbers.first?.value
            if numbers.count == 2 { year = Self.wholeYear(numbers[1]) }
        }
        return true
    }

    private mutating func takeNumbers(_ numbers: [(value: Int, digits: Int)], _ separator: UInt8?) -> Bool {
        switch numbers.count {
        case 0: return second != nil
        case 1 where numbers[0].digits == 8:
            (year, month, day) = (
                numbers[0].value / 10_000, numbers[0].value / 100 % 100, numbers[0].value % 100
            )
        case 2 where separator == UInt8(ascii: "/"):
            (month, day) = (numbers[0].value, numbers[1].value)
        case 3 where numbers[2].digits > 2:
            (day, month, year) = (numbers[0].value, numbers[1].value, numbers[2].value)
        case 3: (year, month, day) = (Self.wholeYear(numbers[0]), numbers[1].value, numbers[2].value)
        default: return false
        }
        return true
    }

    /// 69 is 1969, 68 is 2068.
    private static func wholeYear(_ number: (value: Int, digits: Int)) -> Int {
        number.digits > 2 ? number.value : number.value + (number.value < 69 ? 2_000 : 1_900)
    }

    // MARK: Result

    private func time(now: LocalTime, zone: Zone?) -> LocalTime? {
        let isTimeAlone = year == nil && month == nil && day == nil
        let year = year ?? now.date.year
        let month = month ?? (self.year == nil ? now.date.month : 1)
        let day = day ?? (isTimeAlone ? now.date.day : 1)
        guard (0...9_999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        // The 30th of February is the 2nd of March, or the 1st; midnight at a day's end belongs to the next.
        let first = CalendarDate(year: year, month: month, day: 1).daysSince1970
        let local = (first + Int64(day - 1)) * 86_400 + Int64(second ?? 0)
        guard let offsetSeconds else {
            let offset = zone.map { $0.offset(at: local - $0.offset(at: local)) } ?? 0
            return LocalTime(
                localSeconds: local, nanosecond: nanosecond, offsetSeconds: Int(offset),
                clock: zone == nil ? .utc : .zone)
        }
        if zone != nil || offsetSeconds == 0 {
            return LocalTime(epochSeconds: local - Int64(offsetSeconds), nanosecond: nanosecond, zone: zone)
        }
        return LocalTime(
            localSeconds: local, nanosecond: nanosecond, offsetSeconds: offsetSeconds, clock: .fixed)
    }
}
