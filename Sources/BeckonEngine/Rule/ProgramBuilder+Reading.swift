import BeckonModel

/// What rules read.
extension ProgramBuilder {
    /// The folds a rule reads, those its folds' conditions read included, in the order of their names.
    static func foldNames(of rule: Rule, in ruleSet: RuleSet) -> [String] {
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

    static func startPaths(of rule: Rule) -> [PropertyPath] {
        rule.key + rule.collect.compactMap(\.kind.path)
    }

    static func firingPaths(of rule: Rule) -> [PropertyPath] {
        ([rule.condition].compactMap { $0 } + rule.data.map(\.expression)).flatMap(paths)
    }

    static func paths(_ expression: Expression) -> [PropertyPath] {
        expression.variables.compactMap { if case .property(let path) = $0 { path } else { nil } }
    }
}
