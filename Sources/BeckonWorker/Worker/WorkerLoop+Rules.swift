import BeckonModel

/// When a partition goes over to other rules.
extension WorkerLoop {
    /// The change that the task takes now. With images it waits until all are written, and its step is committed with
    /// everybody whom it changes: images from both sides of a change cannot be folded together.
    func takeChange(_ task: PartitionTask, _ wanted: RuleSet) -> RuleSet? {
        let change = ruleChange(task, wanted)
        if task.images == nil { return change }
        let mayChange = task.mayChangeRules
        task.images?.isFlushing = change != nil && !mayChange
        guard let change, mayChange else { return nil }
        task.images?.mustBeClean = true
        return change
    }

    private func ruleChange(_ task: PartitionTask, _ wanted: RuleSet) -> RuleSet? {
        if task.engine.ruleSet?.hash == wanted.hash { return nil }
        if !configuration.allowsReturn, task.engine.leftRuleSets.contains(wanted.hash) { return nil }
        return wanted
    }

    /// All whom a step with new rules changes go into one commit: so that they are not too many.
    func timersMax(with change: RuleSet?) -> Int {
        change == nil ? configuration.timersPerStepMax : min(configuration.timersPerStepMax, Self.changeTimersMax)
    }

    private static let changeTimersMax = 4_096
}
