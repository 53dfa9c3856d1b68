/// Variables and what lies below them.
extension ExpressionChecker {
    /// In the scope of a rule: what names something outside of the expression, and what lies below it by names that the
    /// text gives.
    func path(_ node: ExpressionNode) -> StaticPath? {
        guard !scope.isFree, let path = StaticPath(node) else { return nil }
        return path.isAbsolute || local(path.root) == nil ? path : nil
    }

    mutating func named(_ node: ExpressionNode) -> ExpressionTerm? {
        if let path = path(node) { return outside(path, at: node.offset) }
        if scope.isFree, let found = resolved(node) { return found }
        switch node.kind {
        case .name(let name): return local(name) ?? unresolved(name, at: node.offset)
        case .select(let operand, let name): return member(operand, name, at: node.offset)
        default: preconditionFailure("neither a name nor a member")
        }
    }

    /// nil after a report.
    mutating func outside(_ path: StaticPath, at offset: Int) -> ExpressionTerm? {
        if !ExpressionScope.variables.contains(path.root), scope.folds[path.root] == nil,
            let type = ValueType.byName[path.dotted]
        {
            return ExpressionTerm(kind: .literal(.type(type)), type: .type)
        }
        if path.root == "event", path.names.isEmpty, scope.moment == .event { return wholeEvent }
        guard let variable = variable(path, at: offset) else { return nil }
        return ExpressionTerm(kind: .variable(variable.0), type: variable.1)
    }

    /// `event` is a map of its four members.
    private var wholeEvent: ExpressionTerm {
        let members: [(String, Variable, ExpressionType)] = [
            ("name", .eventName, .string), ("time", .eventTime, .timestamp),
            ("properties", .property(PropertyPath(root: .properties, names: [])), .json),
            ("context", .property(PropertyPath(root: .context, names: [])), .json),
        ]
        let entries = members.flatMap { name, variable, type in
            [
                ExpressionTerm(kind: .literal(.string(name)), type: .string),
                ExpressionTerm(kind: .variable(variable), type: type),
            ]
        }
        return ExpressionTerm(kind: .map(entries), type: .map)
    }

    private mutating func unresolved(_ name: String, at offset: Int) -> ExpressionTerm {
        let place = scope.container.isEmpty ? "" : " in the container \(scope.container)"
        let nearest = NearestWord.nearest(to: name, among: scope.freeVariables?.sorted().prefix(1_000) ?? [])
        let question = nearest.map { "; did you mean `\($0)`?" } ?? ""
        return failure(.unknownName, "undeclared reference: there is no `\(name)`\(place)\(question)", at: offset)
    }

    /// A name of a free scope: variables of macros first; then the container's and those around it, from the inside out.
    private func resolved(_ node: ExpressionNode) -> ExpressionTerm? {
        guard let path = StaticPath(node), path.isDotted else { return nil }
        if !path.isAbsolute, local(path.root) != nil { return nil }
        for name in path.isAbsolute ? [path.dotted] : candidates(path.dotted) {
            if scope.freeVariables?.contains(name) == true {
                return ExpressionTerm(kind: .variable(.binding(name)), type: .dynamic)
            }
            if let type = ValueType.byName[name] { return ExpressionTerm(kind: .literal(.type(type)), type: .type) }
        }
        return nil
    }

    private func candidates(_ name: String) -> [String] {
        var container = scope.container.split(separator: ".")
        var names: [String] = []
        while !container.isEmpty {
            names.append((container + [Substring(name)]).joined(separator: "."))
            container.removeLast()
        }
        return names + [name]
    }

    /// `x.name`, `x` being a computed value.
    private mutating func member(_ operand: ExpressionNode, _ name: String, at offset: Int) -> ExpressionTerm? {
        guard let operand = members(of: operand, name, at: offset) else { return nil }
        return ExpressionTerm(kind: .member(operand, name), type: operand.type == .json ? .json : .dynamic)
    }

    /// What has, or may have, the member.
    mutating func members(of node: ExpressionNode, _ name: String, at offset: Int) -> ExpressionTerm? {
        guard let operand = term(node) else { return nil }
        guard scope.isFree || [.map, .json, .dynamic].contains(operand.type) else {
            report("\(operand.type.described) has no member `\(name)`", at: offset)
            return nil
        }
        return operand
    }

