/// All that is known of one person.
struct OraclePerson {
    let id: [UInt8]
    var folds: [String: OracleFoldHistory]
    /// By the fold's name.
    var collections: [String: OracleCollectionHistory] = [:]
    /// The newest event by canonical name, for `idle`.
    var seen: [String: Int64] = [:]
    /// By rule id.
    var rules: [String: OracleRuleState]

    init(id: [UInt8], rules: [OracleRule], folds: [OracleFold]) {
        self.id = id
        self.folds = Dictionary(
            uniqueKeysWithValues: folds.map { ($0.name, OracleFoldHistory(kind: $0.kind, within: $0.within)) })
        for fold in folds {
            if case .items(let items) = fold.kind { collections[fold.name] = OracleCollectionHistory(items: items) }
        }
        self.rules = Dictionary(uniqueKeysWithValues: rules.map { ($0.id, OracleRuleState()) })
    }

    var idText: String { String(decoding: id, as: UTF8.self) }
}

/// What an expression can see.
struct OracleScope {
    let person: OraclePerson
    let now: Int64
    var body: OracleJSON?
    var rule: OracleRule?
    var run: OracleRun?
    /// The rule's key, as it is here.
    var key: [[UInt8]?] = []

    func value(_ operand: OracleOperand) -> OracleValue {
        switch operand {
        case .property(let path): return OracleValue(body?.value(at: path))
        case .fold(let name):
            if let collection = person.collections[operand.foldName!] { return member(name, of: collection) }
            return person.folds[name]?.value(now: now) ?? .missing
        case .instance(let name): return collected(name)
        case .idle(let event): return person.seen[event].map { .duration(now - $0) } ?? .missing
        case .literal(let literal): return literal.value
        }
    }

    /// A rule whose key holds what keeps the collections apart sees its own.
    private func member(_ name: String, of collection: OracleCollectionHistory) -> OracleValue {
        var own: [UInt8]?
        if let path = collection.items.key, let place = rule?.key.firstIndex(of: path) { own = key[place] }
        return name.hasSuffix(".value") ? collection.total(of: own) : .json(.array(collection.content(of: own)))
    }

    private func collected(_ name: String) -> OracleValue {
        guard let run, let collected = rule?.collect.first(where: { $0.name == name }) else { return .missing }
        var history = OracleFoldHistory(kind: collected.kind)
        for start in run.starts { history.add(start.body, at: start.time) }
        return history.value(now: now)
    }

    /// What has no answer is false.
    func holds(_ condition: OracleCondition?) -> Bool { condition.map { answer($0) ?? false } ?? true }

    /// nil: something is missing or failed, and nothing beside it settles the question.
    private func answer(_ condition: OracleCondition) -> Bool? {
        switch condition {
        case .compare(let operand, let comparison, let literal):
            return value(operand).compare(comparison, literal.value)
        case .has(let path): return body?.value(at: path) != nil
        case .not(let inner): return answer(inner).map { !$0 }
        case .all(let parts):
            let answers = parts.map(answer)
            return answers.contains(false) ? false : answers.contains(nil) ? nil : true
        case .any(let parts):
            let answers = parts.map(answer)
            return answers.contains(true) ? true : answers.contains(nil) ? nil : false
        }
    }

    func matches(_ reference: OracleReference, _ event: OracleEvent) -> Bool {
        guard reference.names.contains(where: { OracleAliases.canonical($0) == event.name }) else { return false }
        return holds(reference.condition)
    }
}
