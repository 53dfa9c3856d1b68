/// Definitions of folds.
extension RuleFileReader {
    private static let foldForm =
        "count: EVENT, or \(FoldKind.names.dropLast().joined(separator: ", ")) or distinct: PATH with of: EVENT; or items"

    /// The folds of a document of definitions that are well formed, with their places.
    mutating func folds(_ fields: Fields) -> [(Fold, YAMLPosition)] {
        guard let node = fields["folds"] else { return [] }
        guard let entries = node.entries else {
            report("`folds` is a mapping from names to folds, not \(node.described)", at: node.position)
            return []
        }
        return entries.compactMap { entry in
            let isNamed = checkName(entry, what: "a fold", isVariable: true)
            guard let fold = fold(entry), isNamed else { return nil }
            return (fold, entry.keyPosition)
        }
    }

    /// Names of folds, of `collect` and of `data`: words that an expression can say.
    mutating func checkName(_ entry: YAMLEntry, what: String, isVariable: Bool) -> Bool {
        let name = entry.key
        let bytes = name.utf8
        guard bytes.first?.isNameStart == true, bytes.allSatisfy(\.isNamePart), bytes.count <= 64 else {
            let form = "is called by a word of letters, digits and _, at most 64 long"
            report("\(what) \(form), not `\(name.shortened)`", at: entry.keyPosition)
            return false
        }
        guard isVariable else { return true }
        if ExpressionScope.variables.contains(name) || ExpressionParser.isReserved(name) {
            report("\(what) cannot be called `\(name)`: expressions have that word already", at: entry.keyPosition)
            return false
        }
        return true
    }

    private mutating func fold(_ entry: YAMLEntry) -> Fold? {
        guard let fields = fields(entry.value, of: .fold) else { return nil }
        if fields.has("items") { return collection(entry.key, fields) }
        for name in ["key", "value", "clear"] where fields.has(name) {
            report("`\(name)` of a fold goes with `items`", at: fields.place(of: name))
        }
        let kinds = (["count"] + FoldKind.names).filter { fields.has($0) }
        let window = self.window(fields)
        let since = fields["since"].map { eventReference($0, what: "`since`") }
        let limits = ["within", "per", "since"].filter { fields.has($0) }
        if limits.count > 1 {
            report("a fold has one of `within`, `per` and `since`", at: fields.place(of: limits[1]))
        }
        guard kinds.count == 1 else {
            let isExplained = fields.has("key") || fields.has("value") || fields.has("clear")
            if !isExplained, !kinds.isEmpty || !fields.hasUnknown {
                report("a fold is one of: \(Self.foldForm)", at: entry.keyPosition)
            }
            return nil
        }
        guard let (kind, of) = kinds[0] == "count" ? counted(fields) : computed(kinds[0], fields),
            window != .some(nil), since?.map({ _ in true }) != .some(nil)
        else { return nil }
        return Fold(name: entry.key, kind: kind, of: of, window: window ?? nil, since: since ?? nil)
    }

    private mutating func counted(_ fields: Fields) -> (FoldKind, EventReference)? {
        if fields.has("of") {
            report("`count` names its events itself; leave `of` away", at: fields.place(of: "of"))
        }
        guard let node = fields["count"], let of = eventReference(node, what: "`count`") else { return nil }
        return (.count, of)
    }

    private mutating func computed(_ name: String, _ fields: Fields) -> (FoldKind, EventReference)? {
        let path = fields[name].flatMap { propertyPath($0, what: "`\(name)`") }
        guard let node = fields["of"] else {
            report("`\(name)` needs `of`: the events that bring the property", at: fields.place(of: name))
            return nil
        }
        guard let of = eventReference(node, what: "`of`"), let path else { return nil }
        guard let kind = FoldKind(named: name, of: path) else { return nil }
        if let node = fields[name] { check(kind, of: of, in: node) }
        return (kind, of)
    }
}
