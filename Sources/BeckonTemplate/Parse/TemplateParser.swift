/// Reads a template to its end and gathers everything that is wrong with it.
struct TemplateParser {
    let source: TemplateSource
    var reader: PieceReader
    private(set) var problems: [TemplateProblem] = []
    private(set) var tolerated: [TemplateProblem] = []
    private var depth = 0

    /// Of blocks inside blocks.
    static let depthMax = 100
    /// Of problems that are told.
    static let problemsMax = 100

    static let tagNames = [
        "abort_message", "assign", "break", "capture", "case", "comment", "continue", "cycle", "decrement", "doc",
        "echo", "for", "if", "ifchanged", "include", "increment", "liquid", "raw", "render", "tablerow", "unless",
    ]

    struct Body {
        var nodes: [TemplateNode] = []
        /// Whether it prints nothing but white space, whatever happens.
        var isBlank = true

        /// Without its white space, which a block that prints nothing else leaves out.
        var withoutText: [TemplateNode] {
            nodes.filter { if case .text = $0.content { false } else { true } }
        }
    }

    init(_ source: TemplateSource) {
        self.source = source
        reader = PieceReader(source)
    }

    mutating func parse() -> [TemplateNode] {
        var body = Body()
        do {
            _ = try read(into: &body, until: [], of: nil)
        } catch {
            report(error)
        }
        return body.nodes
    }

    mutating func report(_ problem: TemplateProblem) {
        if problems.count < Self.problemsMax { problems.append(problem) }
    }

    /// Reads the inside of a tag; nil after a report, so that the rest of the template is read too.
    mutating func markup<Result>(
        _ range: Range<Int>, _ read: (inout MarkupParser) throws(TemplateProblem) -> Result
    ) -> Result? {
        do {
            var parser = try MarkupParser(range, of: source)
            let result = try read(&parser)
            if tolerated.count < Self.problemsMax { tolerated += parser.tolerated }
            return result
        } catch {
            report(error)
            return nil
        }
    }

    // MARK: Bodies

    /// Up to one of the tags that end it, which is returned; nil at the end of a text that no block is open in.
    /// - Throws: where the blocks cannot be told apart any more.
    mutating func read(
        into body: inout Body, until ends: [String], of block: PieceReader.Tag?
    ) throws(TemplateProblem) -> PieceReader.Tag? {
        guard depth <= Self.depthMax else {
            throw source.problem(
                .limit, "more than \(Self.depthMax) blocks inside one another", at: block?.offset ?? 0)
        }
        depth += 1
        defer { depth -= 1 }
        while let piece = try reader.next() {
            switch piece {
            case .text(let range):
                let bytes = source.bytes[range]
                body.isBlank = body.isBlank && bytes.allSatisfy(\.isBlankByte)
                body.nodes.append(TemplateNode(content: .text(Array(bytes)), offset: range.lowerBound))
            case .output(let range): output(range, at: range.lowerBound, into: &body)
            case .tag(let tag):
                if ends.contains(tag.name) { return tag }
                try self.tag(tag, into: &body, of: block)
            }
        }
        if let block {
            throw source.problem(.syntax, "`\(block.name)` has no `end\(block.name)`", at: block.offset)
        }
        return nil
    }

    mutating func output(_ range: Range<Int>, at offset: Int, into body: inout Body) {
        body.isBlank = false
        let pipeline = markup(range) { parser throws(TemplateProblem) in try parser.pipeline() }
        if let pipeline { body.nodes.append(TemplateNode(content: .output(pipeline), offset: offset)) }
    }

    private mutating func tag(
        _ tag: PieceReader.Tag, into body: inout Body, of block: PieceReader.Tag?
    ) throws(TemplateProblem) {
        switch tag.name {
        case "if", "unless", "case", "for", "tablerow", "capture", "ifchanged": try self.block(tag, into: &body)
        case "comment", "raw", "doc", "#": try unread(tag, into: &body)
        case "liquid": try lines(tag, into: &body)
        case "echo": output(tag.markup, at: tag.offset, into: &body)
        default:
            guard Self.tagNames.contains(tag.name) else { return try unknown(tag, in: block) }
            if tag.name != "assign" { body.isBlank = false }
            if let content = simple(tag) { body.nodes.append(TemplateNode(content: content, offset: tag.offset)) }
        }
    }

    private mutating func unknown(_ tag: PieceReader.Tag, in block: PieceReader.Tag?) throws(TemplateProblem) {
        let isEnd = tag.name.hasPrefix("end") || ["else", "elsif", "when"].contains(tag.name)
        if isEnd {
            let open = block.map { "`\($0.name)` is open here and ends with `end\($0.name)`" } ?? "no block is open"
            throw source.problem(.syntax, "`\(tag.name)` has nothing to belong to: \(open)", at: tag.offset)
        }
        report(
            source.problem(
                .syntax, "there is no tag `\(tag.name)`", at: tag.offset,
                nearest: tag.name.nearestWord(among: Self.tagNames)))
    }

    /// A `liquid` tag's lines are read as if they stood where it stands.
    private mutating func lines(_ tag: PieceReader.Tag, into body: inout Body) throws(TemplateProblem) {
        let outside = reader
        reader = PieceReader(lines: tag.markup, of: source)
        defer { reader = outside }
        var lines = Body()
        _ = try read(into: &lines, until: [], of: nil)
        body.nodes += lines.nodes
        body.isBlank = body.isBlank && lines.isBlank
    }

    private mutating func unread(_ tag: PieceReader.Tag, into body: inout Body) throws(TemplateProblem) {
        let hasMarkup = !source.bytes[tag.markup].allSatisfy(\.isBlankByte)
        switch tag.name {
        case "#": try checkComment(tag)
        case "comment": if !reader.skipComment() { throw unclosed(tag) }
        default:
            if hasMarkup {
                throw source.problem(.syntax, "`\(tag.name)` takes nothing: {% \(tag.name) %}", at: tag.offset)
            }
            guard let range = reader.verbatim(until: "end\(tag.name)") else { throw unclosed(tag) }
            if tag.name == "doc", reader.hasTag("doc", in: range) {
                throw source.problem(.syntax, "`doc` has another `doc` inside", at: tag.offset)
            }
            guard !range.isEmpty else { return }
            body.isBlank = false
            if tag.name == "raw" {
                // Not as text, whose white space blocks leave out.
                let text = TemplateExpression.literal(.markup(source.text(range)))
                body.nodes.append(
                    TemplateNode(content: .output(Pipeline(value: text, filters: [])), offset: range.lowerBound))
            }
        }
    }

    private func unclosed(_ tag: PieceReader.Tag) -> TemplateProblem {
        source.problem(.syntax, "`\(tag.name)` has no `end\(tag.name)`", at: tag.offset)
    }

    /// Each line of an inline comment begins with `#`.
    private func checkComment(_ tag: PieceReader.Tag) throws(TemplateProblem) {
        for line in source.bytes[tag.markup].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .dropFirst()
        {
            let first = line.first { !$0.isBlankByte }
            if let first, first != UInt8(ascii: "#") {
                throw source.problem(.syntax, "each line of a comment begins with `#`", at: line.startIndex)
            }
        }
    }
}
