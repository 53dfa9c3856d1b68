import BeckonModel
import Testing

@testable import Oracle

extension Workload {
    /// The same with what became of its decisions. Outcomes change no decision, so that those of a run without them tell the
    /// ids.
    func withOutcomes() throws -> Workload {
        let ruleSet = try Self.ruleSet(yaml)
        var later: (place: Int, ruleSet: RuleSet)?
        if let laterYAML, let change { later = (change.place, try Self.ruleSet(laterYAML)) }
        var run = EngineRun(WorkloadRecords(input.topics), ruleSet)
        _ = run.takeAll(input.steps, ruleSet, change: later)
        let written = run.outputs
        let known = try EngineResult(written, rules: rules, topics: input.topics).decisionsById
        let steps = run.outputsOfSteps
        var decided: [DecidedDecision] = []
        // The first step is the one that brings the rules.
        for (place, records) in steps.dropFirst().enumerated() {
            for record in records where record.topic == .decisions {
                guard case .string(let id)? = try OracleJSONReader.read(record.value)["id"],
                    record.value.starts(with: Array(#"{"type":"decision""#.utf8)), let decision = known[id]
                else { continue }
                decided.append(
                    DecidedDecision(id: String(decoding: id, as: UTF8.self), decision: decision, place: place))
            }
        }
        return adding(outcomesOf: decided)
    }

    private static func ruleSet(_ text: String) throws -> RuleSet {
        try #require(RuleSet.read([RuleSource(file: "rules.yaml", text: Array(text.utf8))]).ruleSet)
    }
}