    /// nil after a report.
    mutating func variable(_ path: StaticPath, at offset: Int) -> (Variable, ExpressionType)? {
        if let bound = path.bound {
            report(bound, at: path.offset)
            return nil
        }
        switch path.root {
        case "properties", "event":
            guard scope.moment == .event else {
                reportNoEvent(path)
                return nil
            }
            return path.root == "event" ? eventMember(path, at: offset) : property(path)
        case "instance": return collected(path, at: offset)
        case "person": return (.trait(PropertyPath(root: .traits, names: path.names)), .json)
        case "now":
            guard path.names.isEmpty else {
                report("`now` is a timestamp and has no members", at: offset)
                return nil
            }
            return (.now, .timestamp)
        default: return fold(path, at: offset)
        }
    }

    private mutating func reportNoEvent(_ path: StaticPath) {
        let names = path.root == "event" ? path.names.dropFirst() : path.names[...]
        let name = names.last.flatMap { $0.utf8.allSatisfy(\.isNamePart) ? $0 : nil } ?? "price"
        report(
            "there is no `\(path.root)` when time fires: keep it with "
                + "`collect: { \(name): last(properties.\(name)) }` and read `instance.\(name)`",
            at: path.offset)
    }

    /// A path, or all there is.
    private func property(_ path: StaticPath) -> (Variable, ExpressionType) {
        let whole = PropertyPath(root: path.names.first == "context" ? .context : .properties, names: [])
        return (.property(path.property ?? whole), .json)
    }

    private mutating func eventMember(_ path: StaticPath, at offset: Int) -> (Variable, ExpressionType)? {
        guard let name = path.names.first else {
            report("`event` is all of the event; name one of its members, as in `event.name`", at: offset)
            return nil
        }
        let isScalar = path.names.count == 1
        switch name {
        case "name" where isScalar: return (.eventName, .string)
        case "time" where isScalar: return (.eventTime, .timestamp)
        case "properties", "context": return property(path)
        case "name", "time": report("`event.\(name)` has no members", at: offset)
        default:
            let members = ["name", "time", "properties", "context"]
            report(
                "`event` has no `\(name)`; it has name, time, properties and context", at: offset,
                nearest: NearestWord.nearest(to: name, among: members))
        }
        return nil
    }

    private mutating func collected(_ path: StaticPath, at offset: Int) -> (Variable, ExpressionType)? {
        guard let collected = scope.collected else {
            report("`instance` is known only in `if` and `data`", at: path.offset)
            return nil
        }
        guard let name = path.names.first else {
            report("`instance` is not a value; name a field of `collect`, as in `instance.value`", at: offset)
            return nil
        }
        guard let kind = collected[name] else {
            report(
                "`collect` of this rule has no `\(name)`", at: offset,
                nearest: NearestWord.nearest(to: name, among: collected.keys.sorted()))
            return nil
        }
        guard path.names.count == 1 else {
            report("`instance.\(name)` has no members", at: offset)
            return nil
        }
        return (.instance(name), kind.expressionType)
    }

    private mutating func fold(_ path: StaticPath, at offset: Int) -> (Variable, ExpressionType)? {
        guard let kind = scope.folds[path.root] else {
            reportUnknown(path)
            return nil
        }
        if case .items = kind { return member(of: path, at: offset) }
        guard path.names.isEmpty else {
            report("the fold `\(path.root)` is one value and has no `\(path.names[0])`", at: offset)
            return nil
        }
        return (.fold(path.root), kind.expressionType)
    }

    /// `cart.items`, `cart.value`: of a collection each member is a variable of its own.
    private mutating func member(of path: StaticPath, at offset: Int) -> (Variable, ExpressionType)? {
        let members = ItemCollection.Member.allCases.map(\.rawValue)
        guard path.names.count == 1, let member = ItemCollection.Member(rawValue: path.names[0]) else {
            report(
                "`\(path.root)` is a collection of items: name `\(path.root).items` or `\(path.root).value`",
                at: offset,
                nearest: path.names.first.flatMap { NearestWord.nearest(to: $0, among: members) })
            return nil
        }
        return (.fold("\(path.root).\(member.rawValue)"), member == .items ? .json : .double)
    }

    private mutating func reportUnknown(_ path: StaticPath) {
        let nearest = NearestWord.nearest(to: path.root, among: scope.names)
        var message = "`\(path.root)` is no variable and no fold"
        if path.root == "context" {
            message += "; write `event.context`"
        } else if nearest == nil, path.names.isEmpty {
            message += "; a text needs quotes of its own: '\"\(path.root)\"'"
        }
        report(message, at: path.offset, nearest: nearest)
    }
}
