/// Rules.
extension RuleFileReader {
    static let keyPartsMax = 4
    static let dataMax = 64
    static let collectMax = 32

    struct ReadRule {
        /// Without its version.
        let rule: Rule
        /// Of its id.
        let position: YAMLPosition
        let tests: [RuleTest]
        /// nil for a rule that names no message.
        let messageUse: MessageUse?
    }

    /// nil after a report.
    mutating func rule(_ document: YAMLNode) -> ReadRule? {
        guard let fields = fields(document, of: .rule) else { return nil }
        let reported = diagnostics.count
        let id = required("id", fields, of: .rule).flatMap { identifier($0) }
        let trigger = required("when", fields, of: .rule).flatMap { self.trigger($0) }
        let collect = fields["collect"].map { collected($0) } ?? []
        if let trigger, trigger.countsByItself, let node = fields["collect"] {
            let waiting = "`collect` gathers over the starts of an instance that waits: absent or inactive"
            report("\(waiting); for other triggers, define folds", at: node.position)
        }
        let scope = firingScope(fields["when"], collect: collect)
        let key = fields["key"].map { self.key($0) } ?? []
        let condition = fields["if"].flatMap { expression($0, in: scope, as: .condition, what: "`if`") }
        let data = fields["data"].map { self.data($0, in: scope) } ?? []
        checkProperties(fields, of: trigger, collect, key, condition, data)
        let goal = fields["goal"].flatMap { self.goal($0) }
        let exit = fields["exit"].flatMap { eventReference($0, what: "`exit`") }
        let timing = timing(fields)
        let delivery = required("send", fields, of: .rule).flatMap { self.delivery($0) }
        let tested = Tested(rule: id ?? "", key: key, data: data.map(\.name), channels: delivery?.channels ?? [])
        let tests = fields["tests"].map { self.tests($0, of: tested) } ?? []
        guard diagnostics.count == reported, !fields.hasUnknown, let id, let trigger, let delivery else { return nil }
        let rule = Rule(
            id: id, version: ContentHash(high: 0, low: 0), key: key, trigger: trigger, condition: condition, data: data,
            collect: collect, exit: exit ?? EventReference.merged([trigger.absent, goal?.event]), goal: goal,
            reentry: timing.reentry, expiresMs: timing.expiresMs, late: timing.late,
            latenessMaxMs: timing.latenessMaxMs, messageClass: timing.messageClass, channels: delivery.channels,
            content: delivery.content, reason: trigger.reason)
        return ReadRule(
            rule: rule, position: fields.place(of: "id"), tests: tests,
            messageUse: messageUse(of: rule, fields["send"]))
    }

    /// Against the declared events: `key` and `collect` of those that start, `if` and `data` of those that fire.
    private mutating func checkProperties(
        _ fields: Fields, of trigger: Trigger?, _ collect: [Fold], _ key: [PropertyPath], _ condition: Expression?,
        _ data: [NamedExpression]
    ) {
        guard let trigger else { return }
        let (starts, firing) = (trigger.startEvents, trigger.firingEvents)
        for (place, path) in key.enumerated() {
            if let elements = fields["key"]?.elements, place + 1 < elements.count {
                check([path], of: starts, in: elements[place + 1])
                check(
                    path, isOf: PropertyType.scalars, what: "a part of `key` is a text, a number or a boolean",
                    of: starts, in: elements[place + 1])
            }
        }
        for entry in fields["collect"]?.entries ?? [] {
            if let kind = collect.first(where: { $0.name == entry.key })?.kind {
                check(kind, of: starts, in: entry.value)
            }
        }
        if let condition, let node = fields["if"] { check(condition, as: .condition, of: firing, in: node) }
        for entry in fields["data"]?.entries ?? [] {
            if let value = data.first(where: { $0.name == entry.key })?.expression {
                check(value, as: .value, of: firing, in: entry.value)
            }
        }
    }

    private mutating func identifier(_ node: YAMLNode) -> String? {
        let text = node.scalar?.text ?? ""
        let bytes = text.utf8
        let isLetter = { (byte: UInt8) in byte.isDigit || (byte.isLetter && byte & 0x20 != 0) }
        guard let first = bytes.first, isLetter(first), bytes.count <= 64,
            bytes.allSatisfy({ isLetter($0) || "._-".utf8.contains($0) })
        else {
            let form = "1 to 64 of a-z, 0-9, `.`, `_` and `-`, the first a letter or digit"
            report("an id is \(form), not \(node.described)", at: node.position)
            return nil
        }
        return text
    }

    /// When the rule fires there is an event only if the event itself fires it.
    private func firingScope(_ when: YAMLNode?, collect: [Fold]) -> ExpressionScope {
        let keys = when?.entries?.map(\.key) ?? []
        let isTime = keys.contains("absent") || keys.contains("inactive")
        return ExpressionScope(
            moment: isTime ? .time : .event, folds: folds,
            collected: Dictionary(collect.map { ($0.name, $0.kind) }, uniquingKeysWith: { first, _ in first }))
    }

    private mutating func key(_ node: YAMLNode) -> [PropertyPath] {
        guard let elements = node.elements, elements.first?.scalar?.text == "user",
            elements.count <= Self.keyPartsMax + 1
        else {
            let form = "`key` is a list that starts with user, then up to \(Self.keyPartsMax) paths"
            report("\(form), as in [user, properties.cart_id]", at: node.position)
            return []
        }
        var paths: [PropertyPath] = []
        for element in elements.dropFirst() {
            guard let path = propertyPath(element, what: "a part of `key`") else { continue }
            if paths.contains(path) { report("this part of `key` is there twice", at: element.position) }
            paths.append(path)
        }
        return paths
    }

    private mutating func collected(_ node: YAMLNode) -> [Fold] {
        guard let entries = node.entries, entries.count <= Self.collectMax else {
            report("`collect` is a mapping of at most \(Self.collectMax) fields", at: node.position)
            return []
        }
        return entries.compactMap { entry in
            let isNamed = checkName(entry, what: "a field of `collect`", isVariable: false)
            guard let kind = collected(entry.value), isNamed else { return nil }
            return Fold(name: entry.key, kind: kind, of: nil, window: nil, since: nil)
        }
    }

    private mutating func data(_ node: YAMLNode, in scope: ExpressionScope) -> [NamedExpression] {
        guard let entries = node.entries, entries.count <= Self.dataMax else {
            report("`data` is a mapping of at most \(Self.dataMax) fields to CEL expressions", at: node.position)
            return []
        }
        return entries.compactMap { entry in
            let isNamed = checkName(entry, what: "a field of `data`", isVariable: false)
            let value = expression(entry.value, in: scope, as: .value, what: "a field of `data`")
            guard isNamed, let value else { return nil }
            return NamedExpression(name: entry.key, expression: value)
        }
    }

    private mutating func goal(_ node: YAMLNode) -> Goal? {
        guard let fields = fields(node, of: .goal) else { return nil }
        let event = eventReference(fields, of: .goal)
        let withinMs = required("within", fields, of: .goal).flatMap { duration($0, what: "`within`") }
        guard let event, let withinMs else { return nil }
        return Goal(event: event, withinMs: withinMs)
    }
}
