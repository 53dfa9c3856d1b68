/// A rule that sends a message by its name.
public struct MessageUse: Sendable {
    public let rule: String
    /// The message's name, where the rule has it.
    public let template: PlacedText
    /// In the order of preference.
    public let channels: [String]
    /// The names of the rule's `data`.
    public let data: [String]
}

extension RuleFileReader {
    /// nil for a rule that names no message.
    func messageUse(of rule: Rule, _ send: YAMLNode?) -> MessageUse? {
        guard let node = send?.entries?.first(where: { $0.key == "template" })?.value, let scalar = node.scalar else {
            return nil
        }
        return MessageUse(
            rule: rule.id, template: PlacedText(scalar, at: node.position, in: source), channels: rule.channels,
            data: rule.data.map(\.name))
    }
}
