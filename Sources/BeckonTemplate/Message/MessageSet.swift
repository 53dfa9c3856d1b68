import BeckonModel

/// The messages of a rule set, read once: their parts by channel, and the snippets that they show.
public struct MessageSet: Sendable {
    /// By name.
    let messages: [String: Message]
    let snippets: SnippetSet
    let snippetTexts: [String: PlacedText]
    /// The policy's, for people of whom none is known; nil: UTC.
    let defaultZone: Zone?

    struct Message: Sendable {
        let definition: MessageDefinition
        /// By channel.
        let parts: [String: Part]
    }

    struct Part: Sendable {
        let definition: MessagePartDefinition
        /// In the order of the file.
        let fields: [Field]
    }

    struct Field: Sendable {
        let definition: MessageFieldDefinition
        let template: Template
    }

    /// The variable that holds the address at which a click ends the messages; nil where the sender has none.
    public static let unsubscribeVariable = "unsubscribe_url"

    /// The member of `data` that an email goes to where its part has no `to`.
    public static let addressVariable = "email"

    /// The member of `data` that names the person's time zone, in which dates are shown; without it they are in the
    /// policy's `defaultZone`.
    public static let zoneVariable = "timezone"

    /// Reads the templates of all messages.
    ///
    /// - Returns: the messages, and everything that is wrong with any template, with its place in the file. What cannot be
    ///   read is left out of the set.
    public static func read(_ reading: RuleReading) -> (set: MessageSet, diagnostics: [Diagnostic]) {
        var reader = MessageSetReader(reading)
        let set = reader.read()
        return (set, reader.diagnostics)
    }

    /// In the order of their bytes.
    public var names: [String] { messages.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

    /// The channels that a message has parts for, in the order of the file; nil where there is no such message.
    public func channels(of message: String) -> [String]? {
        messages[message]?.definition.parts.map(\.channel.text)
    }

    /// Renders the part of a message for a channel. The same decision gives the same text everywhere, `now` apart.
    ///
    /// - Parameters:
    ///   - decision: the record of the decisions topic, an object; the members of its `data` are the variables.
    ///   - nowMs: what `now` is in the templates.
    ///   - unsubscribeURL: what `unsubscribe_url` is in them.
    public func render(
        part channel: String, of name: String, decision: JSONValue, nowMs: Milliseconds, unsubscribeURL: String? = nil
    ) -> Result<RenderedPart, MessageFailure> {
        guard let message = messages[name] else {
            return .failure(.noMessage(name, nearest: name.nearestWord(among: names)))
        }
        guard let part = message.parts[channel] else { return .failure(.noPart(message: name, channel: channel)) }
        let data = decision["data"] ?? .object([])
        let zone = data[Self.zoneVariable]?.string.flatMap { ZoneTable.standard.zone(named: $0) } ?? defaultZone
        var settings = RenderSettings(moment: RenderMoment(nowMs: nowMs, zone: zone))
        var variables = Self.variables(data, decision)
        if let unsubscribeURL { variables[Self.unsubscribeVariable] = .string(unsubscribeURL) }
        var fields: [RenderedPart.Field] = []
        for field in part.fields {
            settings.escapesHTML = field.definition.isHTML
            do {
                let text = try field.template.render(variables, snippets: snippets, settings: settings)
                fields.append(
                    .init(name: field.definition.name, text: field.definition.isOneLine ? text.onOneLine : text))
            } catch {
                return .failure(failure(error, in: field))
            }
        }
        if channel == "email", !fields.contains(where: { $0.name == "to" }),
            let address = data[Self.addressVariable]?.string
        {
            fields.append(.init(name: "to", text: address.onOneLine))
        }
        return .success(RenderedPart(channel: channel, fields: fields))
    }

    private static func variables(_ data: JSONValue, _ decision: JSONValue) -> TemplateHash {
        var variables = TemplateHash(data) ?? TemplateHash()
        let record = JSONValue.object((decision.members ?? []).filter { $0.name != "data" && $0.name != "message" })
        variables["decision"] = TemplateValue(record)
        return variables
    }

    private func failure(_ problem: TemplateProblem, in field: Field) -> MessageFailure {
        if problem.kind == .aborted { return .aborted(reason: problem.message) }
        let text = problem.snippet.isEmpty ? field.definition.template : snippetTexts[problem.snippet]
        return .failed((text ?? field.definition.template).diagnostic(of: problem))
    }
}

/// Why there is no text to send.
public enum MessageFailure: Error, Sendable, CustomStringConvertible {
    case noMessage(String, nearest: String?)
    case noPart(message: String, channel: String)
    /// The template ended itself, for a reason that it gives: nothing is to be sent.
    case aborted(reason: String)
    /// With the place in the file.
    case failed(Diagnostic)

    public var description: String {
        switch self {
        case .noMessage(let name, let nearest):
            "there is no message `\(name)`" + (nearest.map { "; did you mean `\($0)`?" } ?? "")
        case .noPart(let message, let channel): "the message `\(message)` has no part `\(channel)`"
        case .aborted(let reason): "the message ends itself" + (reason.isEmpty ? "" : ": \(reason)")
        case .failed(let diagnostic): diagnostic.description
        }
    }
}

extension MessageFieldDefinition {
    /// What is printed in it is escaped.
    var isHTML: Bool { name == "html" }

    /// Line breaks in it become blanks, so that no header of an email can be smuggled in.
    var isOneLine: Bool {
        ["to", "from", "replyTo", "subject", "preheader", "title", "url", "image"].contains(name)
    }
}

extension PlacedText {
    func diagnostic(of problem: TemplateProblem) -> Diagnostic {
        diagnostic(at: problem.offset, problem.message, nearest: problem.nearest)
    }
}

extension String {
    /// Each run of white space and control characters is one blank, and none is at the ends.
    fileprivate var onOneLine: String {
        unicodeScalars.split {
            $0.value <= 0x20 || (0x7F...0x9F).contains($0.value) || (0x2028...0x2029).contains($0.value)
        }
        .map { String(String.UnicodeScalarView($0)) }.joined(separator: " ")
    }
}
