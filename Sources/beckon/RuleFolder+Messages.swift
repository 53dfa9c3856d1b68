import BeckonModel
import BeckonTemplate

/// Rules, and what they say.
struct SpokenRules: Sendable {
    let rules: RuleSet
    let messages: MessageSet
    /// What both were read from.
    let sources: [RuleSource]
}

extension RuleFolder {
    /// - Throws: every diagnostic, of rules and messages, when there is any.
    static func spokenRules(_ path: String) throws(UserError) -> SpokenRules {
        let check = try RuleCheck(paths: [path])
        guard let rules = check.ruleSet, check.diagnostics.isEmpty else {
            throw UserError(
                (["The rules cannot be used:"] + check.diagnostics.map(\.description)).joined(separator: "\n"))
        }
        return SpokenRules(rules: rules, messages: check.messages, sources: check.sources)
    }

    /// The messages of a file or folder; rules may be in it too.
    /// - Throws: every diagnostic when there is any, and a sentence when there are no messages.
    static func messages(_ path: String) throws(UserError) -> MessageSet {
        let check = try RuleCheck(paths: [path])
        if !check.diagnostics.isEmpty {
            throw UserError(
                (["The messages cannot be used:"] + check.diagnostics.map(\.description)).joined(separator: "\n"))
        }
        if check.messages.names.isEmpty {
            throw UserError(
                "There are no messages in \(path): they stand below `messages` in a YAML file, which `--messages` names, or its folder."
            )
        }
        return check.messages
    }
}
