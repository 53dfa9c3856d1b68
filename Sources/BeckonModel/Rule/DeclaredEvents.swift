/// What the `events:` of a rule set say, by canonical names. What is not declared is not judged.
struct DeclaredEvents: Sendable {
    private var properties: [String: [String: PropertyType]] = [:]
    /// nil where they are not declared.
    private var traits: [String: PropertyType]?
    /// Those without `properties` too.
    private var names: Set<String> = []

    static let propertiesMax = 1_000

    /// What is declared in documents, as far as it is well formed: the reader of their file says what is not.
    init(in documents: [YAMLNode] = []) {
        for document in documents {
            guard let events = document.entries?.first(where: { $0.key == "events" })?.value.entries else { continue }
            for event in events {
                let name = AliasPack.standard.canonicalName(of: event.key)
                names.insert(name)
                if let types = Self.types(of: "properties", in: event.value) {
                    properties[name, default: [:]].merge(types, uniquingKeysWith: Self.either)
                }
                if name == Trait.event, let types = Self.types(of: "traits", in: event.value) {
                    traits = (traits ?? [:]).merging(types, uniquingKeysWith: Self.either)
                }
            }
        }
    }

    private static func types(of field: String, in event: YAMLNode) -> [(String, PropertyType)]? {
        event.entries?.first { $0.key == field }?.value.entries?.map {
            ($0.key, $0.value.scalar.flatMap { PropertyType(rawValue: $0.text) } ?? .any)
        }
    }

    private static func either(_ first: PropertyType, _ second: PropertyType) -> PropertyType {
        first == second ? first : .any
    }

    /// What the events of these canonical names have; nil where one is not declared.
    private func types(of events: [String]) -> [[String: PropertyType]]? {
        var known: [[String: PropertyType]] = []
        for event in events {
            guard var types = properties[event] else { return nil }
            for alias in AliasPack.standard.propertyAliases where alias.event == event && types[alias.property] == nil {
                types[alias.property] = .any
            }
            known.append(types)
        }
        return known
    }

    /// What a property of these events is, where it is the same in all that have it and goes no deeper.
    func type(of path: PropertyPath, of events: [String]) -> PropertyType? {
        if path.root == .traits { return path.names.count == 1 ? traits?[path.names[0]] : nil }
        guard path.root == .properties, path.names.count == 1, let known = types(of: events) else { return nil }
        let found = Set(known.compactMap { $0[path.names[0]] })
        return found.count == 1 ? found.first : nil
    }

    /// A sentence's end: whose declaration says what a property is.
    func saying(_ path: PropertyPath, of events: [String]) -> String {
        let type = type(of: path, of: events)?.rawValue ?? ""
        if path.root == .traits { return "; `events` declares the trait `\(path.names[0].shortened)` as \(type)" }
        return "; `events` declares `\(path.names[0].shortened)` of \(Self.sentence(events)) as \(type)"
    }

    private static func sentence(_ events: [String]) -> String {
        events.prefix(3).map { "`\($0)`" }.joined(separator: ", ") + (events.count > 3 ? " …" : "")
    }

    var isEmpty: Bool { names.isEmpty }

    /// The names of events that need no declaration, for the language knows them.
    private static let known: Set<String> = {
        let calls = ["identify", "group", "alias", "screen_viewed", AliasPack.standard.pageCall]
        return Set(AliasPack.standard.aliases.map(\.canonical) + calls)
    }()

    /// Why an event is not expected, where any are declared; nil where it is.
    func doubt(about event: String) -> (message: String, nearest: String?)? {
        guard !names.isEmpty, !names.contains(event), !Self.known.contains(event) else { return nil }
        let words = names.union(Self.known).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let nearest = NearestWord.nearest(to: event, among: words)
        let remedy = nearest == nil ? "; if there are such events, declare them" : ""
        return ("`events` declares no `\(event.shortened)`\(remedy)", nearest)
    }

    /// What is wrong with a path below events of these canonical names; nil for nothing, or where one is not declared.
    func problem(with path: PropertyPath, of events: [String]) -> (message: String, nearest: String?)? {
        if path.root == .traits { return traitProblem(path) }
        guard path.root == .properties, let name = path.names.first, !events.isEmpty,
            let known = types(of: events)
        else { return nil }
        let whose = Self.sentence(events)
        let types = known.compactMap { $0[name] }
        guard !types.isEmpty else {
            let names = Set(known.flatMap(\.keys)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            return (
                "`events` declares no property `\(name.shortened)` of \(whose)",
                NearestWord.nearest(to: name, among: names)
            )
        }
        guard path.names.count > 1, !types.contains(where: \.hasMembers), let type = types.first else { return nil }
        return ("`\(name.shortened)` of \(whose) is declared as \(type.rawValue), and has no members", nil)
    }
}

extension DeclaredEvents {
    private func traitProblem(_ path: PropertyPath) -> (message: String, nearest: String?)? {
        guard let traits, let name = path.names.first else { return nil }
        guard let type = traits[name] else {
            let names = traits.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            return (
                "`events` declares no trait `\(name.shortened)` of `\(Trait.event)`",
                NearestWord.nearest(to: name, among: names)
            )
        }
        guard path.names.count > 1, !type.hasMembers else { return nil }
        return ("the trait `\(name.shortened)` is declared as \(type.rawValue), and has no members", nil)
    }
}

// MARK: Reading

extension RuleFileReader {
    /// Reports what is wrong with the declarations; what is right was taken before.
    mutating func checkDeclaredEvents(_ node: YAMLNode) {
        guard let events = node.entries else {
            report(
                "`events` is a mapping from events' names to what they have, not \(node.described)", at: node.position)
            return
        }
        for event in events {
            if event.key.isEmpty || event.key.utf8.count > EventMatch.nameBytesMax {
                report("an event's name has 1 to \(EventMatch.nameBytesMax) bytes", at: event.keyPosition)
            }
            guard let fields = fields(event.value, of: .declaredEvent) else { continue }
            checkTypes("properties", in: fields, what: "a property", example: "{ price: number }")
            checkTypes("traits", in: fields, what: "a trait", example: "{ plan: string }")
            if fields.has("traits"), AliasPack.standard.canonicalName(of: event.key) != Trait.event {
                report(
                    "only `\(Trait.event)` brings traits of the person; declare `properties`",
                    at: fields.place(of: "traits"))
            }
        }
    }

