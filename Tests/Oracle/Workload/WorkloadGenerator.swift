/// Small rule sets, event streams with nasty times and types, and steps that cut them: all from one seed.
///
/// What it makes stays inside what the documentation decides, unless `isOpen` asks for the cases that it leaves open.
public struct WorkloadGenerator: Sendable {
    public let seed: UInt64
    /// Adds cases on which two careful readers may differ: see `OracleChoices` and `EventGenerator`.
    public var isOpen = false
    /// At most so many records.
    public var recordsMax = 60

    public init(seed: UInt64) { self.seed = seed }

    public func make() -> Workload {
        var random = SplitMix64(seed: seed)
        var language = RuleGenerator(random: random)
        let (rules, folds) = language.make()
        random = language.random
        var events = EventGenerator(random: random, rules: rules, isOpen: isOpen)
        let topics = events.make(count: 10 + events.random.below(max(1, recordsMax - 9)))
        var cutter = StepGenerator(random: events.random, topics: topics)
        let steps = cutter.make()
        return Workload(seed: seed, rules: rules, folds: folds, input: OracleInput(topics: topics, steps: steps))
    }
}

/// What a seed gave.
public struct Workload: Sendable {
    public let seed: UInt64
    public let rules: [OracleRule]
    public let folds: [OracleFold]
    public var input: OracleInput

    /// For the engine.
    public var yaml: String { OracleText.yaml(rules: rules, folds: folds) }

    public func expected(_ choices: OracleChoices = OracleChoices()) -> OracleResult {
        Oracle(rules: rules, folds: folds, choices: choices).run(input)
    }
}
