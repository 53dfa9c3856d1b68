/// All that is known of one person.
struct OraclePerson {
    let id: [UInt8]
    var folds: [String: OracleFoldHistory]
    /// By the fold's name.
    var collections: [String: OracleCollectionHistory] = [:]
    /// The newest event by canonical name, for `idle`.
    var seen: [String: Int64] = [:]
    var traits = OracleTraits()
    /// By rule id.
    var rules: [String: OracleRuleState]
    /// How many decisions there were that are alike.
    var decided: [OracleLikeness: Int] = [:]

    /// The zone that she has told of herself, and that of her events, each with the time of the event that brought it.
    private var ownZone: (zone: OracleZone, since: Int64)?
    private var eventZone: (zone: OracleZone, since: Int64)?
    private let defaultZone: OracleZone

    init(id: [UInt8], _ oracle: Oracle) {
        self.id = id
        defaultZone = OracleZone.named(oracle.defaultZone)!
        folds = Dictionary(
            uniqueKeysWithValues: oracle.folds.map {
                ($0.name, OracleFoldHistory(kind: $0.kind, within: $0.within, per: $0.per))
            })
        for fold in oracle.folds {
            if case .items(let items) = fold.kind { collections[fold.name] = OracleCollectionHistory(items: items) }
        }
        rules = Dictionary(uniqueKeysWithValues: oracle.rules.map { ($0.id, OracleRuleState()) })
    }

    /// Of what nobody has read before nothing is known.
    mutating func begin(_ oracle: Oracle, after before: OracleReading) {
        for fold in oracle.folds where !before.folds.contains(fold.name) {
            folds[fold.name] = OracleFoldHistory(kind: fold.kind, within: fold.within, per: fold.per)
            if case .items(let items) = fold.kind { collections[fold.name] = OracleCollectionHistory(items: items) }
        }
        for name in oracle.reading.idles.subtracting(before.idles) { seen[name] = nil }
        for path in oracle.reading.traits.subtracting(before.traits) { traits.begin(path) }
    }

    /// By whose clocks her days begin and end.
    var zone: OracleZone { ownZone?.zone ?? eventZone?.zone ?? defaultZone }

    mutating func noteZone(_ event: OracleEvent) {
        Self.take(event.body.value(at: ["context", "timezone"]), event.time, &eventZone)
        if event.name == "identify" { Self.take(event.body.value(at: ["traits", "timezone"]), event.time, &ownZone) }
    }

    /// A zone holds until another comes, from then or later.
    private static func take(_ said: OracleJSON?, _ time: Int64, _ known: inout (zone: OracleZone, since: Int64)?) {
        guard case .string(let bytes) = said, let zone = OracleZone.named(String(decoding: bytes, as: UTF8.self)),
            known.map({ $0.zone != zone && $0.since <= time }) ?? true
        else { return }
        known = (zone, time)
    }

    var idText: String { String(decoding: id, as: UTF8.self) }
}

/// In what decisions for one person are alike.
struct OracleLikeness: Hashable {
    let rule: String
    let key: [[UInt8]?]
    let cause: String
    let due: Int64
}

/// What an expression can see.
struct OracleScope {
    let person: OraclePerson
    let now: Int64
    var body: OracleJSON?
    /// Of the event, where one fires.
    var name: String?
    var rule: OracleRule?
    var run: OracleRun?
    /// The rule's key, as it is here.
    var key: [[UInt8]?] = []

    func value(_ operand: OracleOperand) -> OracleValue {
        switch operand {
        case .property(let path): return OracleValue(body?.value(at: path))
        case .event: return event
        case .fold(let name):
            if let collection = person.collections[operand.foldName!] { return member(name, of: collection) }
            return person.folds[name]?.value(now: now, person.zone) ?? .missing
        case .instance(let name): return collected(name)
        case .idle(let event): return person.seen[event].map { .duration(now - $0) } ?? .missing
        case .literal(let literal): return literal.value
        case .trait(let path): return OracleValue(person.traits.value(at: path))
        }
    }

    private var event: OracleValue {
        guard let body, let name else { return .missing }
        let members = [
            ("name", OracleJSON.string(Array(name.utf8))), ("time", .string(Array(OracleTime.text(now).utf8))),
            ("properties", body["properties"]!), ("context", body["context"]!),
        ]
        return .json(.object(members.map { OracleJSON.Member(name: Array($0.0.utf8), value: $0.1) }))
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
        return history.value(now: now, person.zone)
    }

    /// What has no answer is false.
    func holds(_ condition: OracleCondition?) -> Bool { condition.map { answer($0) ?? false } ?? true }

    /// nil: something is missing or failed, and nothing beside it settles the question.
    private func answer(_ condition: OracleCondition) -> Bool? {
        switch condition {
        case .compare(let operand, let comparison, let literal):
            return value(operand).compare(comparison, literal.value)
        case .has(let path): return body?.value(at: path) != nil
        case .hasTrait(let path): return person.traits.value(at: path) != nil
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
