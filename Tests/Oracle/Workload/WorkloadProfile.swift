/// What makes one workload's rules and events meet: the same few names, and how wild the times are.
struct WorkloadProfile: Sendable {
    /// Canonical; rules and events use these alone, the first most: it likes to start absences.
    let names: [String]
    /// Most events are late, by about as much as a due time or the rules' `allow`.
    let isStormy: Bool
    /// One person, and hardly any key parts.
    let isNarrow: Bool

    init(random: inout SplitMix64) {
        var left = EventGenerator.names
        names = (0..<random.pick([2, 3, 3, 4, 7])).map { _ in left.remove(at: random.below(left.count)) }
        isStormy = random.chance(50)
        isNarrow = random.chance(50)
    }
}
