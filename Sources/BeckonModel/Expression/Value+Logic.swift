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

    /// The elements as a list, or the first that is absent.
    static func list(of elements: UnsafePointer<Value>, count: Int) -> Value {
        for index in 0..<count where elements[index].isAbsent { return elements[index] }
        return .list(ValueList(start: elements, count: count))
    }

    static func element(of list: Value, at position: Value) -> Value {
        guard case .list(let elements) = list else { return .failed(.noSuchOverload) }
        let index: Int
        switch position {
        case .int(let value): index = Int(value)
        case .uint(let value): index = Int(clamping: value)
        default: return .failed(.noSuchOverload)
        }
        guard index >= 0, index < elements.count, let start = elements.start else { return .failed(.indexOutOfRange) }
        return start[index]
    }
}
