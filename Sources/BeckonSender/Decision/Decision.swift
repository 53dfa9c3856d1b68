import BeckonModel

/// A decision as it stands on the decisions topic, read far enough to deliver it.
public struct Decision: Sendable, Equatable {
    /// Names the decision for ever, and makes deliveries idempotent.
    public let id: String
    public let rule: String
    /// The rule's version, shortened.
    public let version: String
    public let person: String
    /// The instance's key beyond the person.
    public let key: [String: String]
    /// `topic-partition-offset` of the event that caused it, or `timer`.
    public let cause: String
    public let dueAtMs: Milliseconds
    public let decidedAtMs: Milliseconds
    public let eventAtMs: Milliseconds
    /// From then on it must not be delivered.
    public let expiresAtMs: Milliseconds
    /// `marketing`, `transactional` or `ui`.
    public let messageClass: String
    public let channel: String
    /// A message's name.
    public let template: String?
    /// For people: what happened.
    public let reason: String
    public let mode: Mode
    /// The rule's `data`, a JSON object as it stands in the record.
    public let data: String
    /// The message itself, JSON as it stands in the record.
    public let message: String?

    public enum Mode: Sendable, Equatable {
        /// To be delivered.
        case live
        /// `shadow`, and whatever else is not live: never to be delivered.
        case shadow
    }
}

/// Recalls a decision that was written and may not have been delivered yet.
public struct Cancel: Sendable, Equatable {
    /// Of the decision that is recalled.
    public let id: String
    public let rule: String
    public let person: String
    /// `topic-partition-offset` of the event that recalls it.
    public let cause: String
    public let decidedAtMs: Milliseconds
    public let reason: String
}
