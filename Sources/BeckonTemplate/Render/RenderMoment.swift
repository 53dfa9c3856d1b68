import BeckonModel

/// Time, as a template sees it: nothing here reads a clock.
public struct RenderMoment: Sendable {
    /// What `now` and `today` are.
    public let nowMs: Milliseconds
    /// The person's zone, in which instants are shown; nil: as they are written, else UTC.
    public let zone: Zone?

    public init(nowMs: Milliseconds, zone: Zone? = nil) {
        self.nowMs = nowMs
        self.zone = zone
    }
}
