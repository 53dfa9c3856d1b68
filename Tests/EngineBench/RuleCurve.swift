/// What rules cost: those that name none of the events, and those that do.
enum RuleCurve {
    private static let events = 200_000

    static func unnamed() -> [EngineReport.Row] {
        [1, 10, 100, 1_000].map { count in
            let rules = (0..<count).map { rule($0, "event: never_sent_\($0)") }.joined(separator: "---\n")
            return EngineReport.Row(title: count == 1 ? "1 rule" : "\(count) rules", nanoseconds: nanoseconds(rules))
        }
    }

    /// The rules' conditions never hold: what firing costs is not theirs.
    static func naming() -> [EngineReport.Row] {
        [
            ("a property and a constant", "properties.path == \"/never\""),
            ("two properties", "properties.path == properties.title"),
        ].map { title, condition in
            let one = nanoseconds(rules(1, condition))
            let hundredMore = nanoseconds(rules(101, condition))
            return EngineReport.Row(title: title, nanoseconds: (hundredMore - one) / 100 / ShopWorkload.pageViewedShare)
        }
    }

    private static func rules(_ count: Int, _ condition: String) -> String {
        (0..<count).map { rule($0, "event: page_viewed, where: '\(condition)'") }.joined(separator: "---\n")
    }

    private static func rule(_ number: Int, _ when: String) -> String {
        """
        id: rule-\(number)
        when: { \(when) }
        send: { channels: [email], template: none }

        """
    }

    /// An event's. The best of five: others on the machine only ever add.
    private static func nanoseconds(_ rules: String) -> Double {
        var run = BenchRun(rules: rules)
        var workload = ShopWorkload(people: 10_000, batchMax: EngineBench.stepEvents)
        run.take(&workload, events: events / 4, stepMicroseconds: 500)
        var best = Double.infinity
        for _ in 0..<5 {
            let before = run.elapsed
            run.take(&workload, events: events, stepMicroseconds: 500)
            best = min(best, (run.elapsed - before) * 1e9 / Double(events))
        }
        return best
    }
}
