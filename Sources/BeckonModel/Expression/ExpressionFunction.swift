/// The functions that compute.
enum ExpressionFunction: UInt8, Sendable, CaseIterable {
    case size, startsWith, endsWith, contains, matches
    case int, uint, double, string, bytes, bool, dyn, type, duration, timestamp
    case getFullYear, getMonth, getDate, getDayOfMonth, getDayOfWeek, getDayOfYear
    case getHours, getMinutes, getSeconds, getMilliseconds

    private static let byName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })

    init?(name: String) {
        guard let function = Self.byName[name] else { return nil }
        self = function
    }

    var name: String { "\(self)" }

    /// Asks for a part of a timestamp or a duration.
    var isPart: Bool { rawValue >= Self.getFullYear.rawValue }

    /// Whether it is written `value.function(…)` or `function(value, …)`.
    func isWritten(asMember: Bool) -> Bool {
        switch self {
        case .size, .matches: true
        case .startsWith, .endsWith, .contains: asMember
        default: asMember == isPart
        }
    }

    /// With the receiver.
    var operandCounts: ClosedRange<Int> {
        switch self {
        case .startsWith, .endsWith, .contains, .matches: 2...2
        default: isPart ? 1...2 : 1...1
        }
    }

    var result: ExpressionType {
        switch self {
        case .size, .int: .int
        case .startsWith, .endsWith, .contains, .matches, .bool: .bool
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .dyn: .dynamic
        case .type: .type
        case .duration: .duration
        case .timestamp: .timestamp
        default: .int
        }
    }

    /// The types of the operand at a place; nil: any.
    func accepted(at place: Int) -> [ExpressionType]? {
        switch self {
        case .dyn, .type: nil
        case .size: [.string, .bytes, .list, .map]
        case .startsWith, .endsWith, .contains, .matches: [.string]
        case .int: [.int, .uint, .double, .string, .timestamp]
        case .uint, .double: [.int, .uint, .double, .string]
        case .string: [.string, .bytes, .bool, .int, .uint, .double, .duration, .timestamp]
        case .bytes: [.bytes, .string]
        case .bool: [.bool, .string]
        case .duration: [.string, .duration]
        case .timestamp: [.string, .int, .timestamp]
        case .getHours, .getMinutes, .getSeconds, .getMilliseconds:
            place == 0 ? [.timestamp, .duration] : [.string]
        default: place == 0 ? [.timestamp] : [.string]
        }
    }

    /// How it is called, for sentences.
    var example: String {
        switch self {
        case .startsWith, .endsWith, .contains: "properties.path.\(name)(\"/pricing\")"
        case .matches: "properties.path.matches(\"^/pricing\")"
        case .size: "size(properties.title)"
        case .duration: "duration(\"168h\")"
        case .timestamp: "timestamp(\"2026-03-01T12:00:00Z\")"
        case .bool: "bool(properties.gift)"
        case .bytes: "bytes(properties.title)"
        default: isPart ? "now.\(name)(\"Europe/Berlin\")" : "\(name)(properties.price)"
        }
    }
}
