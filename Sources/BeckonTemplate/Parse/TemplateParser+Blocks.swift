/// Tags with a body.
extension TemplateParser {
    mutating func block(_ tag: PieceReader.Tag, into body: inout Body) throws(TemplateProblem) {
        let (content, isBlank): (TemplateNode.Content?, Bool) =
            switch tag.name {
            case "if", "unless": try branches(tag)
            case "case": try choice(tag)
            case "for": try loop(tag)
            case "tablerow": try tableRow(tag)
            case "capture": try capture(tag)
            default: try ifChanged(tag)
            }
        body.isBlank = body.isBlank && isBlank
        if let content { body.nodes.append(TemplateNode(content: content, offset: tag.offset)) }
    }

    private typealias Block = (content: TemplateNode.Content?, isBlank: Bool)

    private mutating func branches(_ tag: PieceReader.Tag) throws(TemplateProblem) -> Block {
        var branches: [TemplateNode.Branch] = []
        var bodies: [Body] = []
        var opening: PieceReader.Tag? = tag
        var isWhole = true
        while let current = opening {
            var condition: TemplateCondition?
            if current.name != "else" {
                condition = markup(current.markup) { parser throws(TemplateProblem) in try parser.condition() }
                isWhole = isWhole && condition != nil
            }
            let isNegated = current.name == "unless"
            var body = Body()
            let end = try read(into: &body, until: ["elsif", "else", "end\(tag.name)"], of: tag)
            branches.append(TemplateNode.Branch(condition: condition, isNegated: isNegated, body: body.nodes))
            bodies.append(body)
            opening = end.flatMap { $0.name.hasPrefix("end") ? nil : $0 }
        }
        let isBlank = bodies.allSatisfy(\.isBlank)
        if isBlank { for place in branches.indices { branches[place].body = bodies[place].withoutText } }
        return (isWhole ? .branches(branches) : nil, isBlank)
    }

    private mutating func choice(_ tag: PieceReader.Tag) throws(TemplateProblem) -> Block {
        let subject = markup(tag.markup) { parser throws(TemplateProblem) -> TemplateOperand in
            // `empty` as the subject is a text; as a value of `when` it is a question.
            let subject = TemplateOperand.expression(try parser.expression())
            try parser.finish()
            return subject
        }
        var choice = TemplateNode.Choice(subject: subject ?? .empty)
        var bodies: [Body] = []
        var isWhole = subject != nil
        // What stands before the first `when` belongs to none.
        var ignored = Body()
        var opening = try read(into: &ignored, until: ["when", "else", "endcase"], of: tag)
        while let current = opening, current.name != "endcase" {
            var values: [TemplateOperand]?
            if current.name == "when" {
                values = markup(current.markup) { parser throws(TemplateProblem) in try Self.values(&parser) }
                isWhole = isWhole && values != nil
            } else if !source.bytes[current.markup].allSatisfy(\.isBlankByte) {
                report(source.problem(.syntax, "`else` of a `case` takes nothing", at: current.offset))
            }
            var body = Body()
            opening = try read(into: &body, until: ["when", "else", "endcase"], of: tag)
            choice.branches.append(TemplateNode.ChoiceBranch(values: values, body: body.nodes))
            bodies.append(body)
        }
        let isBlank = ignored.isBlank && bodies.allSatisfy(\.isBlank)
        if isBlank {
            for place in choice.branches.indices { choice.branches[place].body = bodies[place].withoutText }
        }
        return (isWhole ? .choice(choice) : nil, isBlank)
    }

    private static func values(_ parser: inout MarkupParser) throws(TemplateProblem) -> [TemplateOperand] {
        var values = [try parser.operand()]
        while parser.take(.comma) || parser.take(word: "or") { values.append(try parser.operand()) }
        parser.finishLeniently()
        return values
    }

    private mutating func loop(_ tag: PieceReader.Tag) throws(TemplateProblem) -> Block {
        var loop = markup(tag.markup) { parser throws(TemplateProblem) in try Self.loop(&parser) }
        var body = Body()
        var otherwise = Body()
        if let end = try read(into: &body, until: ["else", "endfor"], of: tag), end.name == "else" {
            _ = try read(into: &otherwise, until: ["endfor"], of: tag)
        }
        let isBlank = body.isBlank && otherwise.isBlank
        loop?.body = isBlank ? body.withoutText : body.nodes
        loop?.otherwise = isBlank ? otherwise.withoutText : otherwise.nodes
        return (loop.map { .loop($0) }, isBlank)
    }

    private static func loop(_ parser: inout MarkupParser) throws(TemplateProblem) -> TemplateNode.Loop {
        let variable = try parser.name("the name of a variable, as in {% for item in items %},")
        guard parser.take(word: "in") else { throw parser.unexpected("`in`") }
        let start = parser.offset
        let collection = try parser.expression()
        var loop = TemplateNode.Loop(
            variable: variable, collection: collection, name: "\(variable)-\(parser.text(since: start))")
        loop.isReversed = parser.take(word: "reversed")
        while parser.token != .end {
            _ = parser.take(.comma)
            if parser.token == .end { break }
            let attribute = parser.token
            guard attribute == .name("limit") || attribute == .name("offset") else {
                throw parser.unexpected("`limit:` or `offset:`")
            }
            parser.advance()
            try parser.expect(.colon)
            if attribute == .name("limit") {
                loop.limit = try parser.expression()
            } else if parser.take(word: "continue") {
                loop.offset = .goesOn
            } else {
                loop.offset = .expression(try parser.expression())
            }
        }
        return loop
    }

    private mutating func tableRow(_ tag: PieceReader.Tag) throws(TemplateProblem) -> Block {
        var row = markup(tag.markup) { parser throws(TemplateProblem) in try Self.tableRow(&parser) }
        var body = Body()
        _ = try read(into: &body, until: ["endtablerow"], of: tag)
        row?.body = body.nodes
        return (row.map { .tableRow($0) }, body.isBlank)
    }

    private static func tableRow(_ parser: inout MarkupParser) throws(TemplateProblem) -> TemplateNode.TableRow {
        let variable = try parser.name("the name of a variable, as in {% tablerow item in items %},")
        guard parser.take(word: "in") else { throw parser.unexpected("`in`") }
        var row = TemplateNode.TableRow(variable: variable, collection: try parser.expression())
        while parser.token != .end {
            _ = parser.take(.comma)
            guard case .name(let attribute) = parser.token, ["cols", "limit", "offset", "range"].contains(attribute)
            else {
                if parser.token == .end { break }
                throw parser.unexpected("`cols:`, `limit:` or `offset:`")
            }
            parser.advance()
            try parser.expect(.colon)
            let value = try parser.expression()
            switch attribute {
            case "cols": row.columns = value
            case "limit": row.limit = value
            case "offset": row.offset = value
            default: break
            }
        }
        return row
    }

    private mutating func capture(_ tag: PieceReader.Tag) throws(TemplateProblem) -> Block {
        let name = variable(tag)
        var body = Body()
        _ = try read(into: &body, until: ["endcapture"], of: tag)
        return (name.map { .capture(name: $0, body.nodes) }, true)
    }

    private mutating func ifChanged(_ tag: PieceReader.Tag) throws(TemplateProblem) -> Block {
        var body = Body()
        _ = try read(into: &body, until: ["endifchanged"], of: tag)
        return (.ifChanged(body.nodes), body.isBlank)
    }
}
