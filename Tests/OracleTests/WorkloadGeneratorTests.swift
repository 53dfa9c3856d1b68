import Oracle
import Testing

@Suite struct `Workload generator` {
    @Test func `makes the same from the same seed`() {
        let (one, two) = (WorkloadGenerator(seed: 7).make(), WorkloadGenerator(seed: 7).make())
        #expect(one.yaml == two.yaml && one.input.steps == two.input.steps)
        #expect(one.expected().decisions == two.expected().decisions)
    }

    @Test func `reaches every kind of result`() {
        var counts: [String: Int] = [:]
        for seed in 0..<200 as Range<UInt64> {
            var generator = WorkloadGenerator(seed: seed)
            generator.isOpen = seed % 3 == 0
            let result = generator.make().expected()
            counts["decisions", default: 0] += result.decisions.count
            counts["cancels", default: 0] += result.cancels.count
            counts["conversions", default: 0] += result.conversions.count
            counts["cut-offs", default: 0] += result.cutOffs.count
            counts["again", default: 0] += result.decisions.filter { $0.ordinal > 0 }.count
            for suppression in result.suppressions { counts["\(suppression.reason)", default: 0] += 1 }
            for letter in result.deadLetters { counts["\(letter.reason)", default: 0] += 1 }
        }
        let expected =
            ["decisions", "cancels", "conversions", "cut-offs", "late", "condition", "reentry"]
            + OracleDeadLetter.Reason.allCases.map(\.rawValue)
        for name in expected { #expect(counts[name, default: 0] > 0, "\(name) never came: \(counts)") }
    }

    /// Due time, key and data of what is decided: not the wall clock, which the cut moves.
    private func gist(_ workload: Workload) -> Set<[String]> {
        let rules = workload.rules.map { rule in
            var rule = rule
            rule.latenessMax = .none
            return rule
        }
        let result = Oracle(rules: rules, folds: workload.folds).run(workload.input)
        return Set(
            result.decisions.map {
                [
                    $0.rule, $0.person, "\($0.key)", $0.cause, "\($0.dueAt)", "\($0.eventAt)",
                    "\($0.data.sorted { $0 < $1 })",
                ]
            })
    }

    @Test func `decides the same however steps are cut, when events come in order`() {
        for seed in 0..<60 as Range<UInt64> {
            var generator = WorkloadGenerator(seed: seed)
            generator.isInOrder = true
            let one = gist(generator.make())
            generator.cutSeed = 1
            let two = gist(generator.make())
            #expect(one == two, "seed \(seed)")
        }
    }

    @Test func `keeps to the clock's rules`() {
        for seed in 0..<100 as Range<UInt64> {
            var now: Int64 = 0
            var positions: [Int: Int64] = [:]
            for step in WorkloadGenerator(seed: seed).make().input.steps {
                #expect(step.now >= now && step.now <= step.wall)
                now = step.now
                for range in step.ranges {
                    #expect(range.from >= positions[range.topic] ?? 0)
                    positions[range.topic] = range.to
                }
            }
        }
    }
}
