/// Goes through a template and writes its text.
struct Renderer {
    /// Where the nodes at hand stand.
    var source: TemplateSource
    let snippets: SnippetSet
    let settings: RenderSettings
    var frame: RenderFrame
    var budget: RenderBudget
    var depth = 0

    /// What the nodes around have to do.
    enum Flow { case on, breakLoop, continueLoop }

    init(_ source: TemplateSource, snippets: SnippetSet, settings: RenderSettings, data: TemplateHash) {
        self.source = source
        self.snippets = snippets
        self.settings = settings
        frame = RenderFrame(data: data)
        budget = RenderBudget(settings.limits)
    }

    mutating func render(
        _ nodes: [TemplateNode], into sink: inout TextSink
    ) throws(RenderFailure) -> Flow {
        for node in nodes {
            let flow: Flow
            do {
                try budget.spend()
                flow = try render(node.content, into: &sink)
            } catch {
                throw error.placed(at: node.offset, in: source)
            }
            if flow != .on { return flow }
        }
        return .on
    }

    /// A block's body, or a snippet.
    mutating func nested(
        _ nodes: [TemplateNode], into sink: inout TextSink
    ) throws(RenderFailure) -> Flow {
        guard depth < budget.limits.depthMax else {
            throw .limit("more than \(budget.limits.depthMax) blocks and snippets inside one another")
        }
        depth += 1
        defer { depth -= 1 }
        return try render(nodes, into: &sink)
    }

    private mutating func render(
        _ content: TemplateNode.Content, into sink: inout TextSink
    ) throws(RenderFailure) -> Flow {
        switch content {
        case .text(let bytes): try sink.append(utf8: bytes)
        case .output(let pipeline): try sink.append(output: value(of: pipeline), isEscaped: settings.escapesHTML)
        case .assign(let name, let pipeline): frame.assigned[name] = try value(of: pipeline)
        case .capture(let name, let nodes):
            var inner = TextSink(bytesMax: sink.bytesMax)
            let flow = try nested(nodes, into: &inner)
            try budget.spend(inner.bytes.count / 64)
            frame.assigned[name] = settings.escapesHTML ? .markup(inner.text) : .string(inner.text)
            return flow
        case .branches(let branches): return try render(branches, into: &sink)
        case .choice(let choice): return try render(choice, into: &sink)
        case .loop(let loop): return try render(loop, into: &sink)
        case .tableRow(let row): return try render(row, into: &sink)
        case .cycle(let cycle): try render(cycle, into: &sink)
        case .breakLoop: return .breakLoop
        case .continueLoop: return .continueLoop
        case .count(let name, let by): try count(name, by, into: &sink)
        case .partial(let partial): return try render(partial, into: &sink)
        case .ifChanged(let nodes):
            var inner = TextSink(bytesMax: sink.bytesMax)
            let flow = try nested(nodes, into: &inner)
            if inner.bytes != frame.changed {
                frame.changed = inner.bytes
                try sink.append(utf8: inner.bytes)
            }
            return flow
        case .abort(let reason):
            var inner = TextSink(bytesMax: Self.reasonBytesMax)
            if let reason { try inner.append(value(of: reason)) }
            throw .unplaced(.aborted, inner.text)
        }
        return .on
    }

    /// Of an abort's reason.
    static let reasonBytesMax = 1_000

    private mutating func render(
        _ branches: [TemplateNode.Branch], into sink: inout TextSink
    ) throws(RenderFailure) -> Flow {
        for branch in branches {
            let holds =
                try branch.condition.map { condition throws(RenderFailure) in try self.holds(condition) } ?? true
            if holds != branch.isNegated { return try nested(branch.body, into: &sink) }
        }
        return .on
    }

    /// Every `when` that fits is shown; `else` if none before it did.
    private mutating func render(
        _ choice: TemplateNode.Choice, into sink: inout TextSink
    ) throws(RenderFailure) -> Flow {
        var isChosen = false
        for branch in choice.branches {
            if let values = branch.values {
                for value in values {
                    guard try isEqual(choice.subject, value) else { continue }
                    isChosen = true
                    let flow = try nested(branch.body, into: &sink)
                    if flow != .on { return flow }
                }
            } else if !isChosen {
                let flow = try nested(branch.body, into: &sink)
                if flow != .on { return flow }
            }
        }
        return .on
    }

    private mutating func render(
        _ cycle: TemplateNode.Cycle, into sink: inout TextSink
    ) throws(RenderFailure) {
        let key: String
        switch cycle.group {
        case .key(let literals): key = "," + literals
        case .named(let name):
            var text = TextSink(bytesMax: Self.reasonBytesMax)
            try text.append(inspected: value(of: name))
            key = text.text
        }
        let place = frame.cycles[key] ?? 0
        // Another cycle of the same group may be longer.
        if place < cycle.values.count {
            try sink.append(output: value(of: cycle.values[place]), isEscaped: settings.escapesHTML)
        }
        frame.cycles[key] = place + 1 < cycle.values.count ? place + 1 : 0
    }

    private mutating func count(_ name: String, _ by: Int, into sink: inout TextSink) throws(RenderFailure) {
        var value = frame.counters[name] ?? 0
        if frame.counters[name] == nil, let given = frame.data[name], !given.isNil {
            guard case .integer(let number) = given else { throw .value("`\(name)` is no whole number to count with") }
            value = number
        }
        let next = value.addingReportingOverflow(by)
        guard !next.overflow else { throw .tooLarge }
        try sink.append(String(by > 0 ? value : next.partialValue))
        frame.counters[name] = next.partialValue
    }
}
