import BeckonModel

/// Writes times by a format of strftime, with Ruby's flags and widths: `%-d`, `%^b`, `%3N`, `%:z`.
enum TimeFormat {
    private struct Directive {
        var isPadded = true
        var padding: UInt8?
        var isUpper = false
        var isSwapped = false
        var colons = 0
        var width: Int?
        var letter: UInt8 = 0
    }

    private static let widthMax = 255
    private static let monthNames = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    private static let dayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    /// What is no directive stands as it is.
    static func append(_ time: LocalTime, _ format: String, to sink: inout TextSink) throws(RenderFailure) {
        var rest = Array(format.utf8)[...]
        while let percent = rest.firstIndex(of: UInt8(ascii: "%")) {
            try sink.append(utf8: rest[..<percent])
            var after = rest[(percent + 1)...]
            if let directive = directive(&after), let text = text(directive, time) {
                try sink.append(text)
            } else {
                try sink.append(utf8: rest[percent..<after.startIndex])
            }
            rest = after
        }
        try sink.append(utf8: rest)
    }

    private static func directive(_ rest: inout ArraySlice<UInt8>) -> Directive? {
        var directive = Directive()
        flags: while let flag = rest.first {
            switch flag {
            case UInt8(ascii: "-"): directive.isPadded = false
            case UInt8(ascii: "_"): directive.padding = UInt8(ascii: " ")
            case UInt8(ascii: "0"): directive.padding = UInt8(ascii: "0")
            case UInt8(ascii: "^"): directive.isUpper = true
            case UInt8(ascii: "#"): directive.isSwapped = true
            case UInt8(ascii: ":"): directive.colons += 1
            default: break flags
            }
            rest = rest.dropFirst()
        }
        while let digit = rest.first, digit.isDigitByte {
            directive.width = min(widthMax, (directive.width ?? 0) * 10 + Int(digit - UInt8(ascii: "0")))
            rest = rest.dropFirst()
        }
        guard var letter = rest.popFirst() else { return nil }
        // The forms of other calendars: there are none here.
        if letter == UInt8(ascii: "E") || letter == UInt8(ascii: "O"), let next = rest.first, next.isNameStart {
            letter = next
            rest = rest.dropFirst()
        }
        directive.letter = letter
        return directive
    }

    private static func text(_ directive: Directive, _ time: LocalTime) -> String? {
        if let (number, width, padding) = number(directive.letter, time) {
            return padded(number, directive, width: width, padding: padding)
        }
        guard var text = composed(directive.letter, time) ?? word(directive, time) else { return nil }
        if directive.isUpper { text = text.uppercased() }
        if directive.isSwapped { text = directive.letter == UInt8(ascii: "p") ? text.lowercased() : text.uppercased() }
        let missing = directive.isPadded ? (directive.width ?? 0) - text.utf8.count : 0
        guard missing > 0 else { return text }
        let padding = directive.padding ?? UInt8(ascii: " ")
        return String(repeating: String(UnicodeScalar(padding)), count: missing) + text
    }

    /// Its width and its padding without flags.
    private static func number(_ letter: UInt8, _ time: LocalTime) -> (Int64, Int, String)? {
        let date = time.date
        let hour12 = (time.hour + 11) % 12 + 1
        let number: (Int, Int, String)? =
            switch letter {
            case UInt8(ascii: "Y"): (date.year, 4, "0")
            case UInt8(ascii: "C"): (date.year / 100, 2, "0")
            case UInt8(ascii: "y"): (date.year % 100, 2, "0")
            case UInt8(ascii: "m"): (date.month, 2, "0")
            case UInt8(ascii: "d"): (date.day, 2, "0")
            case UInt8(ascii: "e"): (date.day, 2, " ")
            case UInt8(ascii: "j"): (date.dayOfYear + 1, 3, "0")
            case UInt8(ascii: "H"): (time.hour, 2, "0")
            case UInt8(ascii: "k"): (time.hour, 2, " ")
            case UInt8(ascii: "I"): (hour12, 2, "0")
            case UInt8(ascii: "l"): (hour12, 2, " ")
            case UInt8(ascii: "M"): (time.minute, 2, "0")
            case UInt8(ascii: "S"): (time.second % 60, 2, "0")
            case UInt8(ascii: "u"): (date.weekday == 0 ? 7 : date.weekday, 1, "0")
            case UInt8(ascii: "w"): (date.weekday, 1, "0")
            case UInt8(ascii: "U"): ((date.dayOfYear + 7 - date.weekday) / 7, 2, "0")
            case UInt8(ascii: "W"): ((date.dayOfYear + 7 - (date.weekday + 6) % 7) / 7, 2, "0")
            case UInt8(ascii: "V"): (isoWeek(date).week, 2, "0")
            case UInt8(ascii: "G"): (isoWeek(date).year, 4, "0")
            case UInt8(ascii: "g"): (isoWeek(date).year % 100, 2, "0")
            case UInt8(ascii: "s"): (Int(time.epochSeconds), 1, "0")
            default: nil
            }
        return number.map { (Int64($0.0), $0.1, $0.2) }
    }

