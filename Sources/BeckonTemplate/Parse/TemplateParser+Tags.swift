/// Tags without a body.
extension TemplateParser {
    /// nil after a report.
    mutating func simple(_ tag: PieceReader.Tag) -> TemplateNode.Content? {
        switch tag.name {
        case "assign": assignment(tag)
        case "break": empty(tag, .breakLoop)
        case "continue": empty(tag, .continueLoop)
        case "cycle": markup(tag.markup) { parser throws(TemplateProblem) in try Self.cycle(&parser, tag) }
        case "increment": variable(tag).map { .count(name: $0, by: 1) }
        case "decrement": variable(tag).map { .count(name: $0, by: -1) }
        case "render", "include":
            markup(tag.markup) { parser throws(TemplateProblem) in try Self.partial(&parser, tag.name == "render") }
        case "abort_message": markup(tag.markup) { parser throws(TemplateProblem) in try Self.abort(&parser) }
        default: preconditionFailure("a tag without a reader")
        }
    }

    private mutating func empty(_ tag: PieceReader.Tag, _ content: TemplateNode.Content) -> TemplateNode.Content? {
        markup(tag.markup) { parser throws(TemplateProblem) in
            try parser.finish()
            return content
        }
    }

    private mutating func assignment(_ tag: PieceReader.Tag) -> TemplateNode.Content? {
        let bytes = source.bytes[tag.markup]
        guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")),
            let name = variableName(tag.markup.lowerBound..<equals)
        else {
            report(source.problem(.syntax, "`assign` is written {% assign name = value %}", at: tag.offset))
            return nil
        }
        let pipeline = markup(equals + 1..<tag.markup.upperBound) { parser throws(TemplateProblem) in
            try parser.pipeline()
        }
        return pipeline.map { .assign(name: name, $0) }
    }

    /// Of `capture`, `increment` and `decrement`; nil after a report.
    mutating func variable(_ tag: PieceReader.Tag) -> String? {
        if let name = variableName(tag.markup) { return name }
        report(source.problem(.syntax, "`\(tag.name)` takes the name of a variable", at: tag.offset))
        return nil
    }

    /// Letters, digits, `_` and `-`.
    private func variableName(_ range: Range<Int>) -> String? {
        let name = source.text(range).strippedOfBlanks
        guard let first = name.utf8.first, first.isWordByte,
            name.utf8.allSatisfy({ $0.isWordByte || $0 == UInt8(ascii: "-") })
        else { return nil }
        return String(name)
    }

    private static func cycle(
        _ parser: inout MarkupParser, _ tag: PieceReader.Tag
    ) throws(TemplateProblem) -> TemplateNode.Content {
        let start = parser.offset
        let first = try parser.expression()
        var values: [TemplateExpression] = []
        var group: TemplateNode.Cycle.Group?
        if parser.take(.colon) {
            group = .named(first)
            values.append(try parser.expression())
        } else {
            values.append(first)
        }
        while parser.take(.comma), parser.token != .end { values.append(try parser.expression()) }
        try parser.finish()
        let isLiteral = values.allSatisfy { if case .literal = $0 { true } else { false } }
        let key = isLiteral ? parser.text(since: start) : "\(parser.source.name)@\(tag.offset)"
        return .cycle(TemplateNode.Cycle(group: group ?? .key(key), values: values))
    }

    private static func abort(_ parser: inout MarkupParser) throws(TemplateProblem) -> TemplateNode.Content {
        // Braze's users write it as a call.
        let isCall = parser.take(.openRound)
        _ = isCall ? false : parser.take(.colon)
        let hasReason = parser.token != .end && parser.token != .closeRound
        let reason = hasReason ? try parser.expression() : nil
        if isCall { try parser.expect(.closeRound) }
        try parser.finish()
        return .abort(reason)
    }

    private static func partial(
        _ parser: inout MarkupParser, _ isIsolated: Bool
    ) throws(TemplateProblem) -> TemplateNode.Content {
        if isIsolated, case .string = parser.token {
        } else if isIsolated {
            throw parser.unexpected("the snippet's name in quotes")
        }
        var partial = TemplateNode.Partial(name: try parser.expression(), isIsolated: isIsolated)
        if parser.take(word: "with") {
            partial.binding = .with(try parser.expression())
        } else if parser.take(word: "for") {
            partial.binding = .each(try parser.expression())
        }
        if parser.take(word: "as") { partial.alias = try parser.name("a name") }
        _ = parser.take(.comma)
        while case .name(let name) = parser.token {
            parser.advance()
            try parser.expect(.colon)
            partial.arguments.append((name, try parser.expression()))
            _ = parser.take(.comma)
        }
        try parser.finish()
        return .partial(partial)
    }
}
