import Oracle
import Testing

/// That the generator of outcomes meets what they are about.
@Suite struct `Outcomes of workloads` {
    @Test func `keep decisions from being recalled and converted, leave goals to older ones, and cannot all be read`()
        throws
    {
        var counts: [String: Int] = [:]
        for seed in 0..<300 as Range<UInt64> {
            let plain = WorkloadGenerator(seed: seed).make()
            let before = plain.expected()
            let after = try plain.withOutcomes().expected()
            #expect(after.decisions == before.decisions, "seed \(seed)")
            counts["recalls", default: 0] += Set(before.cancels).subtracting(after.cancels).count
            counts["conversions", default: 0] += Set(before.conversions).subtracting(after.conversions).count
            counts["older", default: 0] += Set(after.conversions).subtracting(before.conversions).count
            for letter in after.deadLetters where letter.topic == "outcomes" {
                counts["\(letter.reason)", default: 0] += 1
            }
        }
        for (name, least) in [
            ("recalls", 30), ("conversions", 5), ("older", 1), ("outcome", 20), ("notJSON", 20), ("key", 3),
            ("depth", 3),
            ("tombstone", 3),
        ] {
            #expect(counts[name, default: 0] >= least, "\(name): \(counts)")
        }
    }
}