    private static func padded(_ number: Int64, _ directive: Directive, width: Int, padding: String) -> String {
        let digits = String(number.magnitude)
        let sign = number < 0 ? "-" : ""
        guard directive.isPadded else { return sign + digits }
        let padding = directive.padding.map { String(UnicodeScalar($0)) } ?? padding
        let missing = max(0, (directive.width ?? width) - digits.utf8.count - sign.utf8.count)
        let filling = String(repeating: padding, count: missing)
        return padding == " " ? filling + sign + digits : sign + filling + digits
    }

    /// The week of ISO 8601 and the year it belongs to: that of its Thursday.
    private static func isoWeek(_ date: CalendarDate) -> (year: Int, week: Int) {
        let thursday = CalendarDate(daysSince1970: date.daysSince1970 + Int64(3 - (date.weekday + 6) % 7))
        return (thursday.year, thursday.dayOfYear / 7 + 1)
    }

    private static func word(_ directive: Directive, _ time: LocalTime) -> String? {
        switch directive.letter {
        case UInt8(ascii: "A"): dayNames[time.date.weekday]
        case UInt8(ascii: "a"): String(dayNames[time.date.weekday].prefix(3))
        case UInt8(ascii: "B"): monthNames[time.date.month - 1]
        case UInt8(ascii: "b"), UInt8(ascii: "h"): String(monthNames[time.date.month - 1].prefix(3))
        case UInt8(ascii: "p"): time.hour < 12 ? "AM" : "PM"
        case UInt8(ascii: "P"): time.hour < 12 ? "am" : "pm"
        case UInt8(ascii: "L"): fraction(time, digits: directive.width ?? 3)
        case UInt8(ascii: "N"): fraction(time, digits: directive.width ?? 9)
        case UInt8(ascii: "z"): offset(time, colons: directive.colons)
        case UInt8(ascii: "Z"): zoneName(time)
        case UInt8(ascii: "n"): "\n"
        case UInt8(ascii: "t"): "\t"
        case UInt8(ascii: "%"): "%"
        default: nil
        }
    }

    private static func composed(_ letter: UInt8, _ time: LocalTime) -> String? {
        let format: String? =
            switch letter {
            case UInt8(ascii: "c"): "%a %b %e %H:%M:%S %Y"
            case UInt8(ascii: "D"), UInt8(ascii: "x"): "%m/%d/%y"
            case UInt8(ascii: "F"): "%Y-%m-%d"
            case UInt8(ascii: "T"), UInt8(ascii: "X"): "%H:%M:%S"
            case UInt8(ascii: "R"): "%H:%M"
            case UInt8(ascii: "r"): "%I:%M:%S %p"
            case UInt8(ascii: "v"): "%e-%^b-%Y"
            default: nil
            }
        guard let format else { return nil }
        var sink = TextSink(bytesMax: widthMax)
        return (try? append(time, format, to: &sink)).map { sink.text }
    }

    private static func fraction(_ time: LocalTime, digits count: Int) -> String {
        let digits = String(String(1_000_000_000 + time.nanosecond).dropFirst())
        return count <= 9 ? String(digits.prefix(count)) : digits + String(repeating: "0", count: count - 9)
    }

    /// Nothing where there is only a distance from UTC. Zones have no abbreviations here.
    private static func zoneName(_ time: LocalTime) -> String {
        switch time.clock {
        case .utc: "UTC"
        case .fixed: ""
        case .zone: offset(time, colons: 1)
        }
    }

    private static func offset(_ time: LocalTime, colons: Int) -> String {
        let seconds = time.offsetSeconds.magnitude
        let pair = { (number: UInt) in (number < 10 ? "0" : "") + String(number) }
        let sign = time.offsetSeconds < 0 ? "-" : "+"
        let colon = colons > 0 ? ":" : ""
        return sign + pair(seconds / 3_600) + colon + pair(seconds / 60 % 60)
            + (colons > 1 ? ":" + pair(seconds % 60) : "")
    }
}
