/// What the group has decided about this member. Delivered inside the call that consumes, on its thread.
public enum RebalanceEvent: Sendable, Equatable {
    /// All partitions of the driver topic that are now this member's; maybe none. Nothing is read until the owner assigns.
    case assigned([Int32])
    /// All of them are taken away when the closure returns. `lost`: the group has already given them to others, so that
    /// nothing may be committed.
    case revoked([Int32], lost: Bool)
}
