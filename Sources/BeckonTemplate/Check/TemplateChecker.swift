/// Finds names in a template that nobody knows, without rendering it.
struct TemplateChecker {
    let snippets: SnippetSet
    /// Snippets that are being looked into: one that shows itself is not looked into again.
    private var open: Set<String> = []
    private var names = TemplateNames()
    private var source = TemplateSource(name: "", bytes: [])
    private var problems: [TemplateProblem] = []

    init(snippets: SnippetSet) { self.snippets = snippets }

    mutating func problems(in template: Template, _ known: TemplateNames) -> [TemplateProblem] {
        let outside = (names, source, problems)
        (names, source, problems) = (known, template.source, [])
        names.add(Self.assigned(in: template.nodes))
        check(template.nodes)
        defer { (names, source, problems) = outside }
        return problems
    }

    /// Names that hold a value once the template has run.
    private static func assigned(in nodes: [TemplateNode]) -> [String] {
        nodes.flatMap { node -> [String] in
            switch node.content {
            case .assign(let name, _), .count(let name, _): [name]
            case .capture(let name, let body): [name] + assigned(in: body)
            case .branches(let branches): branches.flatMap { assigned(in: $0.body) }
            case .choice(let choice): choice.branches.flatMap { assigned(in: $0.body) }
            case .loop(let loop): assigned(in: loop.body) + assigned(in: loop.otherwise)
            case .tableRow(let row): assigned(in: row.body)
            case .ifChanged(let body): assigned(in: body)
            case .text, .output, .cycle, .breakLoop, .continueLoop, .partial, .abort: []
            }
        }
    }

    // MARK: Nodes

    private mutating func check(_ nodes: [TemplateNode]) {
        for node in nodes { check(node) }
    }

    private mutating func check(_ node: TemplateNode) {
        switch node.content {
        case .text, .count, .breakLoop, .continueLoop: break
        case .output(let pipeline), .assign(_, let pipeline): check(pipeline)
        case .capture(_, let body), .ifChanged(let body): check(body)
        case .branches(let branches):
            for branch in branches {
                if let condition = branch.condition {
                    check(condition.first)
                    for (_, comparison) in condition.rest { check(comparison) }
                }
                check(branch.body)
            }
        case .choice(let choice):
            check(choice.subject)
            for branch in choice.branches {
                for value in branch.values ?? [] { check(value) }
                check(branch.body)
            }
        case .loop(let loop): check(loop)
        case .tableRow(let row): check(row)
        case .cycle(let cycle):
            if case .named(let name) = cycle.group { check(name) }
            for value in cycle.values { check(value) }
        case .partial(let partial): check(partial, at: node.offset)
        case .abort(let reason): check(reason)
        }
    }

    private mutating func check(_ loop: TemplateNode.Loop) {
        check(loop.collection)
        check(loop.limit)
        if case .expression(let offset) = loop.offset { check(offset) }
        let outside = names
        names.add([loop.variable])
        names.add("forloop", members: LoopState.names)
        check(loop.body)
        names = outside
        check(loop.otherwise)
    }

    private mutating func check(_ row: TemplateNode.TableRow) {
        check(row.collection)
        for expression in [row.columns, row.limit, row.offset] { check(expression) }
        let outside = names
        names.add([row.variable])
        names.add("tablerowloop", members: TableRowState.names)
        check(row.body)
        names = outside
    }

    // MARK: Snippets

    private mutating func check(_ partial: TemplateNode.Partial, at offset: Int) {
        for argument in partial.arguments { check(argument.value) }
        switch partial.binding {
        case .with(let value), .each(let value): check(value)
        case nil: break
        }
        // A name that is only known when it is rendered is found or missed then.
        guard case .literal(.string(let name)) = partial.name else { return check(partial.name) }
        switch snippets[name] {
        case nil:
            report(
                .unknownSnippet, "there is no snippet `\(name)`", at: offset,
                nearest: name.nearestWord(among: snippets.names))
        case .failure: break
        case .success(let snippet): check(snippet, partial, at: offset)
        }
    }

    private mutating func check(_ snippet: Template, _ partial: TemplateNode.Partial, at offset: Int) {
        let name = snippet.source.name
        guard open.insert(name).inserted else { return }
        defer { open.remove(name) }
        var known = partial.isIsolated ? TemplateNames() : names
        known.add(partial.arguments.map(\.name))
        if partial.binding != nil || !partial.isIsolated {
            known.add([partial.alias ?? name.split(separator: "/").last.map { String($0) } ?? name])
        }
        if case .each = partial.binding { known.add("forloop", members: LoopState.names) }
        for problem in problems(in: snippet, known) {
            let place = problem.snippet == name ? " on line \(problem.line)" : ""
            let isNotPassed = partial.isIsolated && problem.kind == .unknownVariable
            report(
                isNotPassed ? .notPassed : problem.kind,
                "in the snippet `\(name)`\(place), \(problem.message)"
                    + (isNotPassed ? ": `render` passes none" : ""),
                at: offset, nearest: problem.nearest)
        }
        if !partial.isIsolated { names.add(Self.assigned(in: snippet.nodes)) }
    }

    // MARK: Expressions

    private mutating func check(_ pipeline: Pipeline) {
        check(pipeline.value)
        for filter in pipeline.filters {
            for argument in filter.arguments { check(argument) }
            for keyword in filter.keywords { check(keyword.value) }
        }
    }

    private mutating func check(_ comparison: TemplateComparison) {
        check(comparison.left)
        if let right = comparison.right { check(right.operand) }
    }

    private mutating func check(_ operand: TemplateOperand) {
        if case .expression(let expression) = operand { check(expression) }
    }

    private mutating func check(_ expression: TemplateExpression?) {
        switch expression {
        case .range(let first, let last):
            check(first)
            check(last)
        case .variable(let path): check(path)
        case .literal, nil: break
        }
    }

    private mutating func check(_ path: TemplatePath) {
        for case .element(let index) in path.steps { check(index) }
        var steps = path.steps[...]
        let root: String?
        switch path.root {
        case .name("self") where names.shapes["self"] == nil: root = steps.popFirst()?.constantName
        case .name(let name): root = name
        case .computed(let expression):
            check(expression)
            root = TemplatePath.Step.element(expression).constantName
        }
        guard let root else { return }
        guard let shape = names.shapes[root] else {
            report(
                .unknownVariable, "there is no variable `\(root)`", at: path.offset,
                nearest: root.nearestWord(among: names.names))
            return
        }
        guard case .members(let members) = shape, let member = steps.first?.constantName, !members.contains(member),
            member != "size"
        else { return }
        report(
            .unknownVariable, "`\(root)` has no `\(member)`", at: path.offset,
            nearest: member.nearestWord(among: members))
    }

    private mutating func report(
        _ kind: TemplateProblem.Kind, _ message: String, at offset: Int, nearest: String?
    ) {
        problems.append(source.problem(kind, message, at: offset, nearest: nearest))
    }
}

extension TemplatePath.Step {
    /// nil where it is only known when it is rendered.
    fileprivate var constantName: String? {
        switch self {
        case .member(let name), .element(.literal(.string(let name))): name
        case .element: nil
        }
    }
}
