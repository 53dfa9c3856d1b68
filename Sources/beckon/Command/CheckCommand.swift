import BeckonModel
import BeckonService
import BeckonTemplate
import Foundation

extension Command {
    static let check: Command = {
        let json = Flag.toggle(
            "--json", "Prints the diagnostics as a JSON array on standard output, empty when there are none.")
        return Command(
            name: "check",
            summary: "Reads rules and says everything that is wrong with them.",
            discussion:
                "Ends with status 2 when anything is wrong; a warning is what may be meant so. Several files or folders are "
                + "one rule set. With --json each diagnostic has file, line and column (from 1), severity, message, and "
                + "where a word is nearly right hint and nearest.",
            positionals: [.init("PATH", repeatable: true, "A file of rules, or a folder of *.yaml files.")],
            flags: [json],
            readsSettings: false,
            examples: [
                .init(line: "beckon check rules/", explanation: "A folder is a rule set"),
                .init(line: "beckon check --json rules/", explanation: "For editors and pipelines"),
            ]
        ) { invocation in
            let check = try RuleCheck(paths: invocation.positionals)
            Terminal.show(invocation.has(json) ? try check.json() : check.text())
            if let summary = check.failure { throw UserError(summary) }
        }
    }()
}

/// What `beckon check` has found.
struct RuleCheck {
    let ruleSet: RuleSet?
    /// In the order of the files.
    let sources: [RuleSource]
    /// With file names that open from where the user stands.
    let diagnostics: [Diagnostic]
    /// The same of what may be meant so.
    let warnings: [Diagnostic]
    /// Of all rules; empty when anything is wrong.
    let tests: [RuleTest]
    /// What could be read of them.
    let messages: MessageSet
    private let folder: RuleFolder?

    init(paths: [String]) throws(UserError) {
        var folders: [RuleFolder] = []
        for path in paths { folders.append(try RuleFolder.load(path)) }
        // One folder is named as `beckon work` names it, so that the hash is the same; several could share names.
        let isOne = folders.count == 1
        var sources: [RuleSource] = []
        for folder in folders {
            for source in folder.sources {
                let name = isOne ? source.file : folder.placed(source.file)
                sources.append(RuleSource(file: name, text: source.text))
            }
        }
        self.sources = sources
        let reading = RuleSet.read(sources)
        ruleSet = reading.ruleSet
        tests = reading.tests
        folder = isOne ? folders[0] : nil
        let (messages, unreadable) = MessageSet.read(reading)
        let found = Set(reading.diagnostics + unreadable + messages.diagnostics(for: reading.messageUses)).sorted()
        diagnostics = found.map { folders.count == 1 ? folders[0].placed($0) : $0 }
        self.messages = messages
        let doubtful = (reading.warnings + messages.warnings(for: reading.messageUses)).sorted()
        warnings = doubtful.map { folders.count == 1 ? folders[0].placed($0) : $0 }
    }

    /// A source's name as it opens from where the user stands.
    func placed(_ file: String) -> String { folder?.placed(file) ?? file }

    /// nil when nothing is wrong.
    var failure: String? {
        guard !diagnostics.isEmpty else { return nil }
        let files = Set(diagnostics.map(\.file)).count
        return "\(CountText.text(diagnostics.count, "problem")) in \(CountText.text(files, "file"))."
    }

    /// A line a diagnostic, or one line about the rule set.
    func text() -> String {
        let lines = (diagnostics + warnings).sorted().map { $0.description + "\n" }.joined()
        guard let ruleSet, diagnostics.isEmpty else { return lines }
        let rules = CountText.text(ruleSet.rules.count, "rule")
        let folds = CountText.text(ruleSet.folds.count, "fold")
        let messages = messages.names.isEmpty ? "" : ", " + CountText.text(messages.names.count, "message")
        let verdict = warnings.isEmpty ? "nothing is wrong" : CountText.text(warnings.count, "warning")
        return lines + "\(rules), \(folds)\(messages), hash \(ruleSet.hash.text): \(verdict).\n"
    }

    func json() throws -> String {
        let all = (diagnostics + warnings).sorted()
        if all.isEmpty { return "[]\n" }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let entries = all.map {
            Entry(
                file: $0.file, line: $0.line, column: $0.column, severity: $0.severity.rawValue, message: $0.message,
                hint: $0.hint,
                nearest: $0.nearest)
        }
        return String(decoding: try encoder.encode(entries), as: UTF8.self) + "\n"
    }

    private struct Entry: Encodable {
        let file: String
        let line: Int
        let column: Int
        let severity: String
        let message: String
        /// A question for people.
        let hint: String?
        /// The word to put in its place.
        let nearest: String?
    }
}
