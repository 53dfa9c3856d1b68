/// Gives the names of an expression their meaning and finds every operator that cannot work on its operands.
struct ExpressionChecker {
    let scope: ExpressionScope
    private(set) var problems: [ExpressionProblem] = []
    /// In a free scope: what is said when evaluation fails at a place.
    private(set) var failures: [Int: String] = [:]
    /// Whether it asks for time zones.
    var readsZones = false
    /// The variables of the macros around, the innermost last.
    private var locals: [Local] = []
    private var localsCount = 0

    private struct Local {
        let name: String
        let number: Int
        let type: ExpressionType
    }

    init(scope: ExpressionScope) {
        self.scope = scope
    }

    mutating func report(_ message: String, at offset: Int, nearest: String? = nil) {
        problems.append(ExpressionProblem(offset: offset, message: message, nearest: nearest))
    }

    mutating func reportNotYetKnown(_ what: String, at offset: Int) {
        problems.append(.notYetKnown(what, at: offset))
    }

    /// What fails only when it is evaluated, and then says this.
    mutating func failure(
        _ reason: EvaluationError.Reason, _ message: String, at offset: Int
    ) -> ExpressionTerm {
        failures[offset] = message
        var term = ExpressionTerm(kind: .failure(reason), type: .dynamic)
        term.offset = offset
        return term
    }

    // MARK: Variables of macros

    func local(_ name: String) -> ExpressionTerm? {
        guard let local = locals.last(where: { $0.name.utf8.elementsEqual(name.utf8) }) else { return nil }
        return ExpressionTerm(kind: .local(local.number), type: local.type)
    }

    /// Checks `body` with one variable more; its number.
    mutating func withLocal<Result>(
        _ name: String, _ type: ExpressionType, _ body: (inout ExpressionChecker, Int) -> Result
    ) -> Result {
        let number = localsCount
        localsCount += 1
        locals.append(Local(name: name, number: number, type: type))
        defer { locals.removeLast() }
        return body(&self, number)
    }

    // MARK: Terms

    /// nil after a report.
    mutating func term(_ node: ExpressionNode) -> ExpressionTerm? {
        guard var term = unplaced(node) else { return nil }
        // What fails by itself has its place already.
        if case .failure = term.kind { return term }
        term.offset = node.offset
        return term
    }

    private mutating func unplaced(_ node: ExpressionNode) -> ExpressionTerm? {
        switch node.kind {
        case .literal(let literal): return ExpressionTerm(kind: .literal(literal), type: literal.type)
        case .name, .select: return named(node)
        case .index(let operand, let position):
            if let path = path(node) { return outside(path, at: node.offset) }
            return index(operand, position, at: node.offset)
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
            guard let terms = terms(elements) else { return nil }
            return ExpressionTerm(kind: .list(terms), type: .list)
        case .map(let entries):
            guard let terms = terms(entries), scope.isFree || areKeys(terms, entries) else { return nil }
            return ExpressionTerm(kind: .map(terms), type: .map)
        }
    }

    /// Of all that are without a problem; nil after a report.
    func checked(_ terms: [ExpressionTerm?]) -> [ExpressionTerm]? {
        let found = terms.compactMap { $0 }
        return found.count == terms.count ? found : nil
    }

    private mutating func terms(_ nodes: [ExpressionNode]) -> [ExpressionTerm]? {
        checked(nodes.map { term($0) })
    }

    private mutating func areKeys(_ terms: [ExpressionTerm], _ nodes: [ExpressionNode]) -> Bool {
        let kinds: [ExpressionType] = [.int, .uint, .bool, .string]
        for place in stride(from: 0, to: terms.count, by: 2) where !kinds.contains(where: terms[place].type.mayBe) {
            report(
                "the keys of a map are ints, uints, booleans and texts, and this is \(terms[place].type.described)",
                at: nodes[place].offset)
            return false
        }
        return true
    }

    private mutating func boolean(_ node: ExpressionNode, of symbol: String, at offset: Int) -> ExpressionTerm? {
        guard let operand = term(node) else { return nil }
        guard scope.isFree || operand.type.mayBe(.bool) else {
            report("`\(symbol)` needs booleans, and this is \(operand.type.described)", at: node.offset)
            return nil
        }
        return operand
    }

    private mutating func negated(_ node: ExpressionNode, at offset: Int) -> ExpressionTerm? {
        guard let operand = term(node) else { return nil }
        if scope.isFree { return ExpressionTerm(kind: .negate(operand), type: .dynamic) }
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
        if scope.isFree { return ExpressionTerm(kind: kind, type: .dynamic) }
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
        let operandTerm = term(operand)
        let positionTerm = term(position)
        guard let operandTerm, let positionTerm else { return nil }
        let kind = ExpressionTerm.Kind.index(operandTerm, positionTerm)
        if scope.isFree { return ExpressionTerm(kind: kind, type: .dynamic) }
        let isMap = operandTerm.type == .map
        let isAny = operandTerm.type == .json || operandTerm.type == .dynamic
        guard isMap || isAny || operandTerm.type == .list else {
            report("`[…]` needs a list or a map, and this is \(operandTerm.type.described)", at: offset)
            return nil
        }
        let positions: [ExpressionType] = [.int, .uint, .double] + (isMap || isAny ? [.string, .bool] : [])
        guard positions.contains(where: positionTerm.type.mayBe) else {
            let what =
                isMap ? "a key of a map is an int, a uint, a boolean or a text" : "a position in a list is an int"
            report("\(what), and this is \(positionTerm.type.described)", at: position.offset)
            return nil
        }
        return ExpressionTerm(kind: kind, type: operandTerm.type == .json ? .json : .dynamic)
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
        if scope.isFree { return ExpressionTerm(kind: .binary(symbol, first, second), type: .dynamic) }
        switch OperatorTyping.result(of: symbol, first, second) {
        case .type(let type):
            return ExpressionTerm(
                kind: .binary(
                    symbol, first.compared(with: second, by: symbol), second.compared(with: first, by: symbol)),
                type: type)
        case .problem(let message):
            report(message, at: offset)
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
        var term = ExpressionTerm(kind: .literal(.double(Double(value))), type: .double)
        term.offset = offset
        return term
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
        case .bytes: .bytes
        case .type: .type
        case .duration: .duration
        case .timestamp: .timestamp
        }
    }
}
