/// Messages and snippets.
extension RuleFileReader {
    /// Those that are well formed.
    mutating func messages(_ node: YAMLNode) -> [MessageDefinition] {
        guard let entries = node.entries else {
            report("`messages` is a mapping from names to messages, not \(node.described)", at: node.position)
            return []
        }
        return entries.compactMap { entry in
            let isNamed = checkTemplateName(entry, what: "a message")
            guard let parts = messageParts(entry.value), isNamed else { return nil }
            return MessageDefinition(
                name: PlacedText(key: entry.key, at: entry.keyPosition, in: source), parts: parts)
        }
    }

    /// Those that are well formed.
    mutating func snippets(_ node: YAMLNode) -> [SnippetDefinition] {
        guard let entries = node.entries else {
            report("`snippets` is a mapping from names to texts, not \(node.described)", at: node.position)
            return []
        }
        return entries.compactMap { entry in
            let isNamed = checkTemplateName(entry, what: "a snippet")
            guard let template = template(entry.value, what: "a snippet"), isNamed else { return nil }
            return SnippetDefinition(
                name: PlacedText(key: entry.key, at: entry.keyPosition, in: source), template: template)
        }
    }

    private mutating func checkTemplateName(_ entry: YAMLEntry, what: String) -> Bool {
        let bytes = entry.key.utf8
        if let first = bytes.first, first.isLetter || first.isDigit, bytes.count <= 64,
            bytes.allSatisfy({ $0.isNamePart || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") })
        {
            return true
        }
        report(
            "\(what) is called by at most 64 letters, digits, - _ and dots, not `\(entry.key.shortened)`",
            at: entry.keyPosition)
        return false
    }

    /// nil after a report.
    private mutating func messageParts(_ node: YAMLNode) -> [MessagePartDefinition]? {
        guard let fields = fields(node, of: .message), let entries = node.entries else { return nil }
        if entries.isEmpty { report("a message has a part for at least one channel, such as email", at: node.position) }
        return entries.compactMap { entry in
            guard fields.has(entry.key), case .set(let set) = FieldSet.message.shape(of: entry.key) else { return nil }
            return messagePart(entry, of: set)
        }
    }

    private mutating func messagePart(_ part: YAMLEntry, of set: FieldSet) -> MessagePartDefinition? {
        guard let fields = fields(part.value, of: set), let entries = part.value.entries else { return nil }
        for field in set.fields where field.isRequired { _ = required(field.name, fields, of: set) }
        if part.key == "email", !fields.has("text"), !fields.has("html"), !fields.hasUnknown {
            report("\(set.owner) needs `text`, `html` or both", at: fields.position)
        }
        return MessagePartDefinition(
            channel: PlacedText(key: part.key, at: part.keyPosition, in: source),
            fields: entries.compactMap { entry in
                guard set.known.contains(entry.key) else { return nil }
                return template(entry.value, what: "`\(entry.key)`").map {
                    MessageFieldDefinition(name: entry.key, template: $0)
                }
            })
    }

    private mutating func template(_ node: YAMLNode, what: String) -> PlacedText? {
        guard let scalar = node.scalar, scalar.value != .null, !scalar.text.isEmpty else {
            let found = node.scalar?.text.isEmpty == true ? "nothing" : node.described
            report("\(what) is a text, not \(found)", at: node.position)
            return nil
        }
        return PlacedText(scalar, at: node.position, in: source)
    }
}

extension FieldSet {
    fileprivate func shape(of name: String) -> FieldShape? { fields.first { $0.name == name }?.shape }
}
