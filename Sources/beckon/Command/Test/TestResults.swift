import BeckonModel
import BeckonRuleTest

/// The results of a run of tests, in the order of the files.
struct TestResults {
    let results: [RuleTestResult]
    /// Of each, for reports.
    let durations: [Duration]
    private let placed: (String) -> String

    init(of tests: [RuleTest], on ruleSet: RuleSet, placed: @escaping (String) -> String) {
        self.placed = placed
        let clock = ContinuousClock()
        var results: [RuleTestResult] = []
        durations = tests.map { test in clock.measure { results.append(test.run(on: ruleSet)) } }
        self.results = results
    }

    var failedCount: Int { results.count { !$0.isPassed } }
    var ruleCount: Int { Set(results.map(\.test.rule)).count }

    /// `file:line:column`, the file as it opens from where the user stands.
    func place(of result: RuleTestResult) -> String {
        "\(file(of: result)):\(result.test.line):\(result.test.column)"
    }

    func file(of result: RuleTestResult) -> String { placed(result.test.file) }
}
