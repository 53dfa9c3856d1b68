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
            + OracleDeadLetter.Reason.allCases.filter { $0 != .outcome }.map(\.rawValue)
        for name in expected { #expect(counts[name, default: 0] > 0, "\(name) never came: \(counts)") }
    }

    @Test func `reaches every trigger, its firing and its recall`() {
        var fired: [String: Int] = [:]
        var recalled: [String: Int] = [:]
        for seed in 0..<600 as Range<UInt64> {
            let workload = WorkloadGenerator(seed: seed).make()
            let kinds = Dictionary(uniqueKeysWithValues: workload.rules.map { ($0.id, Self.kind($0)) })
            let result = workload.expected()
            for decision in result.decisions { fired[kinds[decision.rule]!, default: 0] += 1 }
            for cancel in result.cancels { recalled[kinds[cancel.decision.rule]!, default: 0] += 1 }
        }
        let kinds = [
            "event", "absence", "absence with all", "absence with since", "absence with all and since", "inactivity",
            "sequence", "sequence with not", "count", "count with not", "count of sessions", "count of values",
            "count per period", "total",
            "total with since",
        ]
        for kind in kinds { #expect(fired[kind, default: 0] > 10, "\(kind): \(fired)") }
        for kind in kinds { #expect(recalled[kind, default: 0] > 0, "\(kind): \(recalled)") }
    }

    @Test func `reaches instances that outlive a change of their rule's trigger`() {
        var fired = 0
        for seed in 0..<200 as Range<UInt64> {
            var generator = WorkloadGenerator(seed: seed)
            (generator.isInOrder, generator.changesTrigger) = (true, true)
            let workload = generator.make()
            guard let change = workload.change else { continue }
            let before = Dictionary(uniqueKeysWithValues: workload.rules.map { ($0.id, $0) })
            let changed = change.rules.filter { before[$0.id] != $0 }
            #expect(changed.count <= 1 && change.rules.count == workload.rules.count)
            // Only an older version's timer fires for a rule that now fires with events.
            let now = workload.input.steps[change.place].now
            fired +=
                workload.expected().decisions.filter { decision in
                    decision.cause == "timer" && decision.dueAt > now
                        && changed.contains { $0.id == decision.rule && !Self.waits($0) }
                }.count
        }
        #expect(fired > 2, "\(fired)")
    }

    @Test func `reaches traits that are known, and those that were taken away`() {
        var (known, missing) = (0, 0)
        for seed in 0..<400 as Range<UInt64> {
            for decision in WorkloadGenerator(seed: seed).make().expected().decisions {
                for (name, value) in decision.data where name.hasPrefix("t") {
                    if value == "null" || value == "{}" { missing += 1 } else { known += 1 }
                }
            }
        }
        #expect(known > 20 && missing > 20, "\(known), \(missing)")
    }

    private static func waits(_ rule: OracleRule) -> Bool {
        let kind = kind(rule)
        return kind == "inactivity" || kind.hasPrefix("absence")
    }

    private static func kind(_ rule: OracleRule) -> String {
        switch rule.trigger {
        case .event: return "event"
        case .absence: return "absence"
        case .longAbsence(let absence):
            let parts = [absence.absent.count > 1 ? "all" : nil, absence.since == nil ? nil : "since"]
            return "absence with " + parts.compactMap { $0 }.joined(separator: " and ")
        case .inactivity: return "inactivity"
        case .sequence(_, _, let not): return not == nil ? "sequence" : "sequence with not"
        case .count(let count):
            switch count.distinct {
            case nil where count.per != nil: return "count per period"
            case nil: return count.not == nil ? "count" : "count with not"
            case .session: return "count of sessions"
            case .values: return "count of values"
            }
        case .total(_, _, _, let since): return since == nil ? "total" : "total with since"
        }
    }

    /// Due time, key and data of what is decided: not the wall clock, which the cut moves.
    private func gist(_ workload: Workload) -> Set<[String]> {
        let rules = workload.rules.map { rule in
            var rule = rule
            rule.latenessMax = .none
            return rule
        }
        let oracle = Oracle(rules: rules, folds: workload.folds, defaultZone: workload.defaultZone ?? "UTC")
        let result = oracle.run(workload.input)
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
