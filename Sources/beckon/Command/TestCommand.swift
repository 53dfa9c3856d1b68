import BeckonModel
import BeckonService
import Foundation

extension Command {
    static let test: Command = {
        let rule = Flag.value("--rule", "ID", repeatable: true, "Runs the tests of this rule alone.")
        let junit = Flag.value("--junit", "FILE", "Writes a report in JUnit's XML as well.")
        let watch = Flag.toggle("--watch", "Runs again whenever a file of the rules is saved, until Ctrl-C.")
        return Command(
            name: "test",
            summary: "Runs the tests in the rule files, on a clock of their own.",
            discussion:
                "A rule's `tests` say what happens (`given`) and what it is to decide (`expect`). They run before the "
                + "engine that serves Kafka, without Kafka and without waiting. Ends with status 1 when a test fails, "
                + "and with 2 when the rules cannot be used or have no tests.",
            positionals: [
                .init(
                    "PATH", required: false, repeatable: true,
                    "A file of rules, or a folder of *.yaml files; this folder otherwise.")
            ],
            flags: [rule, watch, junit],
            readsSettings: false,
            examples: [
                .init(line: "beckon test rules/", explanation: "Every test of a rule set"),
                .init(line: "beckon test --watch --rule cart-abandonment rules/", explanation: "While you write one"),
                .init(line: "beckon test --junit report.xml rules/", explanation: "For a pipeline"),
            ]
        ) { invocation in
            let paths = invocation.positionals.isEmpty ? ["."] : invocation.positionals
            let run = TestRun(paths: paths, rules: invocation.texts(rule), reportPath: invocation.text(junit))
            try invocation.has(watch) ? run.watch() : run.once()
        }
    }()
}

/// What `beckon test` does, once or again and again.
struct TestRun {
    let paths: [String]
    /// Ids; empty: all.
    let rules: [String]
    /// nil: no report.
    let reportPath: String?

    private static let pollMicroseconds: UInt32 = 200_000

    func once() throws {
        let check = try RuleCheck(paths: paths)
        guard let ruleSet = check.ruleSet else {
            Terminal.show(check.text())
            throw UserError("\(check.failure ?? "") Nothing was tested.")
        }
        let results = TestResults(of: try chosen(check.tests, in: ruleSet), on: ruleSet, placed: check.placed)
        let text = TestText(paint: .ofOutput)
        for result in results.results { Terminal.show(text.lines(of: result, at: results.place(of: result))) }
        Terminal.show(text.summary(of: results, untested: untested(in: ruleSet, check.tests)))
        if let reportPath { try write(JUnitReport.text(of: results), to: reportPath) }
        if results.failedCount > 0 {
            throw OperationError("\(results.failedCount) of \(CountText.text(results.results.count, "test")) failed.")
        }
    }

    /// Until Ctrl-C. Files that cannot be read, like tests that fail, are told and do not end it.
    func watch() throws {
        let shutdown = Shutdown.onSignals()
        var known = signature
        onceAndTell()
        var isChanging = false
        while !shutdown.isRequested {
            usleep(Self.pollMicroseconds)
            let newest = signature
            // Editors write in several steps: it waits for a moment without any.
            if newest != known {
                (known, isChanging) = (newest, true)
            } else if isChanging {
                isChanging = false
                Terminal.show("\n")
                onceAndTell()
            }
        }
    }

    private func onceAndTell() {
        do { try once() } catch { Terminal.complain("\(error)") }
    }

    private var signature: [FileSignature] { paths.flatMap { FileSignature.all(below: $0) } }

    private func chosen(_ tests: [RuleTest], in ruleSet: RuleSet) throws(UserError) -> [RuleTest] {
        for id in rules where !ruleSet.rules.contains(where: { $0.id == id }) {
            let question = NearestWord.question(id, among: ruleSet.rules.map(\.id))
            throw UserError("There is no rule `\(id)` in \(paths.joined(separator: ", ")).\(question)")
        }
        let chosen = rules.isEmpty ? tests : tests.filter { rules.contains($0.rule) }
        if !chosen.isEmpty { return chosen }
        let whose = rules.isEmpty ? "No rule in \(paths.joined(separator: ", ")) has" : "What --rule names has no"
        throw UserError(
            """
            \(whose) tests. They stand in the rule itself:
              tests:
                - name: left for fifteen minutes
                  given: [{ at: 0m, event: add_to_cart, properties: { price: 60 } }]
                  expect: [{ at: 15m }]
            """)
    }

    private func untested(in ruleSet: RuleSet, _ tests: [RuleTest]) -> [String] {
        let tested = Set(tests.map(\.rule))
        return rules.isEmpty ? ruleSet.rules.map(\.id).filter { !tested.contains($0) } : []
    }

    private func write(_ report: String, to path: String) throws(UserError) {
        do {
            try Data(report.utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw UserError("The report cannot be written to \(path): \(error.localizedDescription)")
        }
    }
}
