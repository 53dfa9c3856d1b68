/// The rule files' text of the oracle's rules and folds, for the engine to read.
public enum OracleText {
    /// One YAML file: the folds, then a document for each rule.
    public static func yaml(rules: [OracleRule], folds: [OracleFold], defaultZone: String? = nil) -> String {
        var definitions = folds.isEmpty ? [] : ["folds:\n" + folds.map { "  \($0.yaml)\n" }.joined()]
        if let defaultZone { definitions.append("policy: { defaultZone: \(defaultZone) }\n") }
        return (definitions + rules.map(\.yaml)).joined(separator: "---\n")
    }

    static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }

    static func names(_ names: [String]) -> String {
        names.count == 1 ? quoted(names[0]) : "[" + names.map(quoted).joined(separator: ", ") + "]"
    }

    static func path(_ path: [String]) -> String { path.joined(separator: ".") }
}

extension OracleReference {
    /// `event: …, where: …`, to stand inside a mapping.
    var members: String {
        "event: \(OracleText.names(names))" + (condition.map { ", where: \(OracleText.quoted($0.text))" } ?? "")
    }

    /// The shortest form that says it.
    var yaml: String { condition == nil ? OracleText.names(names) : "{ \(members) }" }
}

extension OracleFold {
    /// `name: { … }`.
    public var yaml: String {
        if case .items(let items) = kind { return "\(name): { \(yaml(items)) }" }
        var members: [String] = []
        switch kind {
        case .count: members.append("count: \(of.yaml)")
        default: members += ["\(kind.name): \(OracleText.path(kind.path!))", "of: \(of.yaml)"]
        }
        if let within { members.append("within: \(OracleTime.duration(within))") }
        if let per { members.append("per: \(per.rawValue)") }
        if let since { members.append("since: \(since.yaml)") }
        return "\(name): { \(members.joined(separator: ", ")) }"
    }
}

extension OracleCollected {
    var yaml: String {
        "\(name): \(kind.name)(\(kind.path.map(OracleText.path) ?? ""))"
    }
}

extension OracleRule {
    /// A document.
    public var yaml: String {
        var lines = ["id: \(id)"]
        if !key.isEmpty { lines.append("key: [user, \(key.map(OracleText.path).joined(separator: ", "))]") }
        lines.append("when: { \(trigger.yaml) }")
        if let condition { lines.append("if: \(OracleText.quoted(condition.text))") }
        if !data.isEmpty {
            let members = data.map { "\($0.name): \(OracleText.quoted($0.operand.text))" }
            lines.append("data: { \(members.joined(separator: ", ")) }")
        }
        if !collect.isEmpty { lines.append("collect: { \(collect.map(\.yaml).joined(separator: ", ")) }") }
        if let exit { lines.append("exit: \(exit.yaml)") }
        if let goal { lines.append("goal: { \(goal.event.members), within: \(OracleTime.duration(goal.within)) }") }
        switch reentry {
        case .always: break
        case .once: lines.append("reentry: once")
        case .after(let length): lines.append("reentry: { after: \(OracleTime.duration(length)) }")
        }
        if let expires { lines.append("expires: \(OracleTime.duration(expires))") }
        lines += lateYAML
        lines.append("send: { channels: [\(channels.joined(separator: ", "))], template: reminder }")
        return lines.joined(separator: "\n") + "\n"
    }

    private var lateYAML: [String] {
        var lines: [String] = []
        let members = [("wait", wait), ("allow", allow)].compactMap { name, length in
            length.map { "\(name): \(OracleTime.duration($0))" }
        }
        if !members.isEmpty { lines.append("late: { \(members.joined(separator: ", ")) }") }
        switch latenessMax {
        case .unsaid: break
        case .none: lines.append("maxLateness: none")
        case .milliseconds(let length): lines.append("maxLateness: \(OracleTime.duration(length))")
        }
        return lines
    }
}

extension OracleTrigger {
    var yaml: String {
        switch self {
        case .event(let reference): return reference.members
        case .absence(let start, let absent, let within, let movesDue):
            let reset = movesDue ? ", reset: onEach" : ""
            return "\(start.members), absent: { \(absent.members), within: \(OracleTime.duration(within))\(reset) }"
        case .longAbsence(let absence): return absence.yaml
        case .sequence(let stages, let within, let not):
            let members = ["sequence: [\(stages.map(\.yaml).joined(separator: ", "))]"]
            return (members + OracleText.window(within, not)).joined(separator: ", ")
        case .count(let count): return "count: { \(count.yaml) }"
        case .total(let path, let of, let reaches, let since):
            let members = ["sum: \(OracleText.path(path))", "of: \(of.yaml)", "reaches: \(reaches)"]
            return
                "total: { \((members + [since].compactMap { $0 }.map { "since: \($0.yaml)" }).joined(separator: ", ")) }"
        case .inactivity(let length, let events):
            let own = events.map { ", events: \($0.yaml)" } ?? ""
            return "inactive: { for: \(OracleTime.duration(length))\(own) }"
        }
    }
}

extension OracleText {
    static func window(_ within: Int64, _ not: OracleReference?) -> [String] {
        ["within: \(OracleTime.duration(within))"] + [not].compactMap { $0 }.map { "not: \($0.yaml)" }
    }
}

extension OracleLongAbsence {
    var yaml: String {
        let absent =
            absent.count == 1 ? absent[0].members : "all: [\(absent.map(\.yaml).joined(separator: ", "))]"
        let rest = (movesDue ? ["reset: onEach"] : []) + [since].compactMap { $0 }.map { "since: \($0.yaml)" }
        let members = ([absent] + OracleText.window(within, nil) + rest).joined(separator: ", ")
        return "\(start.members), absent: { \(members) }"
    }
}

extension OracleCount {
    var yaml: String {
        var members = [event.members, "atLeast: \(atLeast)"]
        switch distinct {
        case nil: break
        case .session: members.append("distinct: session")
        case .values(let path): members.append("distinct: \(OracleText.path(path))")
        }
        if let per {
            members += ["per: \(per.rawValue)"] + [not].compactMap { $0 }.map { "not: \($0.yaml)" }
            return members.joined(separator: ", ")
        }
        return (members + OracleText.window(within, not)).joined(separator: ", ")
    }
}

extension OracleFold {
    fileprivate func yaml(_ items: OracleItems) -> String {
        var inner = ["put: \(of.yaml)"]
        if let remove { inner.append("remove: \(remove.yaml)") }
        inner += ["by: properties.\(items.by)", "keep: \(OracleText.list(items.keep))", "max: \(items.max)"]
        var members = ["items: { \(inner.joined(separator: ", ")) }"]
        if let key = items.key { members.append("key: \(OracleText.path(key))") }
        if !items.factors.isEmpty { members.append("value: sum(\(items.factors.joined(separator: " * ")))") }
        if let since { members.append("clear: \(since.yaml)") }
        return members.joined(separator: ", ")
    }
}

extension OracleText {
    fileprivate static func list(_ words: [String]) -> String { "[\(words.joined(separator: ", "))]" }
}
