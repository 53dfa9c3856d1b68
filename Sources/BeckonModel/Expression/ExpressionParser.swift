/// Reads the grammar of expressions into a tree, by operator precedence.
struct ExpressionParser {
    /// Bytes of one expression of a rule.
    static let bytesMax = 16_384
    /// Brackets, calls and prefix operators within each other.
    static let nestingMax = 64
    /// Levels of the tree: also a chain such as `a && b && …` makes one level an operator.
    static let heightMax = 256

    private let tokens: [ExpressionToken]
    private var index = 0
    private var nesting = 0

    static func parse(_ text: String, bytesMax: Int = bytesMax) throws(ExpressionProblem) -> ExpressionNode {
        guard text.utf8.count <= bytesMax else {
            throw ExpressionProblem(offset: 0, message: "longer than \(bytesMax) bytes: keep part of it in a fold")
        }
        var parser = ExpressionParser(tokens: try ExpressionLexer.tokens(of: text))
        guard parser.current.kind != .end else { throw ExpressionProblem(offset: 0, message: "no expression here") }
        let node = try parser.expression()
        guard parser.current.kind == .end else { throw parser.unexpected("an operator or the end") }
        return node
    }

    private init(tokens: [ExpressionToken]) {
        self.tokens = tokens
    }

    private var current: ExpressionToken { tokens[index] }

    private mutating func advance() {
        if index < tokens.count - 1 { index += 1 }
    }

    private mutating func take(_ symbol: String) -> Bool {
        guard current.kind == .symbol(symbol) else { return false }
        advance()
        return true
    }

    private mutating func expect(_ symbol: String) throws(ExpressionProblem) {
        guard take(symbol) else { throw unexpected("`\(symbol)`") }
    }

    private func unexpected(_ wanted: String) -> ExpressionProblem {
        ExpressionProblem(offset: current.offset, message: "expected \(wanted), found \(current.described)")
    }

    private mutating func nested<Result>(
        _ body: (inout ExpressionParser) throws(ExpressionProblem) -> Result
    ) throws(ExpressionProblem) -> Result {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= Self.nestingMax else {
            throw ExpressionProblem(
                offset: current.offset, message: "nested deeper than \(Self.nestingMax) levels: split it")
        }
        return try body(&self)
    }

    private func node(
        _ kind: ExpressionNode.Kind, at offset: Int, over children: [ExpressionNode] = []
    ) throws(ExpressionProblem) -> ExpressionNode {
        let height = 1 + children.reduce(0) { max($0, $1.height) }
        guard height <= Self.heightMax else {
            throw ExpressionProblem(
                offset: offset, message: "a chain of more than \(Self.heightMax) operators: write `x in [a, b, …]`")
        }
        return ExpressionNode(kind: kind, offset: offset, height: height)
    }
}

// MARK: Operators

extension ExpressionParser {
    private mutating func expression() throws(ExpressionProblem) -> ExpressionNode {
        try nested { (parser) throws(ExpressionProblem) in try parser.conditional() }
    }

    private mutating func conditional() throws(ExpressionProblem) -> ExpressionNode {
        let condition = try binary(above: 0)
        let offset = current.offset
        guard take("?") else { return condition }
        let first = try nested { (parser) throws(ExpressionProblem) in try parser.binary(above: 0) }
        try expect(":")
        let second = try expression()
        return try node(.conditional(condition, first, second), at: offset, over: [condition, first, second])
    }

    private var binaryOperator: BinaryOperator? {
        switch current.kind {
        case .symbol(let symbol): BinaryOperator(rawValue: symbol)
        case .name("in"): .contained
        default: nil
        }
    }

    private mutating func binary(above precedence: Int) throws(ExpressionProblem) -> ExpressionNode {
        var left = try unary()
        while let next = binaryOperator, next.precedence > precedence {
            let offset = current.offset
            advance()
            let right = try binary(above: next.precedence)
            left = try node(.binary(next, left, right), at: offset, over: [left, right])
        }
        return left
    }

    private mutating func unary() throws(ExpressionProblem) -> ExpressionNode {
        let offset = current.offset
        if take("!") {
            let operand = try nested { (parser) throws(ExpressionProblem) in try parser.unary() }
            return try node(.not(operand), at: offset, over: [operand])
        }
        guard take("-") else { return try member() }
        // A sign belongs to the number: the smallest whole number has no positive twin.
        switch current.kind {
        case .int(let magnitude) where magnitude <= UInt64(Int64.max) + 1:
            advance()
            let literal = try node(.literal(.int(Int64(truncatingIfNeeded: 0 &- magnitude))), at: offset)
            return try selectors(of: literal)
        case .double(let value):
            advance()
            return try selectors(of: try node(.literal(.double(-value)), at: offset))
        default:
            let operand = try nested { (parser) throws(ExpressionProblem) in try parser.unary() }
            return try node(.negate(operand), at: offset, over: [operand])
        }
    }
}

