import BeckonModel

/// What rules read.
extension ProgramBuilder {
    /// The folds a rule reads, those its folds' conditions read included, in the order of their names.
    static func folds(of rule: Rule, in ruleSet: RuleSet) -> [Fold] {
        var names: Set<String> = []
        var open = expressions(of: rule).flatMap(foldNames)
        while let name = open.popLast() {
            guard names.insert(name).inserted, let fold = ruleSet.folds.first(where: { $0.name == name }) else {
                continue
            }
            for reference in fold.references {
                open += reference.alternatives.compactMap(\.condition).flatMap(foldNames)
            }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            .compactMap { name in ruleSet.folds.first { $0.name == name } }
    }

    static func foldNames(_ expression: Expression) -> [String] {
        expression.variables.compactMap { $0.foldName?.fold }
    }

    static func references(of rule: Rule) -> [EventReference] {
        var references = [rule.exit, rule.goal?.event].compactMap { $0 }
        references += rule.trigger.references
        return references
    }

    static func expressions(of rule: Rule) -> [Expression] {
        references(of: rule).flatMap(\.alternatives).compactMap(\.condition) + [rule.condition].compactMap { $0 }
            + rule.data.map(\.expression)
    }

    static func isOfAllEvents(_ rule: Rule) -> Bool {
        if case .inactivity(_, nil) = rule.trigger { true } else { false }
    }

    static func firingPaths(of rule: Rule) -> [PropertyPath] {
        ([rule.condition].compactMap { $0 } + rule.data.map(\.expression)).flatMap(paths)
    }

    static func paths(_ expression: Expression) -> [PropertyPath] {
        expression.variables.compactMap { if case .property(let path) = $0 { path } else { nil } }
    }

    /// The state behind every trait that a rule reads, also in conditions of its folds; in the order in which they are read.
    static func traits(of rule: Rule, reading folds: [Fold]) -> [Fold] {
        let conditions = folds.flatMap(\.references).flatMap(\.alternatives).compactMap(\.condition)
        return (expressions(of: rule) + conditions).flatMap(\.variables).compactMap {
            if case .trait(let path) = $0 { .trait(path) } else { nil }
        }
    }
}

extension FoldKind {
    /// What is read of each event. A trait inside another is gone when that comes without it.
    var paths: [PropertyPath] {
        guard case .trait(let path) = self else { return [path].compactMap { $0 } }
        return [path] + [path.outermost].compactMap { $0 }
    }
}

/// Traits.
extension ProgramBuilder {
    func outermostSlot(_ fold: Fold) -> Int {
        guard case .trait(let path) = fold.kind, let outermost = path.outermost else { return -1 }
        return pathPlace[outermost]!
    }

    func traitRead(_ path: PropertyPath) -> FoldRead {
        let place = foldPlace[Fold.trait(path).version]!
        return FoldRead(fold: place, slot: layout.fold(place))
    }
}
