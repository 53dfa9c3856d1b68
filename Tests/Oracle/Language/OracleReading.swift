/// Which properties a rule set reads of which events, and so must be able to read as numbers.
struct OracleReading {
    private var paths: [String: Set<[String]>] = [:]
    private var pathsOfAll: Set<[String]> = []
    /// The events that rules and the folds they use name, canonical.
    private var names: Set<String> = []
    private var isAboutAllOwn = false
    private var goesByCalendar = false
    /// Names of the folds that are used.
    private(set) var folds: Set<String> = []
    /// Of the events that `idle` asks for.
    private(set) var idles: Set<String> = []
    private(set) var traits: Set<[String]> = []

    /// Of the rules and of the folds that they use, directly or through other folds.
    init(rules: [OracleRule], folds: [OracleFold]) {
        for rule in rules { note(rule) }
        goesByCalendar = rules.contains { $0.period != nil }
        var operands = rules.flatMap(Self.operands)
        while let fold = folds.first(where: { fold in
            !self.folds.contains(fold.name) && operands.contains { $0.foldName == fold.name }
        }) {
            self.folds.insert(fold.name)
            goesByCalendar = goesByCalendar || fold.per != nil
            operands += ([fold.of, fold.since, fold.remove].compactMap { $0 }).flatMap { $0.condition?.operands ?? [] }
            if case .items(let items) = fold.kind {
                for reference in [fold.of, fold.remove].compactMap({ $0 }) { note(reference, items.paths) }
                fold.since.map { note($0, [items.key].compactMap { $0 }) }
                continue
            }
            note(fold.of, fold.kind.path.map { [$0] } ?? [])
            fold.since.map { note($0, []) }
        }
        for case .idle(let name) in operands {
            names.insert(name)
            idles.insert(name)
        }
        for case .trait(let path) in operands {
            traits.insert(path)
            names.insert("identify")
            // A part of a trait is gone when the trait comes without it, so that all of it is read.
            paths["identify", default: []].formUnion([["traits"] + path, ["traits"] + path.prefix(1)])
        }
        guard goesByCalendar else { return }
        names.insert("identify")
        for name in names { paths[name, default: []].insert(["context", "timezone"]) }
        paths["identify"]!.insert(["traits", "timezone"])
        if isAboutAllOwn { pathsOfAll.insert(["context", "timezone"]) }
    }

    /// Whether such an event may say in which zone the person is.
    func bringsZone(_ event: OracleEvent) -> Bool {
        goesByCalendar && (names.contains(event.name) || (isAboutAllOwn && event.isOwn))
    }

    /// Of an event by its canonical name.
    func paths(of event: String) -> Set<[String]> { pathsOfAll.union(paths[event] ?? []) }

    private mutating func note(_ rule: OracleRule) {
        for reference in rule.exits + [rule.goal?.event].compactMap({ $0 }) { note(reference, rule.key) }
        let start = rule.key + rule.collect.compactMap { $0.kind.path }
        let firing = (rule.condition?.operands ?? []) + rule.data.map(\.operand)
        switch rule.trigger {
        case .event(let reference): note(reference, start + Self.properties(firing))
        case .longAbsence(let absence):
            note(absence.start, start)
            for reference in absence.absent + [absence.since].compactMap({ $0 }) { note(reference, rule.key) }
        case .sequence(let stages, _, let not):
            for reference in stages + [not].compactMap({ $0 }) { note(reference, rule.key) }
            note(stages.last!, Self.properties(firing))
        case .count(let count):
            note(count.event, rule.key + [count.path].compactMap { $0 } + Self.properties(firing))
            count.not.map { note($0, rule.key) }
        case .total(let path, let of, _, let since):
            note(of, rule.key + [path] + Self.properties(firing))
            since.map { note($0, rule.key) }
        case .absence(let reference, let absent, _, _):
            note(reference, start)
            note(absent, rule.key)
        case .inactivity(_, let events?): note(events, start)
        case .inactivity(_, nil):
            pathsOfAll.formUnion(start)
            isAboutAllOwn = true
        }
    }

    private mutating func note(_ reference: OracleReference, _ read: [[String]]) {
        for name in reference.names {
            names.insert(OracleAliases.canonical(name))
            paths[OracleAliases.canonical(name), default: []].formUnion(
                read + Self.properties(reference.condition?.operands ?? []))
        }
    }

    private static func properties(_ operands: [OracleOperand]) -> [[String]] {
        operands.flatMap { operand -> [[String]] in
            switch operand {
            case .property(let path): return [path]
            case .event: return [["properties"], ["context"]]
            default: return []
            }
        }
    }

    private static func operands(_ rule: OracleRule) -> [OracleOperand] {
        let references = rule.exits + [rule.goal?.event].compactMap { $0 } + rule.trigger.references
        let conditions = references.map(\.condition) + [rule.condition]
        return conditions.compactMap { $0 }.flatMap(\.operands) + rule.data.map(\.operand)
    }
}
