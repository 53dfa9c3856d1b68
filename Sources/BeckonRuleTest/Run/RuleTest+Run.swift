import BeckonModel

extension RuleTest {
    /// Plays the test before the engine that serves partitions, and compares.
    ///
    /// The clock goes from event to event, stops at each timer on its way, and at the end runs on until none waits.
    ///
    /// - Parameter ruleSet: the one that the test was read with.
    public func run(on ruleSet: RuleSet) -> RuleTestResult {
        var stage = RuleTestStage(rules: ruleSet.narrowed(to: rule), startMs: startMs)
        for given in given {
            switch given {
            case .advance(let ms): stage.advance(by: ms)
            case .event(let event): stage.take(event)
            case .identify(let person, let traits): stage.identify(person, traits)
            }
        }
        stage.runOut()
        let comparison = Comparison(of: stage.outcome, with: expected)
        return RuleTestResult(
            test: self, differences: stage.obstacles + comparison.differences, timeline: stage.timeline,
            decisions: stage.decisions)
    }
}
