/// Reads the inside of one tag: expressions, filters, conditions.
struct MarkupParser {
    let source: TemplateSource
    private let tokens: [TemplateLexer.Placed]
    private var place = 0
    /// What only a strict render or a check refuses.
    private(set) var tolerated: [TemplateProblem] = []

    /// Of brackets inside brackets.
    static let depthMax = 32

    init(_ range: Range<Int>, of source: TemplateSource) throws(TemplateProblem) {
        self.source = source
        tokens = try TemplateLexer.tokens(in: range, of: source)
    }

    // MARK: Tokens

    var token: TemplateLexer.Token { tokens[place].token }
    /// Of the token at hand, in the source.
    var offset: Int { tokens[place].range.lowerBound }
    private var following: TemplateLexer.Token { place + 1 < tokens.count ? tokens[place + 1].token : .end }

    mutating func advance() { if token != .end { place += 1 } }

    mutating func take(_ wanted: TemplateLexer.Token) -> Bool {
        guard token == wanted else { return false }
        advance()
        return true
    }

    mutating func take(word: String) -> Bool { take(.name(word)) }

    func unexpected(_ wanted: String) -> TemplateProblem {
        source.problem(.syntax, "\(wanted) is expected here, not \(token.described)", at: offset)
    }

    mutating func expect(_ wanted: TemplateLexer.Token) throws(TemplateProblem) {
        guard take(wanted) else { throw unexpected(wanted.described) }
    }

    mutating func name(_ what: String) throws(TemplateProblem) -> String {
        guard case .name(let name) = token else { throw unexpected(what) }
        advance()
        return name
    }

    /// To the end of the tag; what is left there is tolerated.
    mutating func finishLeniently() {
        guard token != .end else { return }
        tolerated.append(unexpected("the end of the tag"))
        while token != .end { advance() }
    }

    func finish() throws(TemplateProblem) {
        guard token == .end else { throw unexpected("the end of the tag") }
    }

    // MARK: Expressions

    mutating func expression(depth: Int = 0) throws(TemplateProblem) -> TemplateExpression {
        guard depth <= Self.depthMax else {
            throw source.problem(.syntax, "more than \(Self.depthMax) brackets inside one another", at: offset)
        }
        switch token {
        case .string(let text):
            advance()
            return .literal(.string(text))
        case .number(let digits):
            advance()
            return .literal(Self.number(digits))
        case .openRound: return try range(depth: depth)
        case .name(let name): return try named(name, depth: depth)
        case .openSquare:
            let start = offset
            advance()
            let root = try expression(depth: depth + 1)
            try expect(.closeSquare)
            return .variable(
                TemplatePath(root: .computed(root), steps: try steps(depth: depth), offset: start))
        default: throw unexpected("a value")
        }
    }

    private static func number(_ digits: String) -> TemplateValue {
        if digits.utf8.contains(UInt8(ascii: ".")) { return .decimal(Double(digits) ?? 0) }
        return Int(digits).map { .integer($0) } ?? .string(digits)
    }

    private mutating func range(depth: Int) throws(TemplateProblem) -> TemplateExpression {
        advance()
        let first = try expression(depth: depth + 1)
        try expect(.dots)
        let last = try expression(depth: depth + 1)
        try expect(.closeRound)
        return .range(Self.rangeEnd(first), Self.rangeEnd(last))
    }

    /// Of a decimal that stands there the whole part counts.
    private static func rangeEnd(_ end: TemplateExpression) -> TemplateExpression {
        guard case .literal(.decimal(let number)) = end, let whole = Int(exactly: number.rounded(.towardZero)) else {
            return end
        }
        return .literal(.integer(whole))
    }

    private mutating func named(_ name: String, depth: Int) throws(TemplateProblem) -> TemplateExpression {
        let start = offset
        advance()
        let steps = try steps(depth: depth)
        if steps.isEmpty {
            switch name {
            case "nil", "null": return .literal(.nil)
            case "true": return .literal(.bool(true))
            case "false": return .literal(.bool(false))
            case "empty", "blank": return .literal(.string(""))
            default: break
            }
        }
        return .variable(TemplatePath(root: .name(name), steps: steps, offset: start))
    }

    private mutating func steps(depth: Int) throws(TemplateProblem) -> [TemplatePath.Step] {
        var steps: [TemplatePath.Step] = []
        while true {
            if take(.dot) {
                steps.append(.member(try name("a name")))
            } else if take(.openSquare) {
                steps.append(.element(try expression(depth: depth + 1)))
                try expect(.closeSquare)
            } else {
                return steps
            }
        }
    }

    /// The source of what was read since a place, without blanks.
    func text(since start: Int) -> String {
        tokens[..<place].filter { $0.range.lowerBound >= start }.map { source.text($0.range) }.joined()
    }

    // MARK: Filters

    /// To the end of the tag.
    mutating func pipeline() throws(TemplateProblem) -> Pipeline {
        if token == .end { return Pipeline(value: nil, filters: []) }
        let value = try expression()
        var filters: [FilterUse] = []
        while take(.pipe) { filters.append(try filter()) }
        try finish()
        return Pipeline(value: value, filters: filters)
    }

    private mutating func filter() throws(TemplateProblem) -> FilterUse {
        let start = offset
        let name = try name("the name of a filter")
        var arguments: [TemplateExpression] = []
        var keywords: [(name: String, value: TemplateExpression)] = []
        if take(.colon) {
            repeat {
                if case .name(let keyword) = token, following == .colon {
                    advance()
                    advance()
                    keywords.append((keyword, try expression()))
                } else {
                    arguments.append(try expression())
                }
            } while take(.comma)
        }
        let filter = TemplateFilter.named[name]
        if let filter {
            if let problem = filter.refusal(of: arguments.count, keywords: keywords.map(\.name)) {
                throw source.problem(.syntax, problem.message, at: start, nearest: problem.nearest)
            }
        } else {
            let nearest = name.nearestWord(among: TemplateFilter.names)
            tolerated.append(
                source.problem(.unknownFilter, "there is no filter `\(name)`", at: start, nearest: nearest))
        }
        return FilterUse(name: name, filter: filter, arguments: arguments, keywords: keywords, offset: start)
    }

    // MARK: Conditions

    /// To the end of the tag.
    mutating func condition() throws(TemplateProblem) -> TemplateCondition {
        let first = try comparison()
        var rest: [(isAnd: Bool, comparison: TemplateComparison)] = []
        while true {
            let isAnd = take(word: "and")
            guard isAnd || take(word: "or") else { break }
            rest.append((isAnd, try comparison()))
        }
        try finish()
        return TemplateCondition(first: first, rest: rest)
    }

    private mutating func comparison() throws(TemplateProblem) -> TemplateComparison {
        let start = offset
        let left = try operand()
        guard case .comparison(let comparison) = token else {
            return TemplateComparison(left: left, right: nil, offset: start)
        }
        advance()
        return TemplateComparison(left: left, right: (comparison, try operand()), offset: start)
    }

    mutating func operand() throws(TemplateProblem) -> TemplateOperand {
        if following != .dot, following != .openSquare {
            if take(word: "empty") { return .empty }
            if take(word: "blank") { return .blank }
        }
        return .expression(try expression())
    }
}
