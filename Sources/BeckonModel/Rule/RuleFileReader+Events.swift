/// References to events.
extension RuleFileReader {
    /// A name, a list of names, or `{event, where}`; nil after a report.
    mutating func eventReference(_ node: YAMLNode, what: String) -> EventReference? {
        guard node.entries != nil else { return eventNames(node, what: what).map { Self.reference($0, nil) } }
        guard let fields = fields(node, of: .eventReference) else { return nil }
        return eventReference(fields, of: .eventReference)
    }

    /// The fields `event` and `where` of a larger mapping; nil after a report.
    mutating func eventReference(_ fields: Fields, of set: FieldSet) -> EventReference? {
        let condition = fields["where"].map { node in
            expression(node, in: eventScope, as: .condition, what: "`where`")
        }
        guard let event = required("event", fields, of: set),
            let names = eventNames(event, what: "`event`")
        else { return nil }
        switch condition {
        case .none: return Self.reference(names, nil)
        case .some(let condition):
            let reference = condition.map { Self.reference(names, $0) }
            if let condition, let node = fields["where"] { check(condition, as: .condition, of: reference, in: node) }
            return reference
        }
    }

    private static func reference(_ names: [String], _ condition: Expression?) -> EventReference {
        EventReference(alternatives: names.map { EventMatch(name: $0, condition: condition) })
    }

    /// Canonical names, each once; nil after a report.
    private mutating func eventNames(_ node: YAMLNode, what: String) -> [String]? {
        guard let elements = node.elements else { return eventName(node, what: what).map { [$0] } }
        guard !elements.isEmpty, elements.count <= EventReference.namesMax else {
            report("\(what) lists 1 to \(EventReference.namesMax) events", at: node.position)
            return nil
        }
        let names = elements.map { eventName($0, what: what) }
        guard !names.contains(nil) else { return nil }
        var seen: Set<[UInt8]> = []
        return names.compactMap { $0 }.filter { seen.insert(Array($0.utf8)).inserted }
    }

    private mutating func eventName(_ node: YAMLNode, what: String) -> String? {
        guard let scalar = node.scalar, scalar.value == .string, !scalar.text.isEmpty else {
            let form = "the name of an event, a list of names, or {event: …, where: …}"
            report("\(what) is \(form), not \(node.described)", at: node.position)
            return nil
        }
        guard scalar.text.utf8.count <= EventMatch.nameBytesMax else {
            report("an event's name has at most \(EventMatch.nameBytesMax) bytes", at: node.position)
            return nil
        }
        let name = AliasPack.standard.canonicalName(of: scalar.text)
        if let doubt = declared.doubt(about: name) { warn(doubt.message, at: node.position, nearest: doubt.nearest) }
        return name
    }
}

extension EventReference {
    /// Names in one list.
    static let namesMax = 64

    /// What matches one of several references; nil when there is none.
    static func merged(_ references: [EventReference?]) -> EventReference? {
        var seen: Set<[[UInt8]]> = []
        let alternatives = references.compactMap { $0 }.flatMap(\.alternatives).filter { match in
            let words = [match.name] + (match.condition.map { [$0.text] } ?? [])
            return seen.insert(words.map { Array($0.utf8) }).inserted
        }
        return alternatives.isEmpty ? nil : EventReference(alternatives: alternatives)
    }

    /// `a`, `a or b`, `a, b or c`.
    func sentence(joinedBy conjunction: String) -> String {
        var names: [String] = []
        for match in alternatives where !names.contains(match.name) { names.append(match.name) }
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " \(conjunction) \(last)"
    }
}
