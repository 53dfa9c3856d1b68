/// A bound at which something of a person's record is forgotten or not taken in, or left out of what is written.
public enum StateBound: UInt8, Sendable, CaseIterable {
    /// Two entries of a window became one.
    case window
    /// A firing was forgotten.
    case firings
    /// The newest canceller of a key was forgotten.
    case cancellers
    /// What a sequence, count or total had come to for a key was forgotten.
    case keys
    /// A session was forgotten that counted.
    case sessions
    /// Beyond 32 different values one was not told apart.
    case distinct
    /// An item, or a collection of them, was dropped.
    case items
    /// Of all that is known of a person a trait was forgotten.
    case traits
    /// The record is full.
    case record
    /// A member of a decision's `data` is null: with it the data would be too large.
    case data

    public var label: String {
        switch self {
        case .window: "window"
        case .firings: "firings"
        case .cancellers: "cancellers"
        case .keys: "keys"
        case .sessions: "sessions"
        case .distinct: "distinct"
        case .items: "items"
        case .traits: "traits"
        case .record: "record"
        case .data: "data"
        }
    }
}
