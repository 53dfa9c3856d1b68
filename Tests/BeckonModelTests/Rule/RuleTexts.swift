import BeckonModel

/// Reads one file, called `shop.yaml`.
func read(_ text: String) -> RuleReading {
    RuleSet.read([RuleSource(file: "shop.yaml", text: Array(text.utf8))])
}

/// The diagnostics as people see them, without the file's name.
func problems(_ text: String) -> [String] {
    read(text).diagnostics.map { String($0.description.dropFirst("shop.yaml:".count)) }
}

/// The only rule of a text that must be right.
func rule(_ text: String) throws -> Rule {
    let reading = read(text)
    guard let rule = reading.ruleSet?.rules.first else { throw Unreadable(diagnostics: reading.diagnostics) }
    return rule
}

struct Unreadable: Error {
    let diagnostics: [Diagnostic]
}

/// A whole rule around one field: `line` is line 4.
func ruleText(when: String = "{ event: order_completed }", _ line: String = "class: ui") -> String {
    "id: r\nwhen: \(when)\nsend: { channels: [email], template: t }\n\(line)\n"
}
