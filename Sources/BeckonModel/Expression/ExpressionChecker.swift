/// Gives the names of an expression their meaning and finds every operator that cannot work on its operands.
struct ExpressionChecker {
    let scope: ExpressionScope
    private(set) var problems: [ExpressionProblem] = []

    init(scope: ExpressionScope) {
        self.scope = scope
    }

    mutating func report(_ message: String, at offset: Int, nearest: String? = nil) {
        problems.append(ExpressionProblem(offset: offset, message: message, nearest: nearest))
    }

    mutating func reportNotYetKnown(_ what: String, at offset: Int) {
        problems.append(.notYetKnown(what, at: offset))
    }

    /// nil after a report.
    mutating func term(_ node: ExpressionNode) -> ExpressionTerm? {
        switch node.kind {
        case .literal(let literal): return ExpressionTerm(kind: .literal(literal), type: literal.type)
        case .name, .select: return named(node)
        case .index(let operand, let position):
            return StaticPath(node) == nil ? index(operand, position, at: node.offset) : named(node)
        case .call(let name, let receiver, let arguments):
            return call(name, receiver: receiver, arguments: arguments, at: node.offset)
        case .not(let operand):
            guard let operand = boolean(operand, of: "!", at: node.offset) else { return nil }
            return ExpressionTerm(kind: .not(operand), type: .bool)
        case .negate(let operand): return negated(operand, at: node.offset)
        case .binary(let symbol, let left, let right): return binary(symbol, left, right, at: node.offset)
        case .conditional(let condition, let first, let second):
            return conditional(condition, first, second, at: node.offset)
        case .list(let elements):
            let terms = elements.map { term($0) }
            guard !terms.contains(where: { $0 == nil }) else { return nil }
            return ExpressionTerm(kind: .list(terms.compactMap { $0 }), type: .list)
        }
    }

    private mutating func boolean(_ node: ExpressionNode, of symbol: String, at offset: Int) -> ExpressionTerm? {
        guard let operand = term(node) else { return nil }
        guard operand.type.mayBe(.bool) else {
            report("`\(symbol)` needs booleans, and this is \(operand.type.described)", at: node.offset)
            return nil
        }
        return operand
    }

    private mutating func negated(_ node: ExpressionNode, at offset: Int) -> ExpressionTerm? {
        guard let operand = term(node) else { return nil }
        switch operand.type {
        case .int, .double, .dynamic: return ExpressionTerm(kind: .negate(operand), type: operand.type)
        case .json: return ExpressionTerm(kind: .negate(operand), type: .double)
        default:
            report("`-` needs a number, and this is \(operand.type.described)", at: offset)
            return nil
        }
    }

    private mutating func conditional(
        _ condition: ExpressionNode, _ first: ExpressionNode, _ second: ExpressionNode, at offset: Int
    ) -> ExpressionTerm? {
        let conditionTerm = boolean(condition, of: "?", at: offset)
        let firstTerm = term(first)
        let secondTerm = term(second)
        guard let conditionTerm, let firstTerm, let secondTerm else { return nil }
        let kind = ExpressionTerm.Kind.conditional(conditionTerm, firstTerm, secondTerm)
        if firstTerm.type == secondTerm.type { return ExpressionTerm(kind: kind, type: firstTerm.type) }
        guard firstTerm.type.mayBe(secondTerm.type) else {
            let types = "\(firstTerm.type.described) and \(secondTerm.type.described)"
            report("both results of `?:` must be of one type, and these are \(types)", at: offset)
            return nil
        }
        let isDynamic = firstTerm.type == .dynamic || secondTerm.type == .dynamic
        return ExpressionTerm(kind: kind, type: isDynamic ? .dynamic : .json)
    }

    private mutating func index(
        _ operand: ExpressionNode, _ position: ExpressionNode, at offset: Int
    ) -> ExpressionTerm? {
        if let path = StaticPath(operand), ["properties", "event", "instance", "person"].contains(path.root) {
            reportNotYetKnown("positions and computed names in JSON, such as `items[0]`, are", at: offset)
            return nil
        }
        let operandTerm = term(operand)
        let positionTerm = term(position)
        guard let operandTerm, let positionTerm else { return nil }
        guard operandTerm.type == .list || operandTerm.type == .dynamic else {
            report("`[…]` needs a list, and this is \(operandTerm.type.described)", at: offset)
            return nil
        }
        guard [.int, .uint, .dynamic].contains(positionTerm.type) else {
            report("a position in a list is an int, and this is \(positionTerm.type.described)", at: position.offset)
            return nil
        }
        return ExpressionTerm(kind: .index(operandTerm, positionTerm), type: .dynamic)
    }

    private mutating func binary(
        _ symbol: BinaryOperator, _ left: ExpressionNode, _ right: ExpressionNode, at offset: Int
    ) -> ExpressionTerm? {
        if symbol == .and || symbol == .or {
            let first = boolean(left, of: symbol.rawValue, at: offset)
            let second = boolean(right, of: symbol.rawValue, at: offset)
            guard let first, let second else { return nil }
            return ExpressionTerm(kind: .binary(symbol, first, second), type: .bool)
        }
        let first = term(left)
        let second = term(right)
        guard let first, let second else { return nil }
        switch OperatorTyping.result(of: symbol, first, second) {
        case .type(let type):
            return ExpressionTerm(
                kind: .binary(
                    symbol, first.compared(with: second, by: symbol), second.compared(with: first, by: symbol)),
                type: type)
        case .problem(let message):
            report(message, at: offset)
            return nil
        case .notYetKnown(let what):
            reportNotYetKnown(what, at: offset)
            return nil
        }
    }
}

extension ExpressionTerm {
    /// A whole number that is compared with JSON becomes a double, if that loses nothing: one comparison fewer by type.
    fileprivate func compared(with other: ExpressionTerm, by symbol: BinaryOperator) -> ExpressionTerm {
        guard symbol.precedence == BinaryOperator.less.precedence, other.type == .json,
            case .literal(.int(let value)) = kind, value.magnitude <= 1 << 53
        else { return self }
        return ExpressionTerm(kind: .literal(.double(Double(value))), type: .double)
    }
}

extension ExpressionLiteral {
    var type: ExpressionType {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .duration: .duration
        case .timestamp: .timestamp
        }
    }
}
