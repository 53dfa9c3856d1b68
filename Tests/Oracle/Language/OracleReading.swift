/// Which properties a rule set reads, and so must be able to read as numbers.
enum OracleReading {
    /// Of the rules and of the folds that they use, directly or through other folds.
    static func paths(rules: [OracleRule], folds: [OracleFold]) -> Set<[String]> {
        var operands = rules.flatMap(operands)
        var used: Set<String> = []
        while let fold = folds.first(where: { !used.contains($0.name) && operands.contains(.fold($0.name)) }) {
            used.insert(fold.name)
            operands += fold.kind.path.map { [.property($0)] } ?? []
            operands += ([fold.of, fold.since].compactMap { $0 }).flatMap { $0.condition?.operands ?? [] }
        }
        return Set(
            operands.compactMap { operand in
                if case .property(let path) = operand { return path }
                return nil
            })
    }

    private static func operands(_ rule: OracleRule) -> [OracleOperand] {
        var references = rule.exits + [rule.goal?.event].compactMap { $0 }
        switch rule.trigger {
        case .event(let reference): references.append(reference)
        case .absence(let start, let absent, _, _): references += [start, absent]
        case .inactivity(_, let events): references += [events].compactMap { $0 }
        }
        let conditions = references.map(\.condition) + [rule.condition]
        return conditions.compactMap { $0 }.flatMap(\.operands) + rule.data.map(\.operand)
            + rule.collect.compactMap { $0.kind.path }.map { .property($0) }
    }
}