    private mutating func checkTypes(_ field: String, in fields: Fields, what: String, example: String) {
        guard let node = fields[field] else { return }
        guard let types = node.entries, types.count <= DeclaredEvents.propertiesMax else {
            let form = "a mapping of at most \(DeclaredEvents.propertiesMax) names to types"
            return report("`\(field)` is \(form), as in \(example)", at: node.position)
        }
        for type in types {
            _ = word(type.value, among: PropertyType.allCases.map(\.rawValue), what: "the type of \(what)")
        }
    }

    /// Reports paths that events of these references are declared not to have.
    mutating func check(_ paths: [PropertyPath], of events: EventReference?, in node: YAMLNode) {
        guard let scalar = node.scalar else { return }
        let names = events?.names ?? []
        for path in paths {
            guard let problem = declared.problem(with: path, of: names), let name = path.names.first else { continue }
            let offset = Self.offset(of: name, below: path.root, in: scalar.text)
            report(problem.message, at: position(of: offset, in: scalar, at: node.position), nearest: problem.nearest)
        }
    }

    /// Reports what an expression does to properties of these events that are declared otherwise, or not at all.
    mutating func check(
        _ expression: Expression, as purpose: Expression.Purpose, of events: EventReference?, in node: YAMLNode
    ) {
        check(expression.propertyPaths + expression.traitPaths, of: events, in: node)
        guard let scalar = node.scalar, !declared.isEmpty else { return }
        let (declared, names) = (declared, events?.names ?? [])
        var typing = DeclaredTyping { declared.type(of: $0, of: names) }
        typing.judge(expression, as: purpose)
        for problem in typing.problems {
            report(
                problem.message + declared.saying(problem.path, of: names),
                at: position(of: problem.offset, in: scalar, at: node.position))
        }
    }

    /// Reports a fold of a property that it cannot take.
    mutating func check(_ kind: FoldKind, of events: EventReference?, in node: YAMLNode) {
        guard let path = kind.path else { return }
        check([path], of: events, in: node)
        let (accepted, what) =
            kind.isOfNumbers ? ([.number], "numbers") : (PropertyType.scalars, "texts, numbers and booleans")
        check(path, isOf: accepted, what: "`\(kind.name)` takes \(what)", of: events, in: node)
    }

    /// Reports a path to something else than these types.
    mutating func check(
        _ path: PropertyPath, isOf accepted: [PropertyType], what: String, of events: EventReference?,
        in node: YAMLNode
    ) {
        guard let scalar = node.scalar, let names = events?.names, !names.isEmpty,
            let type = declared.type(of: path, of: names), type != .any, !accepted.contains(type)
        else { return }
        let offset = Self.offset(of: path.names[0], below: path.root, in: scalar.text)
        report(
            what + declared.saying(path, of: names), at: position(of: offset, in: scalar, at: node.position))
    }

    /// Of `properties.NAME` or `person.NAME`; 0 where it is written otherwise.
    private static func offset(of name: String, below root: PropertyPath.Root, in text: String) -> Int {
        let (text, prefix) = (Array(text.utf8), Array((root == .traits ? "person." : "properties.").utf8))
        let word = prefix + Array(name.utf8)
        guard text.count >= word.count else { return 0 }
        for start in 0...(text.count - word.count) where text[start..<start + word.count].elementsEqual(word) {
            let end = start + word.count
            if end == text.count || !text[end].isNamePart { return start + prefix.count }
        }
        return 0
    }
}

extension Expression {
    /// Paths below an event that it reads.
    var propertyPaths: [PropertyPath] {
        variables.compactMap { variable in
            if case .property(let path) = variable { path } else { nil }
        }
    }
}

extension Expression {
    /// Paths below `person`.
    fileprivate var traitPaths: [PropertyPath] {
        variables.compactMap { if case .trait(let path) = $0 { path } else { nil } }
    }
}

extension EventReference {
    /// Each once.
    fileprivate var names: [String] {
        var names: [String] = []
        for match in alternatives where !names.contains(match.name) { names.append(match.name) }
        return names
    }
}

extension FoldKind {
    fileprivate var isOfNumbers: Bool {
        switch self {
        case .sum, .min, .max, .avg: true
        case .count, .last, .first, .distinct, .items, .trait: false
        }
    }
}

extension Trigger {
    /// Events by which instances begin, or of which something is counted; nil: every event.
    var startEvents: EventReference? {
        switch self {
        case .event(let event): event
        case .absence(let absence): absence.start
        case .inactivity(_, let events): events
        case .sequence(let sequence): EventReference.merged(sequence.stages)
        case .count(let count): count.event
        case .total(let total): total.of
        }
    }

    /// Events of which one is there when the rule fires; nil where time fires it.
    var firingEvents: EventReference? {
        switch self {
        case .absence, .inactivity: nil
        case .sequence(let sequence): sequence.stages.last
        case .event, .count, .total: startEvents
        }
    }
}
