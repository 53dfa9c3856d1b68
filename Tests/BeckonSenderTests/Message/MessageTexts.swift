import BeckonModel
import BeckonTemplate
import Testing

/// Messages for tests, as files have them.
enum MessageTexts {
    static func set(_ text: String) throws -> MessageSet {
        let reading = RuleSet.read([RuleSource(file: "m.yaml", text: Array(text.utf8))])
        let (set, diagnostics) = MessageSet.read(reading)
        try #require((reading.diagnostics + diagnostics).map(\.description) == [])
        return set
    }

    /// Loops inside one another, so deep.
    static func nested(_ depth: Int) -> String {
        String(repeating: "{% for i in (1..1) %}", count: depth) + "x" + String(repeating: "{% endfor %}", count: depth)
    }
}
