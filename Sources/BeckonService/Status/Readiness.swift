/// Whether a service can do its work now.
public enum Readiness: Sendable, Hashable {
    case ready
    /// With a sentence that says why, and what is being done.
    case notReady(String)
}
