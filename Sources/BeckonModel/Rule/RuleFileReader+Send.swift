/// `send`.
extension RuleFileReader {
    static let channelsMax = 8
    static let messageBytesMax = 16_384

    /// nil after a report.
    mutating func delivery(_ node: YAMLNode) -> (channels: [String], content: MessageContent?)? {
        guard let fields = fields(node, of: .send) else { return nil }
        let channels = required("channels", fields, of: .send).flatMap { self.channels($0) }
        if fields.has("template"), fields.has("message") {
            report("`send` has either `template` or `message`", at: fields.place(of: "message"))
        }
        let content =
            fields["template"].flatMap { template($0) } ?? fields["message"].flatMap { message($0) }
        return channels.map { ($0, content) }
    }

    private mutating func channels(_ node: YAMLNode) -> [String]? {
        if node.scalar?.text == "preferred" {
            report(
                "`preferred` is not yet known to this version: list the channels, as in [push, email]",
                at: node.position)
            return nil
        }
        guard let elements = node.elements, (1...Self.channelsMax).contains(elements.count) else {
            report(
                "`channels` is a list of 1 to \(Self.channelsMax) channels, as in [push, email], not \(node.described)",
                at: node.position)
            return nil
        }
        var names: [String] = []
        for element in elements {
            guard let name = name(element, what: "a channel") else { continue }
            if names.contains(name) { report("the channel `\(name)` is there twice", at: element.position) }
            names.append(name)
        }
        return names
    }

    private mutating func template(_ node: YAMLNode) -> MessageContent? {
        name(node, what: "`template`").map { .template($0) }
    }

    /// Names of channels and messages.
    private mutating func name(_ node: YAMLNode, what: String) -> String? {
        guard let scalar = node.scalar, scalar.value == .string, let first = scalar.text.utf8.first,
            first.isLetter || first.isDigit, scalar.text.utf8.count <= 64,
            scalar.text.utf8.allSatisfy({ $0.isNamePart || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") })
        else {
            report(
                "\(what) is a name of at most 64 letters, digits, - _ and dots, not \(node.described)",
                at: node.position)
            return nil
        }
        return scalar.text
    }

    private mutating func message(_ node: YAMLNode) -> MessageContent? {
        guard node.entries != nil else {
            report("`message` is a mapping, not \(node.described)", at: node.position)
            return nil
        }
        var writer = JSONWriter()
        append(node, to: &writer)
        guard writer.bytes.count <= Self.messageBytesMax else {
            report("`message` is larger than \(Self.messageBytesMax) bytes as JSON", at: node.position)
            return nil
        }
        return .inline(writer.bytes)
    }

    private mutating func append(_ node: YAMLNode, to writer: inout JSONWriter) {
        // What is too large already is not written to its end.
        guard writer.bytes.count <= Self.messageBytesMax else { return }
        switch node.content {
        case .scalar(let scalar): append(scalar, at: node.position, to: &writer)
        case .sequence(let elements):
            writer.append(raw: "[")
            for (index, element) in elements.enumerated() {
                if index > 0 { writer.append(raw: ",") }
                append(element, to: &writer)
            }
            writer.append(raw: "]")
        case .mapping(let entries):
            writer.append(raw: "{")
            for (index, entry) in entries.enumerated() {
                if index > 0 { writer.append(raw: ",") }
                writer.append(string: entry.key)
                writer.append(raw: ":")
                append(entry.value, to: &writer)
            }
            writer.append(raw: "}")
        }
    }

    private mutating func append(_ scalar: YAMLScalar, at position: YAMLPosition, to writer: inout JSONWriter) {
        switch scalar.value {
        case .null: writer.append(raw: "null")
        case .bool(let isTrue): writer.append(.bool(isTrue))
        case .int(let number): writer.append(number)
        case .string: writer.append(string: scalar.text)
        case .double(let number):
            if !number.isFinite { report("JSON has no number `\(scalar.text.shortened)`", at: position) }
            writer.append(.double(number))
        }
    }
}
