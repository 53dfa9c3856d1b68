/// What a record of the outcomes topic tells. Its text is a metric's label.
public enum OutcomeType: UInt8, Sendable, CaseIterable {
    case delivered, failed, expired, recalled, skipped
    /// The worker's own: the goal was reached.
    case converted
    /// Of a sender that knows more than this version.
    case other

    public var label: String {
        switch self {
        case .delivered: "delivered"
        case .failed: "failed"
        case .expired: "expired"
        case .recalled: "recalled"
        case .skipped: "skipped"
        case .converted: "converted"
        case .other: "other"
        }
    }
}

/// What became of a decision, as far as its outcomes have told. Of two that differ the larger one counts: what has gone out
/// has gone out.
public enum DecisionFate: UInt16, Sendable {
    /// Nobody has said anything.
    case open
    /// No message has gone out.
    case unsent
    /// A message has gone out, or may have.
    case sent
}
