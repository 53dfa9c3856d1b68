/// The fields that a mapping has.
struct Fields {
    let position: YAMLPosition
    private let entries: [String: YAMLEntry]
    /// Whether a field was reported that may explain what is missing.
    let hasUnknown: Bool

    init(position: YAMLPosition, entries: [YAMLEntry], hasUnknown: Bool) {
        self.position = position
        self.entries = Dictionary(entries.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        self.hasUnknown = hasUnknown
    }

    subscript(name: String) -> YAMLNode? { entries[name]?.value }

    /// Where the field's name stands.
    func place(of name: String) -> YAMLPosition { entries[name]?.keyPosition ?? position }

    func has(_ name: String) -> Bool { entries[name] != nil }
}

extension RuleFileReader {
    /// Reports every field that is not of the set; nil when the node is no mapping.
    mutating func fields(_ node: YAMLNode, of set: FieldSet) -> Fields? {
        guard let entries = node.entries else {
            report("\(set.owner) is a mapping with \(set.known.sentence), not \(node.described)", at: node.position)
            return nil
        }
        let unknown = entries.filter { !set.known.contains($0.key) }
        for entry in unknown { reportUnknown(entry, of: set) }
        return Fields(position: node.position, entries: entries, hasUnknown: !unknown.isEmpty)
    }

    private mutating func reportUnknown(_ entry: YAMLEntry, of set: FieldSet) {
        let name = entry.key.shortened
        if set.later.contains(entry.key) {
            report("`\(name)` is not yet known to this version", at: entry.keyPosition)
        } else if set.owner == FieldSet.rule.owner, FieldSet.definitions.all.contains(entry.key) {
            report("`\(name)` stands in a document of its own, apart from rules (---)", at: entry.keyPosition)
        } else {
            let nearest = NearestWord.nearest(to: entry.key, among: set.all)
            let known = nearest == nil ? "; it has \(set.known.sentence)" : ""
            report("\(set.owner) has no field `\(name)`\(known)", at: entry.keyPosition, nearest: nearest)
        }
    }

    mutating func required(_ name: String, _ fields: Fields, of set: FieldSet) -> YAMLNode? {
        precondition(
            set.isRequired(name) || set.oneOf.contains(name), "the field is declared as one that may be left away")
        if let node = fields[name] { return node }
        report("\(set.owner) needs `\(name)`", at: fields.position)
        return nil
    }

    /// A word of the set; nil after a report.
    mutating func word(_ node: YAMLNode, among words: [String], what: String) -> String? {
        if let text = node.scalar?.text, words.contains(text) { return text }
        let nearest = node.scalar.flatMap { NearestWord.nearest(to: $0.text, among: words) }
        report(
            "\(what) is \(words.sentence(joinedBy: "or")), not \(node.described)", at: node.position, nearest: nearest)
        return nil
    }

    /// nil after a report.
    mutating func duration(
        _ node: YAMLNode, what: String, mayBeZero: Bool = false,
        atMost limit: Milliseconds = RuleDuration.millisecondsMax
    ) -> Milliseconds? {
        guard let scalar = node.scalar, scalar.value != .null else {
            report("\(what) is \(RuleDuration.form), not \(node.described)", at: node.position)
            return nil
        }
        switch RuleDuration.read(scalar.text) {
        case .problem(let problem):
            report(problem, at: node.position)
            return nil
        case .milliseconds(let milliseconds):
            if milliseconds == 0, !mayBeZero {
                report("\(what) is longer than nothing", at: node.position)
                return nil
            }
            if milliseconds > limit {
                report("\(what) is at most \(RuleDuration.text(of: limit))", at: node.position)
                return nil
            }
            return milliseconds
        }
    }
}

extension [String] {
    /// ``` `a`, `b` and `c` ```
    var sentence: String { sentence(joinedBy: "and") }

    func sentence(joinedBy conjunction: String) -> String {
        let quoted = map { "`\($0)`" }
        guard let last = quoted.last, quoted.count > 1 else { return quoted.first ?? "nothing" }
        return quoted.dropLast().joined(separator: ", ") + " \(conjunction) \(last)"
    }
}
