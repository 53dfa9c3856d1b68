/// `render` and `include`.
extension Renderer {
    mutating func render(_ partial: TemplateNode.Partial, into sink: inout TextSink) throws(RenderFailure) -> Flow {
        guard let name = try value(of: partial.name).text else {
            throw .value("a snippet's name is a text")
        }
        if !partial.isIsolated, frame.isIsolated {
            throw .value("`include` is not allowed in a snippet that `render` shows: write `render` here too")
        }
        let snippet: Template
        switch snippets[name] {
        case .success(let found): snippet = found
        case .failure(let problem): throw .placed(problem)
        case nil:
            throw .unplaced(
                .unknownSnippet, "there is no snippet `\(name)`", nearest: name.nearestWord(among: snippets.names))
        }
        let variable = partial.alias ?? name.split(separator: "/").last.map { String($0) } ?? name
        return partial.isIsolated
            ? try show(snippet, partial, as: variable, into: &sink)
            : try insert(snippet, partial, as: variable, name: name, into: &sink)
    }

    private mutating func arguments(
        _ partial: TemplateNode.Partial
    ) throws(RenderFailure) -> [(name: String, value: TemplateValue)] {
        var arguments: [(name: String, value: TemplateValue)] = []
        for argument in partial.arguments { arguments.append((argument.name, try value(of: argument.value))) }
        return arguments
    }

    // MARK: render

    private mutating func show(
        _ snippet: Template, _ partial: TemplateNode.Partial, as variable: String, into sink: inout TextSink
    ) throws(RenderFailure) -> Flow {
        let arguments = try arguments(partial)
        switch partial.binding {
        case nil: try show(snippet, arguments, into: &sink)
        case .with(let expression):
            let value = try value(of: expression)
            try show(snippet, arguments + (value.isNil ? [] : [(variable, value)]), into: &sink)
        case .each(let expression):
            let value = try value(of: expression)
            let elements: [TemplateValue]
            switch value {
            case .list(let list): elements = list
            case .range(let first, let last):
                let count = TemplateValue.count(first, last)
                try budget.check(listOf: count)
                elements = (0..<count).map { .integer(first + $0) }
            case .hash(let hash): elements = hash.members.map { .list([.string($0.name), $0.value]) }
            default:
                try show(snippet, arguments + (value.isNil ? [] : [(variable, value)]), into: &sink)
                return .on
            }
            var loop = LoopState(name: snippet.source.name, length: elements.count, parent: .nil)
            for (index, element) in elements.enumerated() {
                try budget.turn()
                loop.index = index
                let own = element.isNil ? [] : [(variable, element)]
                try show(snippet, [("forloop", .loop(loop))] + arguments + own, into: &sink)
            }
        }
        return .on
    }

    /// It sees what is passed and nothing else, and leaves nothing behind.
    private mutating func show(
        _ snippet: Template, _ locals: [(name: String, value: TemplateValue)], into sink: inout TextSink
    ) throws(RenderFailure) {
        let outside = frame
        frame = RenderFrame(data: TemplateHash(), isIsolated: true)
        for local in locals { frame.assigned[local.name] = local.value }
        defer { frame = outside }
        _ = try nodes(of: snippet, into: &sink)
    }

    // MARK: include

    /// It sees everything and may change it.
    private mutating func insert(
        _ snippet: Template, _ partial: TemplateNode.Partial, as variable: String, name: String,
        into sink: inout TextSink
    ) throws(RenderFailure) -> Flow {
        let value: TemplateValue?
        switch partial.binding {
        case .with(let expression), .each(let expression): value = try self.value(of: expression)
        case nil: value = frame.value(of: name)
        }
        let mark = frame.locals.count
        defer { frame.locals.removeSubrange(mark...) }
        for argument in partial.arguments {
            let value = try self.value(of: argument.value)
            frame.locals.append((argument.name, value))
        }
        guard case .list(let elements) = value else {
            if value != nil || partial.alias != nil { frame.locals.append((variable, value ?? .nil)) }
            return try nodes(of: snippet, into: &sink)
        }
        frame.locals.append((variable, .nil))
        let place = frame.locals.count - 1
        for element in elements {
            try budget.turn()
            frame.locals[place].value = element
            let flow = try nodes(of: snippet, into: &sink)
            if flow != .on { return flow }
        }
        return .on
    }

    private mutating func nodes(of snippet: Template, into sink: inout TextSink) throws(RenderFailure) -> Flow {
        let outside = source
        source = snippet.source
        defer { source = outside }
        return try nested(snippet.nodes, into: &sink)
    }
}
