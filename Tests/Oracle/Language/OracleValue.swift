/// What an operand has become.
enum OracleValue: Sendable, Hashable {
    case missing
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string([UInt8])
    /// An object or array.
    case json(OracleJSON)
    /// Milliseconds.
    case duration(Int64)

    init(_ json: OracleJSON?) {
        switch json {
        case nil: self = .missing
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .number(let text): self = .double(Double(text) ?? .infinity)
        case .string(let bytes): self = .string(bytes)
        case .array, .object: self = .json(json!)
        }
    }

    /// nil where there is nothing to show.
    var canonicalText: String? {
        switch self {
        case .missing, .duration: return nil
        case .null: return "null"
        case .bool(let value): return "\(value)"
        case .int(let value): return "\(value)"
        case .double(let value): return OracleJSON.canonicalNumber(value)
        case .string(let bytes): return OracleJSON.quoted(bytes)
        case .json(let json): return json.canonicalText
        }
    }

    private var number: Double? {
        switch self {
        case .int(let value): return Double(value)
        case .double(let value): return value
        default: return nil
        }
    }

    /// nil: it has no answer, because something is missing or cannot be put in order.
    func compare(_ comparison: OracleComparison, _ other: OracleValue) -> Bool? {
        if self == .missing { return nil }
        if comparison == .equal { return isEqual(other) }
        if comparison == .notEqual { return !isEqual(other) }
        guard let isBefore = precedes(other), let isAfter = other.precedes(self) else { return nil }
        switch comparison {
        case .less: return isBefore
        case .lessOrEqual: return !isAfter
        case .greater: return isAfter
        default: return !isBefore
        }
    }

    /// Values of different types are not equal, which is no error.
    private func isEqual(_ other: OracleValue) -> Bool {
        if let left = number, let right = other.number { return left == right }
        return self == other
    }

    private func precedes(_ other: OracleValue) -> Bool? {
        if let left = number, let right = other.number { return left < right }
        switch (self, other) {
        case (.string(let left), .string(let right)): return left.lexicographicallyPrecedes(right)
        case (.bool(let left), .bool(let right)): return !left && right
        case (.duration(let left), .duration(let right)): return left < right
        default: return nil
        }
    }
}