// MARK: Operands

extension ExpressionParser {
    private static let reserved: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "in", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    ]

    private static func isKeyword(_ name: String) -> Bool {
        name == "true" || name == "false" || name == "null" || name == "in"
    }

    /// Whether a fold or a variable may be called so.
    static func isReserved(_ name: String) -> Bool { reserved.contains(name) || isKeyword(name) }

    private mutating func member() throws(ExpressionProblem) -> ExpressionNode {
        try selectors(of: try primary())
    }

    private mutating func selectors(of primary: ExpressionNode) throws(ExpressionProblem) -> ExpressionNode {
        var operand = primary
        while true {
            let offset = current.offset
            if take(".") {
                let nameOffset = current.offset
                let name = try selector()
                if case .name = tokens[index - 1].kind, take("(") {
                    let arguments = try list(until: ")")
                    operand = try node(
                        .call(name, receiver: operand, arguments: arguments), at: nameOffset,
                        over: [operand] + arguments)
                } else {
                    operand = try node(.select(operand, name), at: nameOffset, over: [operand])
                }
            } else if take("[") {
                let position = try expression()
                try expect("]")
                operand = try node(.index(operand, position), at: offset, over: [operand, position])
            } else if current.kind == .symbol("{"), StaticPath(operand) != nil {
                throw ExpressionProblem(
                    offset: offset, message: "there are no messages here: a map is written {\"name\": value}")
            } else {
                return operand
            }
        }
    }

    /// The name after a dot: any word but those of the grammar, or a name in backticks.
    private mutating func selector() throws(ExpressionProblem) -> String {
        switch current.kind {
        case .name(let name) where !Self.isKeyword(name):
            advance()
            return name
        case .quotedName(let name):
            advance()
            return name
        default: throw unexpected("a name after the dot")
        }
    }

    private mutating func primary() throws(ExpressionProblem) -> ExpressionNode {
        let token = current
        switch token.kind {
        case .name(let name): return try named(name)
        case .string(let text): return try literal(.string(text))
        case .double(let value): return try literal(.double(value))
        case .uint(let value): return try literal(.uint(value))
        case .int(let value):
            guard let signed = Int64(exactly: value) else {
                throw ExpressionProblem(offset: token.offset, message: "larger than a whole number can be: 2^63 - 1")
            }
            return try literal(.int(signed))
        case .bytes(let bytes): return try literal(.bytes(bytes))
        case .symbol("("):
            advance()
            let inner = try expression()
            try expect(")")
            return inner
        case .symbol("["):
            advance()
            let elements = try list(until: "]")
            return try node(.list(elements), at: token.offset, over: elements)
        case .symbol("{"):
            advance()
            let entries = try entries()
            return try node(.map(entries), at: token.offset, over: entries)
        case .symbol("."):
            advance()
            guard case .name(let name) = current.kind, !Self.isReserved(name) else {
                throw unexpected("a name after the dot")
            }
            return try named(name, isAbsolute: true)
        default: throw unexpected("a value")
        }
    }

    private mutating func literal(_ value: ExpressionLiteral) throws(ExpressionProblem) -> ExpressionNode {
        let offset = current.offset
        advance()
        return try node(.literal(value), at: offset)
    }

    private mutating func named(
        _ name: String, isAbsolute: Bool = false
    ) throws(ExpressionProblem) -> ExpressionNode {
        switch name {
        case "true": return try literal(.bool(true))
        case "false": return try literal(.bool(false))
        case "null": return try literal(.null)
        default: break
        }
        let offset = current.offset
        guard !Self.reserved.contains(name) else {
            throw ExpressionProblem(offset: offset, message: "`\(name)` is a reserved word, not a value")
        }
        advance()
        guard take("(") else { return try node(.name(isAbsolute ? "." + name : name), at: offset) }
        let arguments = try list(until: ")")
        return try node(.call(name, receiver: nil, arguments: arguments), at: offset, over: arguments)
    }

    private mutating func list(until end: String) throws(ExpressionProblem) -> [ExpressionNode] {
        var elements: [ExpressionNode] = []
        while !take(end) {
            if !elements.isEmpty {
                guard take(",") else { throw unexpected("`,` or `\(end)`") }
                // A list may end with a comma; a call may not.
                if end == "]", take(end) { break }
            }
            elements.append(try expression())
        }
        return elements
    }
    /// Of a map: keys and values in turn.
    private mutating func entries() throws(ExpressionProblem) -> [ExpressionNode] {
        var entries: [ExpressionNode] = []
        while !take("}") {
            if !entries.isEmpty {
                guard take(",") else { throw unexpected("`,` or `}`") }
                if take("}") { break }
            }
            entries.append(try expression())
            try expect(":")
            entries.append(try expression())
        }
        return entries
    }
}
