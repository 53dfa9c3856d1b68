/// Small rule sets, event streams with nasty times and types, and steps that cut them: all from one seed.
///
/// What it makes stays inside what the documentation decides, unless `isOpen` asks for the cases that it leaves open.
public struct WorkloadGenerator: Sendable {
    public let seed: UInt64
    /// Adds cases on which two careful readers may differ: see `OracleChoices` and `EventGenerator`.
    public var isOpen = false
    /// Everything comes in the order of time on one topic, and no clock is wrong: then decisions do not depend on the
    /// steps, nor on `cutSeed`.
    public var isInOrder = false
    /// The trigger of a rule becomes another on the way; to be asked for with `isInOrder` alone.
    public var changesTrigger = false
    /// Cuts the same records into other steps.
    public var cutSeed: UInt64 = 0
    /// At most so many records.
    public var recordsMax = 60

    public init(seed: UInt64) { self.seed = seed }

    public func make() -> Workload {
        var random = SplitMix64(seed: seed)
        let profile = WorkloadProfile(random: &random)
        var language = RuleGenerator(random: random, profile: profile)
        var (rules, folds) = language.make()
        let later = changesTrigger ? language.change(&rules) : nil
        random = language.random
        var events = EventGenerator(random: random, profile: profile, rules: rules, isOpen: isOpen)
        events.isInOrder = isInOrder
        let topics = events.make(count: 10 + events.random.below(max(1, recordsMax - 9)))
        var cutter = StepGenerator(random: SplitMix64(seed: seed ^ cutSeed << 32), topics: topics, start: profile.start)
        cutter.isInOrder = isInOrder
        let steps = cutter.make()
        let zone = profile.isCalendar && random.chance(50) ? random.pick(profile.zones) : nil
        let change = later.map { OracleChange(place: random.below(steps.count), rules: $0) }
        return Workload(
            seed: seed, rules: rules, folds: folds, input: OracleInput(topics: topics, steps: steps),
            defaultZone: zone, change: change)
    }
}

/// What a seed gave.
public struct Workload: Sendable {
    public let seed: UInt64
    public let rules: [OracleRule]
    public let folds: [OracleFold]
    public var input: OracleInput
    public let defaultZone: String?
    public let change: OracleChange?

    /// The same with what became of the decisions, which some engine has told.
    public func adding(outcomesOf decided: [DecidedDecision]) -> Workload {
        var added = self
        var generator = OutcomeGenerator(random: SplitMix64(seed: seed ^ 0x0C7_C03E))
        generator.add(decided, to: &added.input)
        return added
    }

    /// For the engine.
    public var yaml: String { OracleText.yaml(rules: rules, folds: folds, defaultZone: defaultZone) }

    /// What holds after the change.
    public var laterYAML: String? {
        change.map { OracleText.yaml(rules: $0.rules, folds: folds, defaultZone: defaultZone) }
    }

    public func expected(_ choices: OracleChoices = OracleChoices()) -> OracleResult {
        Oracle(rules: rules, folds: folds, choices: choices, defaultZone: defaultZone ?? "UTC", change: change)
            .run(input)
    }
}
