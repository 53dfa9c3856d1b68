/// Finds operators, functions and conditions that cannot work on properties as they are declared.
///
/// An expression is typed without declarations, so that its meaning is the same with and without them; this is asked besides.
struct DeclaredTyping {
    /// The declared type of a path below the event at hand; nil where nothing is known.
    let type: (PropertyPath) -> PropertyType?
    private(set) var problems: [Problem] = []

    struct Problem {
        /// Bytes from the beginning of the expression's text.
        let offset: Int
        let message: String
        /// Whose declaration it goes against.
        let path: PropertyPath
    }

    init(type: @escaping (PropertyPath) -> PropertyType?) { self.type = type }

    mutating func judge(_ expression: Expression, as purpose: Expression.Purpose) {
        if purpose == .condition {
            demand([.bool], expression.root) { "a condition is true or false, and this is \($0)" }
        }
        var terms: [ExpressionTerm] = []
        expression.root.visit { terms.append($0) }
        for term in terms { judge(term) }
    }

    private mutating func judge(_ term: ExpressionTerm) {
        switch term.kind {
        case .binary(let symbol, let left, let right) where symbol == .and || symbol == .or:
            for side in [left, right] {
                demand([.bool], side) { "`\(symbol.rawValue)` needs booleans, and this is \($0)" }
            }
        case .binary(let symbol, let left, let right): judge(symbol, left, right, at: term.offset)
        case .not(let operand): demand([.bool], operand) { "`!` needs booleans, and this is \($0)" }
        case .negate(let operand): demand([.double], operand) { "`-` needs a number, and this is \($0)" }
        case .conditional(let condition, _, _): demand([.bool], condition) { "`?` needs booleans, and this is \($0)" }
        case .call(let function, let operands):
            for (place, operand) in operands.enumerated() {
                guard let accepted = function.accepted(at: place) else { continue }
                demand(accepted, operand) { "`\(function.name)` does not take \($0)" }
            }
        case .match(let operand, _): demand([.string], operand) { "`matches` does not take \($0)" }
        case .index(let operand, _):
            demand([.list, .map], operand) { "`[…]` needs a list or a map, and this is \($0)" }
        case .comprehension(let comprehension):
            demand([.list, .map], comprehension.range) {
                "`\(comprehension.macro.rawValue)` needs a list or a map, and this is \($0)"
            }
        default: break
        }
    }

    private mutating func judge(
        _ symbol: BinaryOperator, _ left: ExpressionTerm, _ right: ExpressionTerm, at offset: Int
    ) {
        let (first, second) = (declared(left), declared(right))
        guard let path = first?.path ?? second?.path else { return }
        let isEquality = symbol == .equal || symbol == .notEqual
        // Whatever its type, a property may be null.
        if isEquality, left.type == .null || right.type == .null { return }
        let result = OperatorTyping.result(of: symbol, left.typed(first?.type), right.typed(second?.type))
        guard case .problem(var message) = result else { return }
        let isComparison = isEquality || symbol.precedence == BinaryOperator.less.precedence
        if isComparison, let literal = (first == nil ? left : right).rewritten(for: (first ?? second)!.type) {
            message += ": write \(literal)"
        }
        problems.append(Problem(offset: offset, message: message, path: path))
    }

    /// That the operand, where it is a declared property, is of one of the types.
    private mutating func demand(
        _ accepted: [ExpressionType], _ operand: ExpressionTerm, _ message: (String) -> String
    ) {
        guard let (path, type) = declared(operand), !accepted.contains(where: type.mayBe) else { return }
        problems.append(Problem(offset: operand.offset, message: message(type.described), path: path))
    }

    private func declared(_ term: ExpressionTerm) -> (path: PropertyPath, type: ExpressionType)? {
        switch term.kind {
        case .variable(.property(let path)), .variable(.trait(let path)):
            return type(path)?.expressionType.map { (path, $0) }
        default: return nil
        }
    }
}

extension PropertyType {
    /// nil for any.
    fileprivate var expressionType: ExpressionType? {
        switch self {
        case .string: .string
        case .number: .double
        case .boolean: .bool
        case .array: .list
        case .object: .map
        case .any: nil
        }
    }
}

extension ExpressionTerm {
    fileprivate func typed(_ type: ExpressionType?) -> ExpressionTerm {
        type.map { ExpressionTerm(kind: kind, type: $0) } ?? self
    }

    /// How a literal would be written as that type; nil where it would not.
    fileprivate func rewritten(for type: ExpressionType) -> String? {
        switch (kind, type) {
        case (.literal(.string(let text)), .double) where Double(text) != nil && text.utf8.allSatisfy(\.isInNumber):
            text
        case (.literal(.string(let text)), .bool) where text == "true" || text == "false": text
        case (.literal(.int(let number)), .string): "\"\(number)\""
        case (.literal(.double(let number)), .string):
            "\"\(number == Double(Int64(exactly: number) ?? 0) ? "\(Int64(number))" : "\(number)")\""
        case (.literal(.bool(let value)), .string): "\"\(value)\""
        default: nil
        }
    }
}

extension UInt8 {
    fileprivate var isInNumber: Bool { isDigit || self == UInt8(ascii: ".") || self == UInt8(ascii: "-") }
}
