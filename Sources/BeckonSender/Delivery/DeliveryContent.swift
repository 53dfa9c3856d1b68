import BeckonTemplate

/// What is to be said of a decision: what a provider makes its message of.
public struct DeliveryContent: Sendable, Equatable {
    public let decision: Decision
    /// The decision's JSON as it stands on the log.
    public let record: [UInt8]
    /// What the decision's message says on its channel, rendered, its fields by their names: `part["subject"]`. An email's has `to` also where the
    /// message leaves it out: the member `email` of the rule's `data`. nil: the decision names no message, or it has no part for the channel.
    public let part: RenderedPart?
    /// Where a click ends the messages, for this person and channel alone; nil: no such address is configured. Templates have it too.
    public let unsubscribeURL: String?

    public init(decision: Decision, record: [UInt8], part: RenderedPart? = nil, unsubscribeURL: String? = nil) {
        self.decision = decision
        self.record = record
        self.part = part
        self.unsubscribeURL = unsubscribeURL
    }
}
