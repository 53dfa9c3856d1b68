import BeckonRuleTest

/// Results of tests in the XML that JUnit writes and pipelines read: a suite a rule, a case a test.
enum JUnitReport {
    static func text(of results: TestResults) -> String {
        var rules: [String] = []
        var cases: [String: [String]] = [:]
        var failed: [String: Int] = [:]
        for (result, duration) in zip(results.results, results.durations) {
            let rule = result.test.rule
            if cases[rule] == nil { rules.append(rule) }
            cases[rule, default: []].append(testCase(result, results.file(of: result), duration))
            failed[rule, default: 0] += result.isPassed ? 0 : 1
        }
        let total = "tests=\"\(results.results.count)\" failures=\"\(results.failedCount)\""
        let suites = rules.map { rule in
            let counts = "tests=\"\(cases[rule]?.count ?? 0)\" failures=\"\(failed[rule] ?? 0)\""
            return "  <testsuite name=\"\(escaped(rule))\" \(counts)>\n"
                + (cases[rule] ?? []).joined() + "  </testsuite>\n"
        }
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"beckon test\" \(total)>\n"
            + suites.joined() + "</testsuites>\n"
    }

    private static func testCase(_ result: RuleTestResult, _ file: String, _ duration: Duration) -> String {
        let test = result.test
        let names = "classname=\"\(escaped(test.rule))\" name=\"\(escaped(test.name))\""
        let place = "file=\"\(escaped(file))\" line=\"\(test.line)\" time=\"\(seconds(duration))\""
        guard let difference = result.differences.first else { return "    <testcase \(names) \(place)/>\n" }
        let message = "expected \(difference.expected ?? "nothing more"), came \(difference.came ?? "nothing")"
        return "    <testcase \(names) \(place)>\n      <failure message=\"\(escaped(message))\">"
            + escaped(TestText.details(of: result).joined(separator: "\n")) + "</failure>\n    </testcase>\n"
    }

    private static func seconds(_ duration: Duration) -> String {
        let microseconds = duration.components.seconds * 1_000_000 + duration.components.attoseconds / 1_000_000_000_000
        return "\(microseconds / 1_000_000).\(String(String(1_000_000 + microseconds % 1_000_000).dropFirst()))"
    }

    /// For text and attributes; characters that XML does not have become U+FFFD.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\n", "\t": escaped.unicodeScalars.append(scalar)
            case "\u{0}"..<"\u{20}", "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
