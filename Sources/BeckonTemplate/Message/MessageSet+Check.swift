import BeckonModel

extension MessageSet {
    /// Channels whose messages need a part. A webhook without one carries the decision itself.
    public static let channelsWithParts = ["email", "push", "sms"]

    /// Everything that does not fit between rules and messages: messages, parts, snippets and variables that are missing.
    ///
    /// Rules without any message are for a sender of one's own: what they name is not looked for.
    public func diagnostics(for uses: [MessageUse]) -> [Diagnostic] {
        if messages.isEmpty { return [] }
        var found: [Diagnostic] = []
        for use in uses {
            let name = use.template.text
            guard let message = messages[name] else {
                found.append(
                    use.template.diagnostic(
                        at: 0, "there is no message `\(name)`", nearest: name.nearestWord(among: names)))
                continue
            }
            for channel in use.channels
            where Self.channelsWithParts.contains(channel)
                && !message.definition.parts.contains(where: { $0.channel.text == channel })
            {
                found.append(
                    use.template.diagnostic(
                        at: 0, "the message `\(name)` has no part `\(channel)`, which this rule sends by"))
            }
            found += variables(of: message, use)
        }
        let used = Set(uses.map(\.template.text))
        for name in names where !used.contains(name) { found += unusedSnippets(of: messages[name]) }
        return Array(Set(found)).sorted()
    }

    /// What may be meant so between rules and messages: emails of which only who delivers them can know where they go.
    public func warnings(for uses: [MessageUse]) -> [Diagnostic] {
        uses.filter(hasNoAddress).map { use in
            use.template.diagnostic(
                at: 0, severity: .warning,
                "the emails of the rule `\(use.rule)` have no address: put `\(Self.addressVariable): person.email` into its "
                    + "`data`, or `to` into the part `email` of the message `\(use.template.text)`; without either only a "
                    + "webhook that knows its people can deliver them")
        }
        .sorted()
    }

    private func hasNoAddress(_ use: MessageUse) -> Bool {
        guard use.channels.contains("email"), let part = messages[use.template.text]?.parts["email"] else {
            return false
        }
        return !part.fields.contains { $0.definition.name == "to" } && !use.data.contains(Self.addressVariable)
    }

    /// What the decision's record says, as templates read it.
    static let decisionMembers = [
        "arm", "cause", "channel", "class", "coupon", "decidedAt", "dueAt", "eventAt", "expiresAt", "id", "key", "mode",
        "person", "reason", "rule", "template", "to", "type", "version",
    ]

    private func variables(of message: Message, _ use: MessageUse) -> [Diagnostic] {
        var known = TemplateNames(use.data)
        known.add("decision", members: Self.decisionMembers)
        known.add([Self.unsubscribeVariable])
        return use.channels.flatMap { channel in
            (message.parts[channel]?.fields ?? []).flatMap { field in
                // What is wrong with a template alone was told when it was read.
                field.template.unknownNames(known, snippets: snippets).map { problem in
                    let whose = problem.kind == .unknownVariable ? " in `data` of the rule `\(use.rule)`" : ""
                    return field.definition.template.diagnostic(
                        at: problem.offset, problem.message + whose, nearest: problem.nearest)
                }
            }
        }
    }

    /// Of a message that no rule sends: nobody knows its variables, but its snippets.
    private func unusedSnippets(of message: Message?) -> [Diagnostic] {
        (message?.parts.values.flatMap(\.fields) ?? []).flatMap { field in
            field.template.unknownNames(TemplateNames(), snippets: snippets)
                .filter { $0.kind == .unknownSnippet }
                .map { field.definition.template.diagnostic(of: $0) }
        }
    }
}
