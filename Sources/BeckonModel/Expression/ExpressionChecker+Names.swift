/// Variables and what lies below them.
extension ExpressionChecker {
    mutating func named(_ node: ExpressionNode) -> ExpressionTerm? {
        guard let path = StaticPath(node) else { return selected(node) }
        guard let variable = variable(path, at: node.offset) else { return nil }
        return ExpressionTerm(kind: .variable(variable.0), type: variable.1)
    }

    /// `x.name`, `x` being no path: everything that has members comes from JSON.
    private mutating func selected(_ node: ExpressionNode) -> ExpressionTerm? {
        guard case .select(let operand, let name) = node.kind, let operand = term(operand) else { return nil }
        switch operand.type {
        case .json, .dynamic:
            reportNotYetKnown("members of computed values, such as `.\(name)` here, are", at: node.offset)
        default: report("\(operand.type.described) has no member `\(name)`", at: node.offset)
        }
        return nil
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
            return path.root == "event" ? eventMember(path, at: offset) : property(path, at: offset)
        case "instance": return collected(path, at: offset)
        case "person":
            reportNotYetKnown("`person` (traits) is", at: path.offset)
            return nil
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

    private mutating func property(_ path: StaticPath, at offset: Int) -> (Variable, ExpressionType)? {
        guard let property = path.property else {
            reportNotYetKnown("all `\(path.root)` as one value are", at: offset)
            return nil
        }
        return (.property(property), .json)
    }

    private mutating func eventMember(_ path: StaticPath, at offset: Int) -> (Variable, ExpressionType)? {
        guard let name = path.names.first else {
            reportNotYetKnown("`event` as one value is", at: offset)
            return nil
        }
        let isScalar = path.names.count == 1
        switch name {
        case "name" where isScalar: return (.eventName, .string)
        case "time" where isScalar: return (.eventTime, .timestamp)
        case "properties", "context": return property(path, at: offset)
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
