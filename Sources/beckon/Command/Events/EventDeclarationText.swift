import BeckonModel

/// What was learned of events, as the `events:` of a rule file.
enum EventDeclarationText {
    /// Events and properties in the order of their names.
    static func text(of inference: EventInference) -> String {
        var text = "# \(CountText.text(inference.count, "event"))"
        if inference.leftOutCount > 0 {
            text += "; \(inference.leftOutCount) of them are not here: more than \(EventInference.eventsMax) kinds, "
            text += "or names of more than \(EventInference.nameBytesMax) bytes"
        }
        text += "\nevents:\n"
        for event in inference.events.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
            text +=
                "  \(word(event.name)):  # \(event.count)\(event.hasMore ? ", and more properties than these" : "")\n"
            if event.traits.isEmpty || !event.properties.isEmpty { text += types("properties", event.properties) }
            if !event.traits.isEmpty { text += types("traits", event.traits) }
        }
        return text
    }

    private static func types(_ field: String, _ types: [(name: String, type: PropertyType?)]) -> String {
        var text = "    \(field):" + (types.isEmpty ? " {}\n" : "\n")
        for type in types.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
            text += "      \(word(type.name)): \((type.type ?? .any).rawValue)\n"
        }
        return text
    }

    /// As a key of YAML: in quotes where it might be taken for something else.
    private static func word(_ text: String) -> String {
        let isPlain =
            text.utf8.first.map { isLetter($0) } ?? false
            && text.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || "-./".utf8.contains($0) }
        let isTaken = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
        return isPlain && !isTaken ? text : JSONValue.string(text).text
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte & 0xDF) || byte == UInt8(ascii: "_")
    }
}
