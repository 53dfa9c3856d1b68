/// A checked CEL expression: parsed and typed once, when the rules are read.
public struct Expression: Sendable {
    /// As written.
    public let text: String
    /// Everything it reads, each once, in the order of first use. Compiled code loads them by this order.
    public let variables: [Variable]
}

/// What an expression reads from outside.
public enum Variable: Sendable, Hashable {
    /// `properties.price`, `event.context.channel`: the static part of a path below an event.
    case property(PropertyPath)
    case eventName
    /// The event's own time.
    case eventTime
    /// `now`: the event's time or the due time.
    case now
    case fold(String)
    /// `instance.NAME`: a fold of `collect`.
    case instance(String)
    /// `idle("event")`: the duration since the person's last event of that canonical name.
    case idle(String)
}
