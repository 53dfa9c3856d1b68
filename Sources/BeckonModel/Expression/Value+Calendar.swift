/// The parts of timestamps, in UTC or in a zone, and of durations.
extension Value {
    /// Of a timestamp in UTC, or of a duration.
    func part(_ function: ExpressionFunction) -> Value {
        switch self {
        case .timestamp(let seconds, let nanoseconds): Self.part(function, ofLocal: seconds, nanoseconds)
        case .duration(let seconds, let nanoseconds): Self.part(function, ofDuration: seconds, nanoseconds)
        default: .failed(.noSuchOverload)
        }
    }

    /// Of a timestamp as the clocks of a zone show it: a name of the zone table, or an offset such as `-08:00`.
    func part(_ function: ExpressionFunction, in zone: Value) -> Value {
        guard case .timestamp(let seconds, let nanoseconds) = self, case .string(let name) = zone else {
            return .failed(.noSuchOverload)
        }
        if let offset = name.zoneOffset { return Self.part(function, ofLocal: seconds + offset, nanoseconds) }
        guard let zone = ZoneTable.standard.zone(named: name) else { return .failed(.unknownZone) }
        return Self.part(function, ofLocal: seconds + zone.offset(at: seconds), nanoseconds)
    }

    /// Whether a text names a zone.
    static func isZone(_ name: Bytes) -> Bool {
        name.zoneOffset != nil || ZoneTable.standard.zone(named: name) != nil
    }

    private static func part(_ function: ExpressionFunction, ofLocal seconds: Int64, _ nanoseconds: Int32) -> Value {
        let days = seconds.floored(by: 86_400)
        let second = seconds - days * 86_400
        let date = CalendarDate(daysSince1970: days)
        switch function {
        case .getFullYear: return .int(Int64(date.year))
        case .getMonth: return .int(Int64(date.month - 1))
        case .getDate: return .int(Int64(date.day))
        case .getDayOfMonth: return .int(Int64(date.day - 1))
        case .getDayOfWeek: return .int(Int64(date.weekday))
        case .getDayOfYear: return .int(Int64(date.dayOfYear))
        case .getHours: return .int(second / 3_600)
        case .getMinutes: return .int(second / 60 % 60)
        case .getSeconds: return .int(second % 60)
        case .getMilliseconds: return .int(Int64(nanoseconds / 1_000_000))
        default: return .failed(.noSuchOverload)
        }
    }

    /// Whole hours, minutes and seconds of all of it, but milliseconds of the last second, as the specification has it.
    private static func part(
        _ function: ExpressionFunction, ofDuration seconds: Int64, _ nanoseconds: Int32
    ) -> Value {
        switch function {
        case .getHours: .int(seconds / 3_600)
        case .getMinutes: .int(seconds / 60)
        case .getSeconds: .int(seconds)
        case .getMilliseconds: .int(Int64(nanoseconds / 1_000_000))
        default: .failed(.noSuchOverload)
        }
    }
}

extension Bytes {
    /// Seconds east of UTC: `+01:00`, `-08:00`, `02:00`; nil for anything else.
    fileprivate var zoneOffset: Int64? {
        var digits = buffer[...]
        let isWest = digits.first == UInt8(ascii: "-")
        if isWest || digits.first == UInt8(ascii: "+") { digits = digits.dropFirst() }
        guard digits.count == 5, digits[digits.startIndex + 2] == UInt8(ascii: ":") else { return nil }
        func number(_ place: Int) -> Int64? {
            let (tens, ones) = (digits[digits.startIndex + place], digits[digits.startIndex + place + 1])
            guard tens.isDigit, ones.isDigit else { return nil }
            return Int64(tens - UInt8(ascii: "0")) * 10 + Int64(ones - UInt8(ascii: "0"))
        }
        guard let hours = number(0), let minutes = number(3), hours <= 23, minutes <= 59 else { return nil }
        return (isWest ? -1 : 1) * (hours * 3_600 + minutes * 60)
    }
}
