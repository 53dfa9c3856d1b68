import BeckonModel
import BeckonRuleTest
import BeckonService
import BeckonTemplate

/// What `beckon render RULE --test NAME` does: the messages of a test's decisions.
struct MessagePreview {
    let rule: String
    let test: String
    let rulesPath: String
    /// nil: the one that was decided.
    let channel: String?

    func text() throws -> String {
        let check = try RuleCheck(paths: [rulesPath])
        guard let ruleSet = check.ruleSet, check.failure == nil else {
            Terminal.show(check.text())
            throw UserError("\(check.failure ?? "") Nothing was rendered.")
        }
        guard ruleSet.rules.contains(where: { $0.id == rule }) else {
            let question = NearestWord.question(rule, among: ruleSet.rules.map(\.id))
            throw UserError("There is no rule `\(rule)` in \(rulesPath).\(question)")
        }
        let tests = check.tests.filter { $0.rule == rule }
        guard let chosen = tests.first(where: { $0.name == test }) else {
            let question = NearestWord.question(test, among: tests.map(\.name))
            throw UserError("The rule `\(rule)` has no test `\(test)`.\(question)")
        }
        let decisions = chosen.run(on: ruleSet).decisions
        guard !decisions.isEmpty else {
            throw UserError("This test makes no decision: there is nothing to send. `beckon test` shows what happens.")
        }
        var text = ""
        for decision in decisions { text += try message(of: decision, check.messages) + "\n" }
        return text
    }

    private func message(of decision: JSONValue, _ messages: MessageSet) throws(UserError) -> String {
        let channel = channel ?? decision["channel"]?.string ?? ""
        let person = decision["person"]?.string ?? ""
        if let inline = decision["message"] { return "by \(channel) for \(person)\n" + inline.lines(width: 100) }
        guard let name = decision["template"]?.string else {
            throw UserError("The rule `\(rule)` names no message: `send` has neither `template` nor `message`.")
        }
        let dueMs = decision["dueAt"]?.string.flatMap { text in
            var text = text
            return text.withUTF8 { utf8 in
                utf8.baseAddress.flatMap { Timestamp.parse(Bytes(start: UnsafeRawPointer($0), count: utf8.count)) }
            }
        }
        switch messages.render(part: channel, of: name, decision: decision, nowMs: dueMs ?? 0) {
        case .success(let part):
            var text = "\(name) by \(channel) for \(person)\n"
            for field in part.fields {
                let isOneLine = !field.text.contains("\n")
                text += "\(field.name):" + (isOneLine ? " \(field.text)\n" : "\n\(field.text)")
                if !isOneLine, !field.text.hasSuffix("\n") { text += "\n" }
            }
            return text
        case .failure(.noPart):
            let known = messages.channels(of: name)?.joined(separator: ", ") ?? ""
            throw UserError("The message `\(name)` has no part `\(channel)`; it has \(known). --channel shows another.")
        case .failure(.aborted(let reason)):
            return
                "\(name) by \(channel) for \(person)\nnot sent: \(reason.isEmpty ? "the message ends itself" : reason)\n"
        case .failure(let failure): throw UserError("\(failure)")
        }
    }
}
