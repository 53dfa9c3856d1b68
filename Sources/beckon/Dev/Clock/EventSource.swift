import BeckonModel

/// An event that `beckon dev` plays.
struct PlayedEvent: Sendable, Equatable {
    /// When it happens; its record's timestamp.
    let timeMs: Milliseconds
    /// The person's id; the record's key.
    let person: [UInt8]
    /// JSON in the collector's shape.
    let value: [UInt8]
}

/// Where events come from: the synthetic shop, or files. Their times never go back.
protocol EventSource {
    /// When the next event happens; nil when there is none any more.
    var nextTimeMs: Milliseconds? { get }
    /// Takes the next event.
    mutating func next() -> PlayedEvent?
}
