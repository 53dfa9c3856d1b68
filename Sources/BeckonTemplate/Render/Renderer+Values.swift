/// Expressions, filters and conditions.
extension Renderer {
    mutating func value(of pipeline: Pipeline) throws(RenderFailure) -> TemplateValue {
        guard let expression = pipeline.value else { return .nil }
        var value = try value(of: expression)
        for use in pipeline.filters {
            do {
                value = try apply(use, to: value)
            } catch {
                throw error.placed(at: use.offset, in: source)
            }
        }
        return value
    }

    private mutating func apply(_ use: FilterUse, to input: TemplateValue) throws(RenderFailure) -> TemplateValue {
        guard let filter = use.filter else {
            guard settings.isStrict else { return input }
            throw .unplaced(
                .unknownFilter, "there is no filter `\(use.name)`",
                nearest: use.name.nearestWord(among: TemplateFilter.names))
        }
        var arguments: [TemplateValue] = []
        for argument in use.arguments { arguments.append(try value(of: argument)) }
        var keywords: [(name: String, value: TemplateValue)] = []
        for keyword in use.keywords { keywords.append((keyword.name, try value(of: keyword.value))) }
        try budget.spend()
        try budget.spend(on: input)
        for argument in arguments { try budget.spend(on: argument) }
        var call = FilterCall(
            input: input, arguments: arguments, keywords: keywords, moment: settings.moment,
            escapesHTML: settings.escapesHTML, budget: budget)
        let result = try filter.apply(&call)
        budget = call.budget
        try budget.spend(on: result)
        return result
    }

    mutating func value(of expression: TemplateExpression) throws(RenderFailure) -> TemplateValue {
        switch expression {
        case .literal(let value): return value
        case .variable(let path): return try value(of: path)
        case .range(let first, let last):
            let (first, last) = (try value(of: first), try value(of: last))
            guard let from = first.rangeEnd, let to = last.rangeEnd else {
                throw .value("the ends of a range are whole numbers")
            }
            return .range(from, to)
        }
    }

    private mutating func value(of path: TemplatePath) throws(RenderFailure) -> TemplateValue {
        var steps = path.steps[...]
        var name: String
        switch path.root {
        case .name(let word): name = word
        case .computed(let expression): name = try value(of: expression).text ?? ""
        }
        var found = frame.value(of: name)
        if found == nil, name == "self", let step = steps.popFirst() {
            // `self['a name']` is the variable of that name.
            name = try self.name(of: step)
            found = frame.value(of: name)
        }
        guard var value = found else { return try missing(name, path, among: frame.names) }
        for step in steps {
            let result: TemplateValue.Found
            switch step {
            case .member(let name): result = value.member(name)
            case .element(let expression): result = value.element(try self.value(of: expression))
            }
            switch result {
            case .value(let next): value = next
            case .outside: value = .nil
            case .missing: return try missing(try self.name(of: step), path, among: value.memberNames)
            }
        }
        return value
    }

    private mutating func name(of step: TemplatePath.Step) throws(RenderFailure) -> String {
        switch step {
        case .member(let name): return name
        case .element(let expression):
            var sink = TextSink(bytesMax: budget.limits.bytesMax)
            try sink.append(value(of: expression))
            return sink.text
        }
    }

    private func missing(
        _ name: String, _ path: TemplatePath, among names: [String]
    ) throws(RenderFailure) -> TemplateValue {
        guard settings.isStrict else { return .nil }
        let problem = source.problem(
            .unknownVariable, "there is no variable `\(name)`", at: path.offset, nearest: name.nearestWord(among: names)
        )
        throw .placed(problem)
    }

    // MARK: Conditions

    mutating func holds(_ condition: TemplateCondition) throws(RenderFailure) -> Bool {
        var result = try holds(condition.first)
        for (isAnd, comparison) in condition.rest {
            if result != isAnd { return result }
            result = try holds(comparison)
        }
        return result
    }

    private mutating func holds(_ comparison: TemplateComparison) throws(RenderFailure) -> Bool {
        try budget.spend()
        guard let (comparator, right) = comparison.right else {
            guard case .expression(let expression) = comparison.left else { return true }
            return try value(of: expression).isTruthy
        }
        switch comparator {
        case .equal: return try isEqual(comparison.left, right)
        case .notEqual: return try !isEqual(comparison.left, right)
        case .contains:
            guard case .expression(let left) = comparison.left else { return false }
            let container = try value(of: left)
            guard case .expression(let expression) = right else {
                // Every text contains the empty one.
                return container.text != nil
            }
            return try contains(container, try value(of: expression))
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            guard case .expression(let left) = comparison.left, case .expression(let right) = right else {
                return false
            }
            let order = try order(try value(of: left), try value(of: right))
            switch comparator {
            case .less: return order == .less
            case .lessOrEqual: return order == .less || order == .equal
            case .greater: return order == .greater
            default: return order == .greater || order == .equal
            }
        }
    }

    mutating func isEqual(_ left: TemplateOperand, _ right: TemplateOperand) throws(RenderFailure) -> Bool {
        switch (left, right) {
        case (.expression(let left), .expression(let right)):
            return try budget.isEqual(try value(of: left), try value(of: right))
        case (.empty, .expression(let other)), (.expression(let other), .empty):
            return try value(of: other).isEmpty
        case (.blank, .expression(let other)), (.expression(let other), .blank):
            return try value(of: other).isBlank
        default: return false
        }
    }

    private mutating func contains(
        _ container: TemplateValue, _ element: TemplateValue
    ) throws(RenderFailure) -> Bool {
        guard element.isTruthy else { return false }
        switch container {
        case .string(let text), .markup(let text):
            var sink = TextSink(bytesMax: budget.limits.bytesMax)
            try sink.append(element)
            try budget.spend(on: container)
            return Array(text.utf8).firstPlace(of: sink.bytes, from: 0) != nil
        case .list(let elements):
            for candidate in elements where try budget.isEqual(candidate, element) { return true }
            return false
        case .hash(let hash): return element.text.map { hash[$0] != nil } ?? false
        case .range(let first, let last):
            guard case .integer(let number) = element else { return false }
            return first <= number && number <= last
        default: return false
        }
    }

    /// nil where one side has no order.
    private func order(
        _ left: TemplateValue, _ right: TemplateValue
    ) throws(RenderFailure) -> TemplateValue.Order? {
        guard left.hasOrder, right.hasOrder else { return nil }
        guard let order = left.order(to: right) else {
            throw .value("\(left.described) and \(right.described) cannot be compared")
        }
        return order
    }
}

extension TemplateValue {
    /// For the nearest word.
    fileprivate var memberNames: [String] {
        switch self {
        case .hash(let hash): hash.members.map(\.name)
        case .loop: LoopState.names
        case .tableRow: TableRowState.names
        default: ["first", "last", "size"]
        }
    }
}
