extension Fold {
    /// With the version that its definition gives.
    init(
        name: String, kind: FoldKind, of: EventReference?, window: Window?, since: EventReference?,
        remove: EventReference? = nil
    ) {
        self.init(
            name: name, kind: kind, of: of, window: window, since: since, remove: remove,
            version: CanonicalEncoding.hash(of: kind, of, window: window, since: since, remove: remove))
    }

    /// Names of the folds that its conditions read.
    fileprivate var foldNames: [String] {
        references.flatMap(\.foldNames)
    }
}

extension Rule {
    /// The rule with its version, which takes in every fold that it reads, directly or through another fold.
    func versioned(with folds: [String: Fold], defaultZone: String) -> Rule {
        let read = foldNames(through: folds).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        return Rule(
            id: id,
            version: CanonicalEncoding.hash(
                of: self, reading: read.compactMap { folds[$0] }, defaultZone: defaultZone),
            key: key, trigger: trigger, condition: condition, data: data, collect: collect, exit: exit, goal: goal,
            reentry: reentry, expiresMs: expiresMs, late: late, latenessMaxMs: latenessMaxMs,
            messageClass: messageClass, channels: channels, content: content, reason: reason)
    }

    /// Of its id, key and trigger: what a trigger has counted goes on while these stay the same.
    public var triggerVersion: ContentHash { CanonicalEncoding.hash(ofTriggerOf: self) }

    /// Of its id and one of its references.
    public func version(of reference: EventReference) -> ContentHash {
        CanonicalEncoding.hash(of: reference, in: self)
    }

    private func foldNames(through folds: [String: Fold]) -> Set<String> {
        var found: Set<String> = []
        var waiting = directFoldNames
        while let name = waiting.popLast() {
            guard found.insert(name).inserted, let fold = folds[name] else { continue }
            waiting += fold.foldNames
        }
        return found
    }

    private var directFoldNames: [String] {
        let conditions = ([condition].compactMap { $0 } + data.map(\.expression)).flatMap(\.foldNames)
        let events = (trigger.references + [exit, goal?.event].compactMap { $0 }).flatMap(\.foldNames)
        return conditions + events
    }
}

extension EventReference {
    fileprivate var foldNames: [String] { alternatives.compactMap(\.condition).flatMap(\.foldNames) }
}

extension Expression {
    fileprivate var foldNames: [String] {
        variables.compactMap { $0.foldName?.fold }
    }
}
