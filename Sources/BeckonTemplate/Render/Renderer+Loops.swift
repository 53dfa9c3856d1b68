/// `for` and `tablerow`.
extension Renderer {
    mutating func render(_ loop: TemplateNode.Loop, into sink: inout TextSink) throws(RenderFailure) -> Flow {
        let collection = try value(of: loop.collection)
        var from = 0
        switch loop.offset {
        case nil: break
        case .goesOn: from = frame.loopEnds[loop.name] ?? 0
        case .expression(let expression): from = try wholeNumber(expression, "offset") ?? 0
        }
        let limit = try loop.limit.flatMap { limit throws(RenderFailure) in try wholeNumber(limit, "limit") }
        var elements = try slice(collection, from: from, limit: limit)
        if loop.isReversed { elements.reverse() }
        let (end, overflow) = from.addingReportingOverflow(elements.count)
        frame.loopEnds[loop.name] = overflow ? .max : end
        if elements.isEmpty { return try nested(loop.otherwise, into: &sink) }
        return try turns(loop, elements, into: &sink)
    }

    private mutating func turns(
        _ loop: TemplateNode.Loop, _ elements: [TemplateValue], into sink: inout TextSink
    ) throws(RenderFailure) -> Flow {
        let mark = frame.locals.count
        let parent = frame.loops.last.map { TemplateValue.loop($0) } ?? .nil
        frame.loops.append(LoopState(name: loop.name, length: elements.count, parent: parent))
        frame.locals.append(("forloop", .nil))
        frame.locals.append((loop.variable, .nil))
        defer {
            frame.loops.removeLast()
            frame.locals.removeSubrange(mark...)
        }
        for (index, element) in elements.enumerated() {
            try budget.turn()
            frame.loops[frame.loops.count - 1].index = index
            frame.locals[mark].value = .loop(frame.loops[frame.loops.count - 1])
            frame.locals[mark + 1].value = element
            if try nested(loop.body, into: &sink) == .breakLoop { break }
        }
        return .on
    }

    /// nil for nil.
    private mutating func wholeNumber(
        _ expression: TemplateExpression, _ what: String
    ) throws(RenderFailure) -> Int? {
        let value = try value(of: expression)
        if value.isNil { return nil }
        guard let number = value.wholeNumber else {
            throw .value("`\(what)` is a whole number, not \(value.described)")
        }
        return number
    }

    /// What a loop goes over: a list, a range, the pairs of an object, a text as a whole; nothing else has elements.
    private mutating func slice(
        _ collection: TemplateValue, from: Int, limit: Int?
    ) throws(RenderFailure) -> [TemplateValue] {
        // An offset below the first element reaches it all the same, and takes that much from the limit.
        let start = max(0, from)
        let end = limit.map { limit in
            let (end, overflow) = limit.addingReportingOverflow(from)
            return overflow ? (limit < 0 ? Int.min : .max) : end
        }
        func cut(_ count: Int) -> Range<Int> {
            let stop = min(count, max(0, end ?? count))
            return start < stop ? start..<stop : 0..<0
        }
        switch collection {
        case .list(let elements): return Array(elements[cut(elements.count)])
        case .hash(let hash):
            return hash.members[cut(hash.count)].map { .list([.string($0.name), $0.value]) }
        case .range(let first, let last):
            let places = cut(TemplateValue.count(first, last))
            guard places.count <= budget.limits.turnsMax else {
                throw .limit("loops take more than \(budget.limits.turnsMax) turns in all")
            }
            return places.map { .integer(first + $0) }
        case .string(let text), .markup(let text): return text.isEmpty ? [] : [collection]
        default: return []
        }
    }

    // MARK: tablerow

    mutating func render(_ row: TemplateNode.TableRow, into sink: inout TextSink) throws(RenderFailure) -> Flow {
        let collection = try value(of: row.collection)
        guard collection.isTruthy else { return .on }
        let from = try row.offset.map { offset throws(RenderFailure) in try number(offset) } ?? 0
        let limit = try row.limit.map { limit throws(RenderFailure) in try number(limit) }
        var elements: [TemplateValue] = []
        if collection.text == nil || (from == 0 && limit != 0) {
            elements = try slice(collection, from: from, limit: limit)
        }
        let columns = try row.columns.map { columns throws(RenderFailure) in try number(columns) }
        try sink.append("<tr class=\"row1\">\n")
        try cells(row, elements, columns ?? elements.count, into: &sink)
        try sink.append("</tr>\n")
        return .on
    }

    private mutating func number(_ expression: TemplateExpression) throws(RenderFailure) -> Int {
        let value = try value(of: expression)
        switch value {
        case .decimal(let number): return Int(exactly: number.rounded(.towardZero)) ?? 0
        default:
            guard let number = value.rangeEnd else {
                throw .value("a whole number is expected, not \(value.described)")
            }
            return number
        }
    }

    private mutating func cells(
        _ row: TemplateNode.TableRow, _ elements: [TemplateValue], _ columns: Int, into sink: inout TextSink
    ) throws(RenderFailure) {
        var state = TableRowState(length: elements.count, columns: columns)
        let mark = frame.locals.count
        frame.locals.append(("tablerowloop", .nil))
        frame.locals.append((row.variable, .nil))
        defer { frame.locals.removeSubrange(mark...) }
        for (index, element) in elements.enumerated() {
            try budget.turn()
            frame.locals[mark].value = .tableRow(state)
            frame.locals[mark + 1].value = element
            try sink.append("<td class=\"col\(state.column)\">")
            let flow = try nested(row.body, into: &sink)
            try sink.append("</td>")
            if flow == .breakLoop { break }
            if state.column == columns, index < elements.count - 1 {
                try sink.append("</tr>\n<tr class=\"row\(state.row + 1)\">")
            }
            state.advance()
        }
    }
}
