/// What an operator gives for the types of its operands, or why it cannot.
enum OperatorTyping {
    enum Result: Equatable {
        case type(ExpressionType)
        case problem(String)
    }

    static func result(of symbol: BinaryOperator, _ left: ExpressionTerm, _ right: ExpressionTerm) -> Result {
        switch symbol {
        case .and, .or: .type(.bool)
        case .equal, .notEqual: equality(symbol, left.type, right.type)
        case .less, .lessOrEqual, .greater, .greaterOrEqual: order(symbol, left.type, right.type)
        case .contained: contained(left, right)
        case .add, .subtract, .multiply, .divide, .remainder: arithmetic(symbol, left, right)
        }
    }

    private static func equality(_ symbol: BinaryOperator, _ left: ExpressionType, _ right: ExpressionType) -> Result {
        if left.mayBe(right) || isComparable(left, right) { return .type(.bool) }
        return .problem(
            "`\(symbol.rawValue)` compares \(left.described) with \(right.described), which are never equal")
    }

    /// Numbers of any kind compare by value, also with a number from JSON.
    private static func isComparable(_ left: ExpressionType, _ right: ExpressionType) -> Bool {
        (left.isNumber || left == .json) && (right.isNumber || right == .json)
    }

    private static func order(_ symbol: BinaryOperator, _ left: ExpressionType, _ right: ExpressionType) -> Result {
        let unordered: [ExpressionType] = [.null, .list, .map, .type]
        if !unordered.contains(left), !unordered.contains(right), left.mayBe(right) || isComparable(left, right) {
            return .type(.bool)
        }
        let types = "\(left.described) with \(right.described)"
        return .problem("`\(symbol.rawValue)` cannot compare \(types)\(hint(left, right))")
    }

    /// Durations and timestamps come as texts in JSON.
    private static func hint(_ left: ExpressionType, _ right: ExpressionType) -> String {
        let types = [left, right]
        guard types.contains(.json) || types.contains(.string) else { return "" }
        if types.contains(.duration) { return ": write duration(…) around it" }
        if types.contains(.timestamp) { return ": write timestamp(…) around it" }
        return ""
    }

    private static func contained(_ left: ExpressionTerm, _ right: ExpressionTerm) -> Result {
        switch right.type {
        case .list, .map, .json, .dynamic: break
        default: return .problem("`in` needs a list or a map on its right, and this is \(right.type.described)")
        }
        guard case .list(let elements) = right.kind else { return .type(.bool) }
        for element in elements where !left.type.mayBe(element.type) && !isComparable(left.type, element.type) {
            return .problem("\(left.type.described) never equals \(element.type.described) of the list")
        }
        return .type(.bool)
    }

    private static func arithmetic(_ symbol: BinaryOperator, _ left: ExpressionTerm, _ right: ExpressionTerm) -> Result
    {
        let types = (left.type, right.type)
        if types.0 == .dynamic || types.1 == .dynamic { return .type(.dynamic) }
        if let type = numeric(symbol, left.type, right.type) ?? temporal(symbol, left.type, right.type) {
            return .type(type)
        }
        if symbol == .add {
            switch types {
            case (.string, .string), (.json, .string), (.string, .json): return .type(.string)
            case (.bytes, .bytes): return .type(.bytes)
            case (.list, .list), (.json, .list), (.list, .json): return .type(.list)
            case (.json, .json): return .type(.json)
            default: break
            }
        }
        return .problem(refusal(symbol, left, right))
    }

    private static func numeric(
        _ symbol: BinaryOperator, _ left: ExpressionType, _ right: ExpressionType
    ) -> ExpressionType? {
        switch (left, right) {
        case (.int, .int), (.uint, .uint): left
        case (.double, .double), (.json, .double), (.double, .json): symbol == .remainder ? nil : .double
        case (.json, .json): symbol == .add || symbol == .remainder ? nil : .double
        default: nil
        }
    }

    private static func temporal(
        _ symbol: BinaryOperator, _ left: ExpressionType, _ right: ExpressionType
    ) -> ExpressionType? {
        switch (symbol, left, right) {
        case (.add, .duration, .duration), (.subtract, .duration, .duration): .duration
        case (.add, .timestamp, .duration), (.add, .duration, .timestamp), (.subtract, .timestamp, .duration):
            .timestamp
        case (.subtract, .timestamp, .timestamp): .duration
        default: nil
        }
    }

    private static func refusal(_ symbol: BinaryOperator, _ left: ExpressionTerm, _ right: ExpressionTerm) -> String {
        let types = "\(left.type.described) and \(right.type.described)"
        let beginning = "`\(symbol.rawValue)` cannot take \(types)"
        let (whole, other) = left.type.isWhole ? (left, right) : (right, left)
        guard whole.type.isWhole, other.type == .double || other.type == .json else {
            return beginning + hint(left.type, right.type)
        }
        if symbol == .remainder { return "\(beginning): write int(…) around the double" }
        let reason = other.type == .json ? "JSON numbers are doubles" : "arithmetic does not convert"
        switch whole.kind {
        case .literal(.int(let value)): return "\(beginning): \(reason), write \(value).0"
        case .literal(.uint(let value)): return "\(beginning): \(reason), write \(value).0"
        default: return "\(beginning): \(reason), write double(…) around the \(whole.type)"
        }
    }
}

extension ExpressionType {
    fileprivate var isWhole: Bool { self == .int || self == .uint }
}
