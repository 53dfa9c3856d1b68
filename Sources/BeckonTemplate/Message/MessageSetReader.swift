import BeckonModel

/// Reads the templates of messages and snippets and gathers what is wrong with them.
struct MessageSetReader {
    private let reading: RuleReading
    private(set) var diagnostics: [Diagnostic] = []

    init(_ reading: RuleReading) { self.reading = reading }

    mutating func read() -> MessageSet {
        var snippets: [(name: String, text: String)] = []
        var snippetTexts: [String: PlacedText] = [:]
        for snippet in reading.snippets {
            snippets.append((snippet.name.text, snippet.template.text))
            snippetTexts[snippet.name.text] = snippet.template
            _ = template(snippet.template, snippet: snippet.name.text)
        }
        var messages: [String: MessageSet.Message] = [:]
        for definition in reading.messages {
            var parts: [String: MessageSet.Part] = [:]
            for part in definition.parts {
                let fields = part.fields.compactMap { field in
                    template(field.template, snippet: "").map { MessageSet.Field(definition: field, template: $0) }
                }
                guard fields.count == part.fields.count else { continue }
                parts[part.channel.text] = MessageSet.Part(definition: part, fields: fields)
            }
            messages[definition.name.text] = MessageSet.Message(definition: definition, parts: parts)
        }
        return MessageSet(
            messages: messages, snippets: SnippetSet(snippets), snippetTexts: snippetTexts, defaultZone: defaultZone)
    }

    private var defaultZone: Zone? {
        guard let name = reading.ruleSet?.defaultZone, name != RuleSet.defaultZoneStandard else { return nil }
        return ZoneTable.standard.zone(named: name)
    }

    /// nil after a report.
    private mutating func template(_ text: PlacedText, snippet: String) -> Template? {
        do {
            let template = try Template.read(text.text, snippet: snippet)
            diagnostics += template.tolerated.map { text.diagnostic(of: $0) }
            return template
        } catch {
            diagnostics += error.problems.map { text.diagnostic(of: $0) }
            return nil
        }
    }
}
