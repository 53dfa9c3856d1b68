/// Booleans, and values that are not there.
extension Value {
    /// Whether it is the boolean true; missing and failed are not.
    @inlinable public var isTrue: Bool {
        if case .bool(true) = self { return true }
        return false
    }

    /// Missing or failed: no operator but `&&`, `||` and `?:` goes on from here.
    @inlinable public var isAbsent: Bool {
        switch self {
        case .missing, .failed: true
        default: false
        }
    }

    /// Itself when absent, else the failure of a value of the wrong type.
    var orFailed: Value { isAbsent ? self : .failed(.noSuchOverload) }

    /// `&&`: false wins over anything on the other side, as CEL says.
    static func conjunction(_ left: Value, _ right: Value) -> Value {
        switch (left, right) {
        case (.bool(false), _), (_, .bool(false)): .bool(false)
        case (.bool(true), .bool(true)): .bool(true)
        case (.bool, _): right.orFailed
        default: left.orFailed
        }
    }

    /// `||`: true wins over anything on the other side, as CEL says.
    static func disjunction(_ left: Value, _ right: Value) -> Value {
        switch (left, right) {
        case (.bool(true), _), (_, .bool(true)): .bool(true)
        case (.bool(false), .bool(false)): .bool(false)
        case (.bool, _): right.orFailed
        default: left.orFailed
        }
    }

    var negatedBoolean: Value {
        if case .bool(let value) = self { return .bool(!value) }
        return orFailed
    }
}
