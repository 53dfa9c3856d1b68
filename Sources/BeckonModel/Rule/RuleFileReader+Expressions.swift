/// Expressions and paths inside YAML.
extension RuleFileReader {
    /// Where an event is judged: `where` of references and folds.
    var eventScope: ExpressionScope { ExpressionScope(moment: .event, folds: folds) }

    /// nil after a report.
    mutating func expression(
        _ node: YAMLNode, in scope: ExpressionScope, as purpose: Expression.Purpose, what: String
    ) -> Expression? {
        guard let scalar = node.scalar, scalar.value != .null else {
            report("\(what) is a CEL expression, not \(node.described)", at: node.position)
            return nil
        }
        let reading = Expression.read(scalar.text, in: scope, as: purpose)
        for problem in reading.problems {
            report(
                problem.message, at: position(of: problem.offset, in: scalar, at: node.position),
                nearest: problem.nearest)
        }
        if reading.expression?.readsZones == true { readsZones = true }
        return reading.expression
    }

    /// `properties.cart_id`, `event.context.session`; nil after a report.
    mutating func propertyPath(_ node: YAMLNode, what: String) -> PropertyPath? {
        guard let scalar = node.scalar, scalar.value != .null else {
            report(
                "\(what) is the path of a property, such as properties.price, not \(node.described)", at: node.position)
            return nil
        }
        guard let parsed = parsed(scalar, at: node.position) else { return nil }
        return propertyPath(parsed, what: what, scalar: scalar, at: node.position)
    }

    private mutating func parsed(_ scalar: YAMLScalar, at position: YAMLPosition) -> ExpressionNode? {
        do {
            return try ExpressionParser.parse(scalar.text)
        } catch {
            report(error.message, at: self.position(of: error.offset, in: scalar, at: position), nearest: error.nearest)
            return nil
        }
    }

    private mutating func propertyPath(
        _ node: ExpressionNode, what: String, scalar: YAMLScalar, at position: YAMLPosition
    ) -> PropertyPath? {
        let place = self.position(of: StaticPath(node)?.offset ?? 0, in: scalar, at: position)
        guard let path = StaticPath(node), let property = path.property else {
            report("\(what) is the path of a property, such as properties.price or event.context.channel", at: place)
            return nil
        }
        if let bound = path.bound {
            report(bound, at: place)
            return nil
        }
        return property
    }

    /// `count()`, `sum(properties.value)`, `last(properties.product_id)` and the like; nil after a report.
    mutating func collected(_ node: YAMLNode) -> FoldKind? {
        let others = FoldKind.names.dropFirst().joined(separator: ", ")
        let form = "count(), sum(properties.value), or the same with \(others)"
        guard let scalar = node.scalar, scalar.value != .null else {
            report("a field of `collect` is \(form), not \(node.described)", at: node.position)
            return nil
        }
        guard let parsed = parsed(scalar, at: node.position) else { return nil }
        guard case .call(let name, nil, let arguments) = parsed.kind else {
            report("a field of `collect` is \(form)", at: node.position)
            return nil
        }
        switch (name, arguments.count) {
        case ("count", 0): return .count
        case (_, 1) where FoldKind.names.contains(name):
            return propertyPath(arguments[0], what: "what `\(name)` takes", scalar: scalar, at: node.position).flatMap {
                FoldKind(named: name, of: $0)
            }
        default:
            report(
                "a field of `collect` is \(form)", at: node.position,
                nearest: NearestWord.nearest(to: name, among: ["count"] + FoldKind.names).flatMap {
                    $0 == name ? nil : $0
                })
        }
        return nil
    }
}

// MARK: Places

extension RuleFileReader {
    /// Where a byte of a scalar's text stands in the file; the scalar's own place where folding hides it.
    mutating func position(of offset: Int, in scalar: YAMLScalar, at start: YAMLPosition) -> YAMLPosition {
        let before = String(decoding: scalar.text.utf8.prefix(offset), as: UTF8.self)
        switch scalar.style {
        case .plain where scalar.isOneLine:
            return YAMLPosition(line: start.line, column: start.column + before.unicodeScalars.count)
        case .singleQuoted where scalar.isOneLine:
            let quotes = before.utf8.count { $0 == UInt8(ascii: "'") }
            return YAMLPosition(line: start.line, column: start.column + 1 + before.unicodeScalars.count + quotes)
        case .doubleQuoted where scalar.isOneLine:
            return positionInDoubleQuotes(after: before.unicodeScalars.count, at: start)
        case .literal:
            let newlines = before.utf8.count { $0 == 0x0A }
            let sinceNewline = before.unicodeScalars.reversed().prefix { $0 != "\n" }.count
            let indentation = line(start.line + 1).prefix { $0 == 0x20 }.count
            return YAMLPosition(line: start.line + 1 + newlines, column: indentation + sinceNewline + 1)
        default: return start
        }
    }

    private mutating func positionInDoubleQuotes(after count: Int, at start: YAMLPosition) -> YAMLPosition {
        let raw = String(decoding: line(start.line), as: UTF8.self).unicodeScalars.dropFirst(start.column)
        var column = start.column + 1
        var (rest, remaining) = (raw[...], count)
        while remaining > 0, let next = rest.popFirst() {
            column += 1
            if next == "\\" {
                // The longer escapes, \x41 and the like, are rare in conditions: the scalar's own place will do.
                guard let escaped = rest.popFirst(), !"xuU".unicodeScalars.contains(escaped) else { return start }
                column += 1
            }
            remaining -= 1
        }
        return YAMLPosition(line: start.line, column: column)
    }
}
