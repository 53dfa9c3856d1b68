import BeckonEngine
import BeckonModel
import Foundation
import Oracle
import Testing

/// The engine and the oracle were written by two, from the same words. `BECKON_ORACLE_SEEDS=FROM-TO` runs other seeds.
@Suite struct `Oracle against engine` {
    static let seeds: Range<UInt64> = {
        let bounds = (ProcessInfo.processInfo.environment["BECKON_ORACLE_SEEDS"] ?? "0-600").split(separator: "-")
        return UInt64(bounds[0])!..<UInt64(bounds[1])!
    }()

    @Test func `agree on everything that is written`() throws {
        var failures = 0
        for seed in Self.seeds {
            var generator = WorkloadGenerator(seed: seed)
            generator.isOpen = seed % 3 == 0
            generator.isInOrder = seed % 7 == 6
            generator.cutSeed = seed % 2
            guard let difference = try Self.difference(Self.workload(generator)) else { continue }
            Issue.record(
                "BECKON_ORACLE_SEEDS=\(seed)-\(seed + 1) swift test --filter 'Oracle against engine'\n\(difference)")
            failures += 1
            if failures == 3 { break }
        }
    }

    @Test func `agree when the trigger of a rule becomes another`() throws {
        var failures = 0
        for seed in Self.seeds {
            var generator = WorkloadGenerator(seed: seed)
            (generator.isInOrder, generator.changesTrigger) = (true, true)
            guard let difference = try Self.difference(Self.workload(generator)) else { continue }
            Issue.record(
                "BECKON_ORACLE_SEEDS=\(seed)-\(seed + 1) swift test --filter 'Oracle against engine'\n\(difference)")
            failures += 1
            if failures == 3 { break }
        }
    }

    /// Of some also what became of their decisions.
    private static func workload(_ generator: WorkloadGenerator) throws -> Workload {
        generator.seed % 5 < 3 ? try generator.make().withOutcomes() : generator.make()
    }

    /// nil where they agree.
    static func difference(_ workload: Workload) throws -> String? {
        let reading = RuleSet.read([RuleSource(file: "rules.yaml", text: Array(workload.yaml.utf8))])
        guard let ruleSet = reading.ruleSet else { return "\(reading.diagnostics)\n\(workload.yaml)" }
        var change: (place: Int, ruleSet: RuleSet)?
        if let later = workload.laterYAML, let place = workload.change?.place {
            let reading = RuleSet.read([RuleSource(file: "rules.yaml", text: Array(later.utf8))])
            guard let ruleSet = reading.ruleSet else { return "\(reading.diagnostics)\n\(later)" }
            change = (place, ruleSet)
        }
        var run = EngineRun(WorkloadRecords(workload.input.topics), ruleSet)
        var cut = workload
        cut.input.steps = run.takeAll(workload.input.steps, ruleSet, change: change)
        let found = try EngineResult(run.outputs, rules: workload.rules, topics: workload.input.topics).result.lines
        let expected = cut.expected().lines
        if found == expected { return nil }
        let changes = found.difference(from: expected).map { change in
            switch change {
            case .insert(_, let line, _): "only the engine: \(line)"
            case .remove(_, let line, _): "only the oracle: \(line)"
            }
        }
        let later = workload.laterYAML.map { ["from step \(workload.change!.place + 1) on:", $0] } ?? []
        return (changes + [workload.yaml] + later + (seeds.count == 1 ? story(cut) : [])).joined(separator: "\n")
    }

    /// Steps and records, for a run of one seed.
    private static func story(_ workload: Workload) -> [String] {
        workload.input.steps.flatMap { step in
            let records = step.ranges.flatMap { range in
                workload.input.topics[range.topic].records.filter { $0.offset >= range.from && $0.offset < range.to }
                    .map { record in
                        let key = record.key.map { String(decoding: $0, as: UTF8.self) } ?? "no key"
                        let value = record.value.map { String(decoding: $0.prefix(400), as: UTF8.self) } ?? "tombstone"
                        return
                            "    \(workload.input.topics[range.topic].name)-\(record.offset) at \(record.timestamp) \(key) \(value)"
                    }
            }
            return ["step \(step.seq): now \(step.now) wall \(step.wall) \(step.cutOff)"] + records
        }
    }
}
