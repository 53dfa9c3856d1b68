/// What rules cost: those that name none of the events, and those that do.
enum RuleCurve {
    private static let events = 200_000

    static func measure() {
        print("rules that name no event of the workload:")
        for count in [1, 10, 100, 1_000] {
            let rules = (0..<count).map { rule($0, "event: never_sent_\($0)") }.joined(separator: "---\n")
            print("  \(padded(count)) rules  \(padded(Int(nanoseconds(rules)))) ns an event")
        }
        print("a rule more on page_viewed (two of seven events):")
        for (title, condition) in [
            ("no condition that holds", "properties.path == \"/never\""),
            ("two properties compared", "properties.path == properties.title"),
        ] {
            let one = nanoseconds(rules(1, condition))
            let hundred = nanoseconds(rules(101, condition))
            // Of the events two in seven are looked at.
            print("  \(title)  \(padded(Int((hundred - one) / 100 * 3.5))) ns for each rule and event that it names")
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

    /// The best of three: others on the machine only ever add.
    private static func nanoseconds(_ rules: String) -> Double {
        var run = BenchRun(rules: rules)
        var workload = ShopWorkload(people: 10_000, batchMax: EngineBench.stepEvents)
        run.take(&workload, events: events / 4, stepMicroseconds: 500)
        var best = Double.infinity
        for _ in 0..<3 {
            let before = run.elapsed
            run.take(&workload, events: events, stepMicroseconds: 500)
            best = min(best, (run.elapsed - before) * 1e9 / Double(events))
        }
        return best
    }

    private static func padded(_ number: Int) -> String {
        let text = String(number)
        return String(repeating: " ", count: max(0, 5 - text.count)) + text
    }
}
