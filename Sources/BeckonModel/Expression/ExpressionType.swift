/// What the checker knows of a value before it is evaluated.
enum ExpressionType: Sendable, Equatable {
    case null, bool, int, uint, double, string, bytes, duration, timestamp, list, map, type
    /// From an event's JSON: null, a boolean, a double, a text, a list or a map; never an int.
    case json
    /// Anything.
    case dynamic

    /// With its article, for sentences.
    var described: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .int: "an int"
        case .uint: "a uint"
        case .double: "a double"
        case .string: "a text"
        case .duration: "a duration"
        case .timestamp: "a timestamp"
        case .list: "a list"
        case .map: "a map"
        case .bytes: "bytes"
        case .type: "a type"
        case .json: "a value from JSON"
        case .dynamic: "a value"
        }
    }

    var isNumber: Bool { self == .int || self == .uint || self == .double }

    /// Whether a value of this type may turn out to be of the other.
    func mayBe(_ other: ExpressionType) -> Bool {
        if self == other || self == .dynamic || other == .dynamic { return true }
        if self == .json { return other.isInJSON }
        return other == .json && isInJSON
    }

    private var isInJSON: Bool {
        switch self {
        case .null, .bool, .double, .string, .list, .map, .json: true
        default: false
        }
    }
}
