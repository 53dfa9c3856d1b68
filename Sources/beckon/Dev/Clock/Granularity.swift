import BeckonModel

/// How coarsely the virtual clock may move without a rule seeing it.
enum Granularity {
    static let millisecondsMax: Milliseconds = 900_000

    /// A quarter of the shortest time after which a decision of these rules is stale, at most 15 minutes: decisions are
    /// taken at most so much after they were due.
    static func milliseconds(for rules: RuleSet) -> Milliseconds {
        rules.rules.map { min($0.latenessMaxMs ?? .max, $0.expiresMs) / 4 }.min().map { min($0, millisecondsMax) }
            ?? millisecondsMax
    }
}
