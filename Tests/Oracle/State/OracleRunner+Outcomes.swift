/// What became of decisions.
extension OracleRunner {
    /// The step's records of outcomes: before all others, in the order of their offsets.
    func outcomes(_ step: OracleStep) -> [(OracleRecord, OracleTopic)] {
        step.ranges.filter { input.topics[$0.topic].isOutcomes }.flatMap { range in
            let topic = input.topics[range.topic]
            return topic.records.filter { $0.offset >= range.from && $0.offset < range.to }.map { ($0, topic) }
        }
    }

    mutating func learn(_ record: OracleRecord, of topic: OracleTopic) {
        let outcome: OracleOutcome
        do {
            outcome = try OracleOutcome(record)
        } catch {
            result.deadLetters.append(
                OracleDeadLetter(
                    topic: topic.name, partition: topic.partition, offset: record.offset, reason: error))
            return
        }
        guard let mayHaveGoneOut = outcome.mayHaveGoneOut, let decision = input.ids[outcome.decision],
            let rules = people[outcome.person]?.rules
        else { return }
        for (id, state) in rules {
            for place in state.firings.indices where state.firings[place].decision == decision {
                let before = state.firings[place].mayHaveGoneOut ?? false
                people[outcome.person]!.rules[id]!.firings[place].mayHaveGoneOut = before || mayHaveGoneOut
            }
        }
    }
}
