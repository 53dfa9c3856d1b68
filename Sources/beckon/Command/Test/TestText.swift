import BeckonRuleTest
import BeckonService
import Glibc

/// Results of tests for people.
struct TestText {
    let paint: Paint

    /// A line; of a test that has failed also the differences and what happened.
    func lines(of result: RuleTestResult, at place: String) -> String {
        let title = "\(result.test.rule): \(result.test.name)"
        if result.isPassed { return paint(.green, "ok    ") + "  \(title)\n" }
        return paint(.red, "FAILED") + "  \(title)  " + paint(.dim, "(\(place))") + "\n"
            + Self.details(of: result).map { "    \($0)\n" }.joined() + "\n"
    }

    /// Without colours, for reports too.
    static func details(of result: RuleTestResult) -> [String] {
        let differences = result.differences.flatMap { difference in
            [
                "expected  \(difference.expected ?? "no other decision or suppression")",
                "came      \(difference.came ?? "nothing of the kind")",
            ]
        }
        return differences + [""] + timeline(of: result)
    }

    /// When, whose where there are several people, and what.
    private static func timeline(of result: RuleTestResult) -> [String] {
        if result.timeline.isEmpty { return ["Nothing happened."] }
        let times = result.timeline.map { ElapsedText.text($0.atMs) }
        let people = Set(result.timeline.map(\.person)).count > 1 ? result.timeline.map(\.person) : []
        let timesWidth = times.map(\.count).max() ?? 0
        let peopleWidth = people.map(\.count).max() ?? 0
        return ["What happened:"]
            + result.timeline.indices.map { place in
                let blanks = String(repeating: " ", count: timesWidth - times[place].count)
                var line = "    \(blanks)\(times[place])  "
                if !people.isEmpty {
                    line += people[place] + String(repeating: " ", count: peopleWidth - people[place].count + 2)
                }
                return line + result.timeline[place].text
            }
    }

    func summary(of results: TestResults, untested: [String]) -> String {
        let passed = results.results.count - results.failedCount
        let counts = "\(CountText.text(passed, "test")) passed, \(results.failedCount) failed"
        let line = "\(counts), of \(CountText.text(results.ruleCount, "rule")).\n"
        if untested.isEmpty { return line }
        let shown = untested.prefix(10).joined(separator: ", ") + (untested.count > 10 ? ", …" : "")
        return line + "\(CountText.text(untested.count, "rule")) without tests: \(shown).\n"
    }
}

extension Paint {
    static var ofOutput: Paint {
        Paint(isTerminal: isatty(STDOUT_FILENO) == 1, environment: EnvironmentVariable.all())
    }
}
